"""`record_flight`: one flight, told as it happens, by somebody who waits for the answer."""

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet import events
from hangarlink.fleet.actions.record_flights import record_flights
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict
from hangarlink.fleet.ledger import one_flight
from hangarlink.fleet.ledger.changes import flown_by
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.ledger.movements import Movements
from hangarlink.fleet.ledger.settle import settle
from hangarlink.fleet.rules.flights import unfit, unstorable
from hangarlink.platform.audit.actions import record
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.people.permissions import Actor, require


def record_flight(fact: FlightFact, *, source: str, acting_user: Actor) -> FlightOutcome:
    """What `record_flights` does with a page of this one fact and OnKnown.SKIP, in half the statements.

    Only the plain case is done here: a new flight in free time. Whatever needs a decision is left to record_flights,
    before anything is written, so that there is one place where flights are judged.
    """
    require(acting_user, "fleet.record_usage")
    return _plain(fact, source, acting_user) or _judged(fact, source, acting_user)


def _judged(fact: FlightFact, source: str, acting_user: Actor) -> FlightOutcome:
    (outcome,) = record_flights([fact], source=source, acting_user=acting_user, on_known=OnKnown.SKIP)
    return outcome


def _plain(fact: FlightFact, source: str, acting_user: Actor) -> FlightOutcome | None:
    """Record a flight that is plainly new; None when it is not plain, and then nothing is written."""
    now = timezone.now()
    if unstorable(fact):
        return None
    # No savepoint: what fails here fails the caller's transaction, and nothing is expected to.
    with transaction.atomic(savepoint=False):
        aircraft = lock_aircraft([fact.aircraft_id], source=source, external_ids=[fact.external_id])
        place = one_flight.look(fact, source=source)
        units = {counter.id: counter.unit for counter in place.standing.values()}
        if fact.aircraft_id not in aircraft or not place.is_plain or unfit(fact, units, now):
            return None
        flight_id = one_flight.write(fact, source=source, now=now, by=acting_user)
        if flight_id is None:
            return None
        movements = Movements()
        movements.flew(flown_by(flight_id, fact))
        settled = settle(movements, place.standing, now=now, acting_user=acting_user)
        told = {"source": source, "flights": 1, "first": fact.started_at, "last": fact.ended_at}
        record(acting_user, aircraft[fact.aircraft_id], "flights recorded", new=told)
        recorded = events.FlightRecorded(flight_id, fact.aircraft_id, fact.ended_at)
        announce_many([recorded, *settled.announcements])
    return FlightOutcome(fact.external_id, Verdict.CREATED, flight_id)
