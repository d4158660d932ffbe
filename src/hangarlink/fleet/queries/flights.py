"""Flights of one aircraft with what they added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.ledger.entries import amounts_of
from hangarlink.fleet.models import Aircraft, Flight


@dataclass(frozen=True, slots=True)
class FlightRow:
    """A flight and what it adds now, per counter; nothing when it is cancelled."""

    flight: Flight
    amounts: Mapping[UUID, int]


def recent_flights(
    aircraft: Aircraft, *, limit: int = 50, before: datetime | None = None, with_cancelled: bool = True
) -> list[FlightRow]:
    """The latest flights of an aircraft, newest first. Two statements.

    before  only flights that started earlier: the start of the last one shown, to page on
    """
    rows = Flight.objects.filter(aircraft=aircraft).order_by("-started_at", "-id")
    if before is not None:
        rows = rows.filter(started_at__lt=before)
    if not with_cancelled:
        rows = rows.filter(cancelled_at=None)
    listed = list(rows[:limit])
    flown = amounts_of(flight.id for flight in listed)
    return [FlightRow(f, {c: added.amount for c, added in flown.get(f.id, {}).items()}) for f in listed]
