"""The port by which rooms above keep true what they derive from usage and aircraft, in the transaction that changed it.

A room registers its listeners when it starts (`AppConfig.ready`). The fleet calls every usage listener once per page of
changes, after the counters have moved, and every aircraft listener after an aircraft or its counters came or changed.
A listener that raises undoes the whole page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hangarlink.platform.people.permissions import Actor


@dataclass(frozen=True, slots=True)
class UsageChange:
    """What happened to one counter.

    old_total, new_total  current totals before and after; None: unknown
    recompute_from        the earliest moment at which a total of the past may differ from what it was: `totals_at` of
                          this moment or a later one has to be asked again. Set for every recorded flight, because a
                          flight is always told after it happened. None: no total of the past changed
    """

    counter_id: UUID
    aircraft_id: UUID
    old_total: int | None
    new_total: int | None
    recompute_from: datetime | None


class Listener(Protocol):
    def __call__(self, changes: Sequence[UsageChange], *, acting_user: Actor) -> None: ...


class AircraftListener(Protocol):
    """Told that these aircraft are new, of another model or serial number, or have other counters than before."""

    def __call__(self, aircraft_ids: Collection[UUID], *, acting_user: Actor) -> None: ...


_listeners: list[Listener] = []
_aircraft_listeners: list[AircraftListener] = []


def register(listener: Listener) -> None:
    """Call this listener from now on. Registering twice is harmless."""
    if listener not in _listeners:
        _listeners.append(listener)


def unregister(listener: Listener) -> None:
    """For tests that register their own."""
    if listener in _listeners:
        _listeners.remove(listener)


def register_aircraft(listener: AircraftListener) -> None:
    """Call this listener from now on. Registering twice is harmless."""
    if listener not in _aircraft_listeners:
        _aircraft_listeners.append(listener)


def aircraft_changed(aircraft_ids: Collection[UUID], *, acting_user: Actor) -> None:
    """Tell every aircraft listener, once."""
    for listener in _aircraft_listeners:
        listener(aircraft_ids, acting_user=acting_user)


def usage_changed(changes: Sequence[UsageChange], *, acting_user: Actor) -> None:
    """Tell every listener, once."""
    if changes:
        for listener in _listeners:
            listener(changes, acting_user=acting_user)
