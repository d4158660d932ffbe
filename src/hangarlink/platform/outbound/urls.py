"""Reading a URL that somebody gave: what is called, and whether it may be.

The URL is taken apart by httpx2, the library that will call it, so that check and call can never read it differently.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import httpx2

from hangarlink.platform.outbound.addresses import AllowList, IPAddress, why_refused
from hangarlink.platform.outbound.errors import UrlRefused
from hangarlink.platform.outbound.resolving import Resolver, Unresolvable, system_resolver
from hangarlink.platform.outbound.settings import allowed_networks

# Ports below 1024 belong to other services than the web; the others are the WHATWG Fetch standard's "bad ports".
_WEB_PORTS = (80, 443)
BAD_PORTS = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080)
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_SUFFIXES = ("localhost", "local", "internal", "lan", "home.arpa", "localdomain", "intranet", "corp", "private")
_DEFAULT_PORT = {"https": 443, "http": 80}
_CHECK_SECONDS = 5.0
_LONGEST = 2048
_FORM = "Write it as https://host/path."
_PUBLIC = "Use an address that is reachable from the public internet"
_ASK_OPERATOR = f"{_PUBLIC}, or ask the operator of this server to add its range to HANGARLINK_OUTBOUND_ALLOW."


@dataclass(frozen=True)
class Target:
    """The part of a URL that decides where a call goes. `literal` is set when the host is an IP address."""

    scheme: str
    host: str
    port: int
    literal: IPAddress | None = None

    @property
    def origin(self) -> str:
        """Safe to show and to log."""
        return origin_of(self.scheme, self.host, self.port)


def origin_of(scheme: str, host: str, port: int | None) -> str:
    """ "https://api.example.com", with the port only when it is not the usual one."""
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if port in (None, _DEFAULT_PORT.get(scheme)) else f"{scheme}://{name}:{port}"


def origin(url: str) -> str:
    """What may be shown and logged of a URL that was checked before: scheme, host and port."""
    parsed = httpx2.URL(url)
    return origin_of(parsed.scheme, parsed.raw_host.decode("ascii"), parsed.port)


def check_url(
    url: str,
    *,
    field: str = "url",
    allow: AllowList | None = None,
    resolve: bool = True,
    resolver: Resolver = system_resolver,
) -> None:
    """Raise UrlRefused unless this URL may be called. For forms and API input.

    allow    ranges the operator opened; None reads HANGARLINK_OUTBOUND_ALLOW
    resolve  also look the name up (at most 5 s) and check every address. False checks spelling, ports and literal
             addresses only. Neither replaces the check at the moment of dialling, which the client always makes.
    """
    networks = allowed_networks() if allow is None else allow
    target = read_target(_parse(url, field), field=field, allow=networks)
    if not resolve:
        return
    try:
        resolve_checked(target, networks, resolver, _CHECK_SECONDS, field=field)
    except Unresolvable:
        raise UrlRefused(
            field, target.origin, "cannot be found by name", "Check the spelling of the host name."
        ) from None
    except TimeoutError:
        raise UrlRefused(field, target.origin, "was not found by name in time", "Try again in a minute.") from None


def _parse(url: str, field: str) -> httpx2.URL:
    if len(url) > _LONGEST:
        raise UrlRefused(field, "", f"is longer than {_LONGEST} characters", "Shorten it.")
    if url != url.strip() or "\\" in url:
        raise UrlRefused(field, "", "has a blank at an end or a backslash", _FORM)
    try:
        return httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        # Not chained: the library's message repeats the URL, which may hold a key.
        raise UrlRefused(field, "", "is not a valid URL", _FORM) from None


def read_target(url: httpx2.URL, *, field: str = "url", allow: AllowList = (), dialled: int | None = None) -> Target:
    """Where a URL leads. Refuses all that can be refused without looking the name up.

    dialled  the port that is really called, where the URL only stands for a host of another protocol
    """
    if url.scheme not in _DEFAULT_PORT:
        raise UrlRefused(field, "", "does not start with https:// or http://", _FORM)
    host = url.raw_host.decode("ascii")
    if not host:
        raise UrlRefused(field, "", "names no host", _FORM)
    literal = _literal(host)
    if literal is None:
        _check_name(host, field)
    port = _DEFAULT_PORT[url.scheme] if url.port is None else url.port
    target = Target(url.scheme, host, port, literal)
    _check_rest(url, target, field)
    _check_reach(target, allow, target.port if dialled is None else dialled, field)
    return target


def resolve_checked(
    target: Target, allow: AllowList, resolver: Resolver, seconds: float, *, field: str = "url"
) -> Sequence[IPAddress]:
    """Every address of the target, each of them checked. Raises UrlRefused, Unresolvable or TimeoutError.

    One address that may not be dialled spoils the whole name: a name with a public and a private answer is an attack
    or a mistake, and neither is worth guessing.
    """
    addresses = [target.literal] if target.literal is not None else resolver(target.host, target.port, seconds)
    if not addresses:
        raise Unresolvable(target.host)
    for address in addresses:
        if kind := why_refused(address, allow, target.port):
            # The address itself is not shown: it would map the inside of the network for whoever asks.
            raise UrlRefused(field, target.origin, f"points to {kind}", _ASK_OPERATOR)
    return addresses


def _literal(host: str) -> IPAddress | None:
    """The IP address a host is, in plain spelling. Odd spellings are left for `_check_name` to refuse."""
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except ValueError:
        return None


def _check_name(host: str, field: str) -> None:
    labels = host.removesuffix(".").split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        # 2130706433, 0x7f.1, 0177.0.0.1, 127.1: programs disagree on what these mean.
        raise UrlRefused(field, "", "spells an IP address in an unusual way", "Write it as four decimal numbers.")
    if host.endswith("."):
        raise UrlRefused(field, "", "has a dot behind the host name", "Leave the last dot out.")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise UrlRefused(field, "", "has a host name that cannot exist", "Check the spelling of the host name.")


def _check_rest(url: httpx2.URL, target: Target, field: str) -> None:
    if url.userinfo:
        raise UrlRefused(
            field, target.origin, "carries a user name or password in the URL", "Enter credentials in their own fields."
        )
    if "#" in str(url):
        raise UrlRefused(field, target.origin, "has a # part, which is never sent", "Leave out # and what follows.")
    port = target.port
    if not 0 < port < 65536 or port in BAD_PORTS or (port < 1024 and port not in _WEB_PORTS):
        raise UrlRefused(
            field, target.origin, "uses a port that is not for web services", "Use 443, 80 or a port from 1024 up."
        )


def _check_reach(target: Target, allow: AllowList, port: int, field: str) -> None:
    if target.literal is not None:
        if kind := why_refused(target.literal, allow, port):
            raise UrlRefused(field, target.origin, f"is {kind}", _ASK_OPERATOR)
    elif not allow and ("." not in target.host or _is_local_name(target.host)):
        # With an allow-list such a name may be an on-site receiver: then its address decides.
        raise UrlRefused(field, target.origin, "is a name of a local network", _ASK_OPERATOR)


def _is_local_name(host: str) -> bool:
    return any(host == suffix or host.endswith("." + suffix) for suffix in _LOCAL_SUFFIXES)
