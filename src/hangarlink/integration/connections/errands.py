"""Database work that comes up in the thread that reads ahead is done in the thread that has the database.

The reader has no transaction, no account and no connection of its own, and gets none: it hands an errand over and
waits.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
Desk = Callable[[Callable[[], Any]], Any]
"""Takes the work, has it done, and returns or raises what came of it."""

desk: ContextVar[Desk | None] = ContextVar("errands", default=None)


def at_home(work: Callable[[], T]) -> T:
    """Do it here, or where the reader of this context was sent from."""
    found = desk.get()
    done: T = work() if found is None else found(work)
    return done
