"""Looking names up, with a limit on the time it may take: `getaddrinfo` itself knows none."""

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, ip_address
from queue import Empty, SimpleQueue
from typing import TypeAlias

from hangarlink.platform.outbound.addresses import IPAddress

Resolver: TypeAlias = Callable[[str, int, float], Sequence[IPAddress]]
"""(host, port, seconds) -> addresses in the order to try. Raises Unresolvable, or TimeoutError."""

_LOOK_UPS = threading.BoundedSemaphore(32)


class Unresolvable(Exception):
    """The name has no address."""


def system_resolver(host: str, port: int, seconds: float) -> Sequence[IPAddress]:
    """Ask the operating system. `localhost` and its subdomains are 127.0.0.1 without asking anybody (RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return [IPv4Address("127.0.0.1")]
    # A thread that outlives the limit ends when the system gives up; the semaphore bounds how many there can be.
    if not _LOOK_UPS.acquire(timeout=seconds):
        raise TimeoutError("too many slow look-ups are under way")
    answer: SimpleQueue[Sequence[IPAddress] | OSError] = SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answer), name="look-up", daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise TimeoutError("the look-up took too long") from None
    if isinstance(found, OSError):
        raise Unresolvable(host) from found
    return found


def _look_up(host: str, port: int, answer: SimpleQueue[Sequence[IPAddress] | OSError]) -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        answer.put(list(dict.fromkeys(ip_address(str(row[4][0])) for row in rows)))
    except (OSError, ValueError) as error:
        answer.put(error if isinstance(error, OSError) else OSError(str(error)))
    finally:
        _LOOK_UPS.release()
