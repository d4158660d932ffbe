"""Where an account is reached. Links in e-mails are built here, never from a request: anyone may send a Host header."""

from django.conf import settings

from hangarlink.platform.tenancy.models import Account


def account_url(account: Account, path: str = "/") -> str:
    """The public address of a path of the account: `http://demo.localhost:8000/fleet/`."""
    scheme = "https" if settings.HANGARLINK_HTTPS else "http"
    port = f":{settings.HANGARLINK_PUBLIC_PORT}" if settings.HANGARLINK_PUBLIC_PORT else ""
    return f"{scheme}://{account.subdomain}.{settings.HANGARLINK_DOMAIN}{port}{path}"
