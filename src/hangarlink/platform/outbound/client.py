"""The guarded client: an ordinary httpx2.Client on a transport that cannot be talked out of its limits."""

import contextlib
import http.cookiejar
import ssl
from collections.abc import Iterator
from typing import Any

import httpx2

from hangarlink.platform.outbound.addresses import AllowList
from hangarlink.platform.outbound.errors import ConnectionFailed, UrlRefused
from hangarlink.platform.outbound.resolving import Resolver, system_resolver
from hangarlink.platform.outbound.settings import allowed_networks
from hangarlink.platform.outbound.transport import GuardedTransport

DEADLINE = 30.0
CONNECT_SECONDS = 5.0
MAX_BYTES = 10 * 2**20


class GuardedClient(httpx2.Client):
    """Made by `client(...)`. What httpx2 itself refuses to send is an OutboundError too, and repeats no input."""

    def build_request(self, *args: Any, **kwargs: Any) -> httpx2.Request:
        with _saying_nothing():
            return super().build_request(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> httpx2.Response:
        with _saying_nothing():
            return super().send(*args, **kwargs)


@contextlib.contextmanager
def _saying_nothing() -> Iterator[None]:
    """Not chained: these messages hold the URL, or the header with the key in it."""
    try:
        yield
    except httpx2.InvalidURL:
        raise UrlRefused("url", "", "is not a valid URL", "Write it as https://host/path.") from None
    except UnicodeError:
        raise ConnectionFailed(
            "The request was not sent: a header, the address or the body holds characters that cannot be sent. "
            "Look for stray characters in the key."
        ) from None


def client(
    *,
    allow: AllowList | None = None,
    deadline: float = DEADLINE,
    max_bytes: int = MAX_BYTES,
    base_url: str = "",
    headers: dict[str, str] | None = None,
    auth: httpx2.Auth | None = None,
    ssl_context: ssl.SSLContext | None = None,
    resolver: Resolver = system_resolver,
) -> httpx2.Client:
    """An httpx2.Client for addresses that users gave. Use it as a context manager, one per connection or endpoint.

    allow        ranges the operator opened; None reads HANGARLINK_OUTBOUND_ALLOW
    deadline     seconds for one whole exchange, look-up and body included; a per-call `timeout=` can only shorten it
    max_bytes    cap on an answer, counted as sent and again unpacked
    ssl_context  for a receiver with a private certificate authority; verification is never switched off

    Raises UrlRefused, Redirected, TimedOut, TooLarge or ConnectionFailed, all of them OutboundError, instead of
    httpx2's errors. Answers of every other status are returned, whole and unpacked. It keeps no cookies and heeds no
    proxy variables.
    """
    networks = allowed_networks() if allow is None else allow
    return GuardedClient(
        transport=GuardedTransport(networks, deadline, max_bytes, ssl_context, resolver),
        base_url=base_url,
        headers={"User-Agent": "Hangarlink", "Accept-Encoding": "gzip, deflate", **(headers or {})},
        auth=auth,
        timeout=httpx2.Timeout(deadline, connect=min(CONNECT_SECONDS, deadline)),
        cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


def request(
    method: str,
    url: str,
    *,
    allow: AllowList | None = None,
    deadline: float = DEADLINE,
    max_bytes: int = MAX_BYTES,
    **kwargs: Any,
) -> httpx2.Response:
    """One call with a client of its own. `kwargs` are httpx2's: json, content, headers, params, auth."""
    with client(allow=allow, deadline=deadline, max_bytes=max_bytes) as outbound:
        return outbound.request(method, url, **kwargs)
