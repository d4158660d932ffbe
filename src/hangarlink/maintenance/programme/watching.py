"""Which items a piece of work touched, noted while it runs: by whoever writes terms and by the fleet's listeners.

Nothing is noted unless somebody watches. What is noted may be more than what changed, never less.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from hangarlink.fleet.derived import UsageChange
from hangarlink.platform.people.permissions import Actor


@dataclass
class Touched:
    """Items whose terms were written anew, and aircraft whose usage or counters changed."""

    items: set[UUID] = field(default_factory=set)
    aircraft: set[UUID] = field(default_factory=set)


_watchers: ContextVar[tuple[Touched, ...]] = ContextVar("watchers", default=())


@contextmanager
def watching() -> Iterator[Touched]:
    """What is touched inside the block, also by work that watches for itself."""
    touched = Touched()
    token = _watchers.set((*_watchers.get(), touched))
    try:
        yield touched
    finally:
        _watchers.reset(token)


def note_items(item_ids: Iterable[UUID]) -> None:
    """The terms of these items are written anew."""
    if watchers := _watchers.get():
        ids = set(item_ids)
        for one in watchers:
            one.items |= ids


def note_usage(changes: Sequence[UsageChange], *, acting_user: Actor) -> None:
    """A usage listener of the fleet."""
    note_aircraft({change.aircraft_id for change in changes}, acting_user=acting_user)


def note_aircraft(aircraft_ids: Collection[UUID], *, acting_user: Actor) -> None:  # noqa: ARG001 - the port's shape
    """An aircraft listener of the fleet."""
    for one in _watchers.get():
        one.aircraft.update(aircraft_ids)
