"""The only place of this package that reads Django's settings."""

from django.conf import settings

from hangarlink.platform.outbound.addresses import AllowList, parse_allow


def allowed_networks() -> AllowList:
    """HANGARLINK_OUTBOUND_ALLOW: ranges of addresses the operator opened for on-site receivers; empty by default."""
    return parse_allow(getattr(settings, "HANGARLINK_OUTBOUND_ALLOW", ""))
