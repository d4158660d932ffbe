"""Flights that are not what they were: corrected, cancelled, reinstated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hangarlink.fleet.facts import FlightFact
from hangarlink.fleet.ledger import entries, flights
from hangarlink.fleet.ledger.entries import Flown
from hangarlink.fleet.ledger.flights import Recorded
from hangarlink.fleet.ledger.movements import Movements
from hangarlink.fleet.models import Correction, Flight
from hangarlink.platform.audit.actions import entry
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded flight and what becomes of it.

    flown  what it adds now, per counter
    fact   what it is from now on; None: cancelled
    """

    was: Recorded
    flown: Mapping[UUID, Flown]
    fact: FlightFact | None

    @property
    def keeps_its_place(self) -> bool:
        """Whether its amounts count on the same aircraft at the same moment as before."""
        was, fact = self.was, self.fact
        if fact is None or was.cancelled_at is not None:
            return False
        return (fact.aircraft_id, fact.ended_at) == (was.aircraft_id, was.ended_at)

    @property
    def moves(self) -> bool:
        """Whether the time it takes up on an aircraft is not what it was."""
        was, fact = self.was, self.fact
        return fact is not None and not (self.keeps_its_place and fact.started_at == was.started_at)

    def taken_back(self) -> list[Flown]:
        """The amounts that no longer count."""
        if self.fact is None or not self.keeps_its_place:
            return list(self.flown.values())
        return [f for f in self.flown.values() if self.fact.amounts.get(f.counter_id) != f.amount]

    def added(self) -> list[Flown]:
        """The amounts that count from now on."""
        if self.fact is None:
            return []
        said = flown_by(self.was.id, self.fact)
        if not self.keeps_its_place:
            return said
        return [f for f in said if f.counter_id not in self.flown or self.flown[f.counter_id].amount != f.amount]

    def values(self) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Old and new values: those that differ, or all old ones of a cancelled flight."""
        old = _values(self.was, {c: f.amount for c, f in self.flown.items()})
        if self.fact is None:
            return old, None
        new = _values(self.fact, self.fact.amounts)
        if self.was.cancelled_at is not None:
            return {"cancelled_at": self.was.cancelled_at}, new
        differing = [name for name in new if new[name] != old[name]]
        return {name: old[name] for name in differing}, {name: new[name] for name in differing}


def flown_by(flight_id: UUID, fact: FlightFact) -> list[Flown]:
    """What a flight adds to each counter."""
    return [Flown(flight_id, counter_id, fact.ended_at, amount) for counter_id, amount in fact.amounts.items()]


def apply(
    changes: Sequence[Change], movements: Movements, *, source: str, reason: str, now: datetime, acting_user: Actor,
    decided_here: bool,
) -> list[AuditEntry]:  # fmt: skip
    """Write the changes with their corrections; return the audit rows, to be written with the action's own.

    source        who says so, for the new entries
    decided_here  a person says so, and sources no longer overrule it
    """
    if not changes:
        return []
    back = [flown for change in changes for flown in change.taken_back()]
    added = [flown for change in changes for flown in change.added()]
    entries.supersede(back, now=now)
    entries.insert(added, source=source, now=now, by=acting_user)
    movements.took_back(back)
    movements.flew(added)
    flights.rewrite([(c.was.id, c.fact) for c in changes if c.fact is not None], decided_here=decided_here)
    flights.cancel([c.was.id for c in changes if c.fact is None], now=now, decided_here=decided_here)
    return _recorded(changes, reason=reason, acting_user=acting_user)


def _recorded(changes: Iterable[Change], *, reason: str, acting_user: Actor) -> list[AuditEntry]:
    account = current_account()
    corrections, audit = [], []
    for change in changes:
        old, new = change.values()
        corrections.append(
            Correction(
                account=account, flight_id=change.was.id, old=old, new=new, reason=reason[:300],
                made_by=acting_user.id, made_by_label=acting_user.label[:200],
            )
        )  # fmt: skip
        flight = Flight(
            id=change.was.id,
            started_at=change.was.started_at,
            departure=change.was.departure,
            arrival=change.was.arrival,
        )
        verb = "cancelled" if new is None else "reinstated" if change.was.cancelled_at else "corrected"
        audit.append(entry(acting_user, flight, verb, old=old, new={**(new or {}), "reason": reason}))
    Correction.objects.bulk_create(corrections)
    return audit


def _values(flight: Recorded | FlightFact, amounts: Mapping[UUID, int]) -> dict[str, Any]:
    return {
        "aircraft_id": flight.aircraft_id,
        "started_at": flight.started_at,
        "ended_at": flight.ended_at,
        "departure": flight.departure,
        "arrival": flight.arrival,
        "amounts": {str(counter_id): amount for counter_id, amount in amounts.items()},
    }
