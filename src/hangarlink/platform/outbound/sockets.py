"""A guarded connection for other protocols than HTTP: mail submission, SFTP. Same addresses, same rules, a deadline."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx2

from hangarlink.platform.outbound.addresses import AllowList
from hangarlink.platform.outbound.addresses import is_opened as opens
from hangarlink.platform.outbound.errors import ConnectionFailed, TimedOut, UrlRefused
from hangarlink.platform.outbound.resolving import Resolver, Unresolvable, system_resolver
from hangarlink.platform.outbound.settings import allowed_networks
from hangarlink.platform.outbound.urls import BAD_PORTS, Target, read_target, resolve_checked

_CONNECT_SECONDS = 5.0
_TRIES = 4


def read_host(
    host: str, port: int, *, scheme: str, ports: frozenset[int], field: str = "host", allow: AllowList | None = None
) -> Target:
    """Where a host and port lead. Refuses all that can be refused without looking the name up.

    scheme  only for messages: smtp, sftp
    ports   those below 1024 that the protocol may use
    """
    networks = allowed_networks() if allow is None else allow
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    if any(one in host for one in "/@?#\\ \t\r\n") or not host:
        raise UrlRefused(field, "", "is not a host name", "Write it as mail.example.com.")
    try:
        url = httpx2.URL(f"https://{shown}/")
    except (httpx2.InvalidURL, ValueError):
        raise UrlRefused(field, "", "is not a host name", "Write it as mail.example.com.") from None
    try:
        checked = read_target(url, field=field, allow=networks, dialled=port)
    except UrlRefused as error:
        origin = error.origin.replace("https:", f"{scheme}:", 1)
        raise UrlRefused(field, origin, error.reason, error.remedy) from None
    if not 0 < port < 65536 or port in BAD_PORTS or (port < 1024 and port not in ports):
        usual = ", ".join(str(one) for one in sorted(ports))
        raise UrlRefused(
            "port", f"{scheme}://{checked.host}", "uses a port that is not for this", f"Use {usual}, or one from 1024."
        )
    return Target(scheme, checked.host, port, checked.literal)


def is_opened(target: Target, *, seconds: float, resolver: Resolver = system_resolver) -> bool:
    """Whether the operator opened every address of it with HANGARLINK_OUTBOUND_ALLOW: a server of their own site."""
    allow = allowed_networks()
    try:
        addresses = [target.literal] if target.literal else resolver(target.host, target.port, seconds)
    except (Unresolvable, TimeoutError):
        return False
    return bool(addresses) and all(opens(one, allow, target.port) for one in addresses)


def dial(
    target: Target, *, seconds: float, allow: AllowList | None = None, resolver: Resolver = system_resolver
) -> socket.socket:
    """A connected socket to a checked address of the target. Raises UrlRefused, TimedOut, ConnectionFailed."""
    networks = allowed_networks() if allow is None else allow
    ends_at = time.monotonic() + seconds
    try:
        addresses = resolve_checked(target, networks, resolver, seconds, field="host")
    except Unresolvable:
        raise ConnectionFailed(f"{target.origin} cannot be found by name.", origin=target.origin) from None
    except TimeoutError:
        raise TimedOut(f"{target.origin} was not found by name in time.", origin=target.origin) from None
    failure: OSError | None = None
    for address in addresses[:_TRIES]:
        left = min(_CONNECT_SECONDS, ends_at - time.monotonic())
        if left <= 0:
            break
        try:
            return socket.create_connection((str(address), target.port), timeout=left)
        except OSError as error:
            failure = error
    if failure is None or isinstance(failure, TimeoutError):
        raise TimedOut(f"{target.origin} could not be reached in time.", origin=target.origin)
    raise ConnectionFailed(f"{target.origin} could not be reached ({failure.strerror}).", origin=target.origin)


class Deadline:
    """Whether the time was up."""

    passed = False


@contextlib.contextmanager
def cut_after(connection: socket.socket, seconds: float) -> Iterator[Deadline]:
    """Shut the connection down when the time is up, whatever the other side does: a time-out of the socket begins anew
    with every byte, and a partner that sends one a second would never meet it."""
    deadline = Deadline()

    def cut() -> None:
        deadline.passed = True
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
