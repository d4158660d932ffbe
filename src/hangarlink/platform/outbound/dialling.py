"""Sockets that obey a budget: one deadline and one count of bytes for an exchange, whatever the other side does."""

import contextlib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpcore2

from hangarlink.platform.outbound.addresses import AllowList, IPAddress
from hangarlink.platform.outbound.errors import TooLarge
from hangarlink.platform.outbound.resolving import Resolver, Unresolvable
from hangarlink.platform.outbound.urls import Target, resolve_checked

_TRIES = 4


@dataclass
class Budget:
    """What one exchange may still spend. Kept in a context variable, because a pooled connection outlives exchanges."""

    target: Target
    seconds: float
    bytes_left: int
    sent: bool = False
    ends_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends_at = time.monotonic() + self.seconds

    def wait(self, timeout: float | None) -> float:
        """Seconds the next step may block."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("deadline passed")
        return left if timeout is None else min(left, timeout)

    def received(self, count: int) -> None:
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise TooLarge(
                f"{self.target.origin} sent more than it may. Ask for less at a time.",
                origin=self.target.origin,
                may_have_arrived=True,
            )


_current: ContextVar[Budget] = ContextVar("outbound_budget")


@contextlib.contextmanager
def spending(budget: Budget) -> Iterator[Budget]:
    """Make this the budget of every socket call until the block ends."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


class GuardedBackend(httpcore2.NetworkBackend):
    """Dials checked addresses only. The pool above it hands over the *name* and keeps using it for TLS and Host."""

    def __init__(self, allow: AllowList, resolver: Resolver) -> None:
        self._allow = allow
        self._resolver = resolver
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        budget = _current.get()
        if (host, port) != (budget.target.host, budget.target.port):
            raise RuntimeError("The pool asked for another host than the one that was checked.")
        try:
            addresses = resolve_checked(budget.target, self._allow, self._resolver, budget.wait(timeout))
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("look-up timed out") from error
        except Unresolvable as error:
            raise httpcore2.ConnectError("look-up failed") from error
        return self._first_to_answer(addresses[:_TRIES], port, timeout, budget)

    def _first_to_answer(
        self, addresses: Iterable[IPAddress], port: int, timeout: float | None, budget: Budget
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            try:
                return GuardedStream(self._sockets.connect_tcp(str(address), port, budget.wait(timeout)))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class GuardedStream(httpcore2.NetworkStream):
    """A connection whose every step is cut to what is left of the current budget."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        budget = _current.get()
        data = self._stream.read(max_bytes, budget.wait(timeout))
        budget.received(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # Not the wrapped stream's own loop: it would give a slow reader the full time again after each piece.
        budget = _current.get()
        connection = self.get_extra_info("socket")
        view = memoryview(buffer)
        try:
            while view:
                connection.settimeout(budget.wait(timeout))
                budget.sent = True
                view = view[connection.send(view) :]
        except TimeoutError as error:
            raise httpcore2.WriteTimeout("write timed out") from error
        except OSError as error:
            raise httpcore2.WriteError("write failed") from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return GuardedStream(self._stream.start_tls(ssl_context, server_hostname, _current.get().wait(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
