"""Calls to the outside from a request: made between two transactions, never inside one.

A partner may take ten seconds to answer; a transaction that waits for it keeps a database connection and its locks all
that time. So whoever needs it asks `outside(request, work)`: the first time everything the request did is undone
and it leaves its transaction; the work is done without one; then the request is handled again from the start, and this
time gets the result (or the error) at the same place. What stands before the call runs twice and should only read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse

T = TypeVar("T")


class Caller(Protocol):
    """Makes a call to the outside: at once, or when the caller's transaction is closed."""

    def __call__(self, work: Callable[[], T]) -> T: ...


def at_once(work: Callable[[], T]) -> T:
    """For jobs and commands, which open their transactions around the calls themselves."""
    return work()


_DONE = "_outside_done"
# A page makes one or two; more is a page that never asks the same twice.
MOST = 5


@dataclass(frozen=True)
class Done:
    """What became of one call."""

    result: Any = None
    error: Exception | None = None


class Leaving(Exception):
    """The request has to leave its transaction first. Whoever guards pages turns it into `Left`."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__("The request leaves its transaction.")
        self.work = work


class Left(HttpResponse):
    """No answer yet: the work is done when the transaction is closed. Never reaches a browser."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(status=503)
        self.work = work


def outside(request: HttpRequest, work: Callable[[], T]) -> T:
    """What `work` returns or raises; done outside of any transaction. Ask for several in the same order each time."""
    place: int = getattr(request, "_outside_asked", 0)
    request._outside_asked = place + 1  # type: ignore[attr-defined]
    done: list[Done] = getattr(request, _DONE, [])
    if place >= len(done):
        raise Leaving(work)
    if (error := done[place].error) is not None:
        raise error
    result: T = done[place].result
    return result


def run(request: HttpRequest, left: Left) -> None:
    """Do the work and keep what became of it for the next pass. Call without a transaction."""
    done: list[Done] = getattr(request, _DONE, [])
    if len(done) >= MOST:
        raise RuntimeError("A page calls out again and again.")
    try:
        kept = Done(result=left.work())
    except Exception as error:  # noqa: BLE001 - raised again where the page asked for it
        kept = Done(error=error)
    setattr(request, _DONE, [*done, kept])
    request._outside_asked = 0  # type: ignore[attr-defined]
