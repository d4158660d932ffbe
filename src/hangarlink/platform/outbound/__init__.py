"""The one HTTP client for every address that a user gave: partners, webhooks, on-site receivers.

Public http and https only. Every address a name resolves to is checked, and the checked address is the one that is
dialled. No redirects, a cap on size packed and unpacked, one deadline for the whole exchange. An operator may open
ranges of addresses with HANGARLINK_OUTBOUND_ALLOW; tests and the sandbox use that same list, there is no other way in.
"""

from hangarlink.platform.outbound.addresses import AllowList, parse_allow
from hangarlink.platform.outbound.client import DEADLINE, MAX_BYTES, client, request
from hangarlink.platform.outbound.errors import (
    ConnectionFailed,
    OutboundError,
    Redirected,
    TimedOut,
    TooLarge,
    UrlRefused,
)
from hangarlink.platform.outbound.urls import check_url, origin

__all__ = [
    "DEADLINE",
    "MAX_BYTES",
    "AllowList",
    "ConnectionFailed",
    "OutboundError",
    "Redirected",
    "TimedOut",
    "TooLarge",
    "UrlRefused",
    "check_url",
    "client",
    "origin",
    "parse_allow",
    "request",
]
