"""Flights that were recorded wrongly, and flights that never were. The old values are kept, with author and reason."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet import events
from hangarlink.fleet.actions.page import named
from hangarlink.fleet.facts import FlightFact, FlightOutcome, Verdict, Why
from hangarlink.fleet.ledger import changes, counters, entries, flights
from hangarlink.fleet.ledger.changes import Change
from hangarlink.fleet.ledger.flights import Recorded
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.ledger.movements import Movements
from hangarlink.fleet.ledger.settle import settle
from hangarlink.fleet.models import Flight
from hangarlink.fleet.rules.flights import Span, overlaps, unfit
from hangarlink.fleet.rules.readings import check_reason, moment
from hangarlink.fleet.rules.texts import is_storable
from hangarlink.platform.audit.actions import record_many
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.people.permissions import Actor, ActorKind, require

_RACED = "Another delivery was moving this flight to another aircraft at the same moment. Try again."
_DECIDED = "A person corrected this flight here, and {source} now drops it. Open the flight and decide."
_NEVER = "No flight of this name was recorded from {source}; there is nothing to cancel."


def hold_aircraft(aircraft_ids: Sequence[UUID], *, source: str, external_ids: Sequence[str]) -> None:
    """Lock these aircraft, and those that a source's flights belong to, until the transaction ends. For callers that
    use several of these verbs in one transaction: each alone locks what it needs, and two in a row could meet somebody
    who locks in the other order."""
    lock_aircraft(aircraft_ids, source=source, external_ids=[name for name in external_ids if is_storable(name)])


def cancel_flights(external_ids: Sequence[str], *, source: str, reason: str, acting_user: Actor) -> list[FlightOutcome]:
    """Cancel what a source no longer has; return one outcome per id, in order.

    CORRECTED: cancelled now; UNCHANGED: cancelled before; SKIPPED: never recorded; REJECTED: a person corrected the
    flight here and has to look at it. Events: flight.cancelled, usage.corrected.
    """
    require(acting_user, "fleet.correct_usage")
    names = [name for name in dict.fromkeys(external_ids) if name and is_storable(name)]
    with transaction.atomic():
        locked = lock_aircraft([], source=source, external_ids=names)
        known = flights.known(source, names)
        outcomes = {}
        for name in dict.fromkeys(external_ids):
            was = known.get(name)
            raced = was is not None and was.aircraft_id not in locked
            outcomes[name] = _cancelled(name, was, raced=raced, source=source, acting_user=acting_user)
        gone = [known[name] for name in names if outcomes[name].verdict is Verdict.CORRECTED]
        _change(_without(gone), source=source, reason=reason, acting_user=acting_user)
    return [outcomes[name] for name in external_ids]


def cancel_flight(flight: Flight, *, reason: str, acting_user: Actor) -> None:
    """Cancel one flight: it never was. Sources no longer bring it back. Events: flight.cancelled, usage.corrected."""
    require(acting_user, "fleet.correct_usage")
    reason = check_reason(reason)
    with transaction.atomic():
        was = _locked(flight)
        if was.cancelled_at is not None:
            raise RuleBroken(f"This flight was cancelled already, on {moment(was.cancelled_at)}.")
        _change(_without([was]), source=was.source, reason=reason, acting_user=acting_user)


def correct_flight(flight: Flight, *, amounts: Mapping[UUID, int], reason: str, acting_user: Actor) -> None:
    """Give a flight other amounts, per counter of its aircraft: whole seconds or counts; a counter left out gets none.

    Raises RuleBroken for amounts that no flight may have. Events: flight.corrected, usage.corrected.
    """
    require(acting_user, "fleet.correct_usage")
    reason = check_reason(reason)
    with transaction.atomic():
        was = _locked(flight)
        if was.cancelled_at is not None:
            raise RuleBroken("This flight is cancelled. Reinstate it first, then correct it.")
        flown = entries.amounts_of([was.id]).get(was.id, {})
        fact = _as_fact(was, amounts)
        _check_fit(fact)
        if dict(amounts) == {counter_id: f.amount for counter_id, f in flown.items()}:
            return
        _change([Change(was, flown, fact)], source="manual", reason=reason, acting_user=acting_user)


def reinstate_flight(flight: Flight, *, reason: str, acting_user: Actor) -> None:
    """Let a cancelled flight count again, with the amounts it had. Events: flight.corrected, usage.corrected."""
    require(acting_user, "fleet.correct_usage")
    reason = check_reason(reason)
    with transaction.atomic():
        was = _locked(flight)
        if was.cancelled_at is None:
            raise RuleBroken("This flight is not cancelled.")
        fact = _as_fact(was, entries.amounts_until(was.id, was.cancelled_at))
        _check_free(fact, was)
        _change([Change(was, {}, fact)], source=was.source, reason=reason, acting_user=acting_user)


def _locked(flight: Flight) -> Recorded:
    """The flight as it is now, with its aircraft locked. Raises Missing for one of another account."""
    locked = lock_aircraft([flight.aircraft_id])
    was = flights.by_id(flight.id)
    if was is None:
        raise Missing("There is no such flight in this account.")
    if was.aircraft_id not in locked:
        raise RuleBroken(_RACED)
    return was


def _cancelled(name: str, was: Recorded | None, *, raced: bool, source: str, acting_user: Actor) -> FlightOutcome:
    if was is None:
        message = _NEVER.format(source=source)
        return FlightOutcome(name, Verdict.SKIPPED, None, Why.NOT_RECORDED.value, message)
    if raced:
        return FlightOutcome(name, Verdict.REJECTED, was.id, Why.RACED.value, _RACED)
    if was.cancelled_at is not None:
        return FlightOutcome(name, Verdict.UNCHANGED, was.id)
    if was.decided_here and acting_user.kind is not ActorKind.PERSON:
        return FlightOutcome(name, Verdict.REJECTED, was.id, Why.DECIDED_HERE.value, _DECIDED.format(source=source))
    return FlightOutcome(name, Verdict.CORRECTED, was.id)


def _without(cancelled: Sequence[Recorded]) -> list[Change]:
    flown = entries.amounts_of(was.id for was in cancelled)
    return [Change(was, flown.get(was.id, {}), None) for was in cancelled]


def _as_fact(was: Recorded, amounts: Mapping[UUID, int]) -> FlightFact:
    return FlightFact(
        was.aircraft_id, was.external_id, was.started_at, was.ended_at, was.departure, was.arrival, dict(amounts),
        was.content_hash,
    )  # fmt: skip


def _check_fit(fact: FlightFact) -> None:
    standing = counters.of_aircraft([fact.aircraft_id])
    if problem := unfit(fact, {c.id: c.unit for c in standing.values()}, timezone.now()):
        raise RuleBroken(problem.message, field="amounts")


def _check_free(fact: FlightFact, was: Recorded) -> None:
    stands = {f.id: f for f in flights.near([fact]) if f.cancelled_at is None and f.id != was.id}
    spans = [Span(f.id, f.aircraft_id, f.started_at, f.ended_at) for f in stands.values()]
    asked = Span(was.id, fact.aircraft_id, fact.started_at, fact.ended_at)
    for other in overlaps(spans, [(asked, None)]).values():
        name = next(named(f) for f in stands.values() if f.id == other.key)
        times = f"{moment(other.started_at)} to {moment(other.ended_at)}"
        raise RuleBroken(
            f"The aircraft flew another flight then: the {name}, {times}. Cancel or correct that one first."
        )


def _change(changed: Sequence[Change], *, source: str, reason: str, acting_user: Actor) -> None:
    """Write the changes, settle the counters and say so."""
    if not changed:
        return
    now = timezone.now()
    standing = counters.of_aircraft({c.was.aircraft_id for c in changed})
    movements = Movements()
    audit = changes.apply(
        changed, movements, source=source, reason=reason, now=now, acting_user=acting_user,
        decided_here=acting_user.kind is ActorKind.PERSON,
    )  # fmt: skip
    settled = settle(movements, standing, now=now, acting_user=acting_user)
    record_many(audit)
    told: list[Event] = [
        (events.FlightCorrected if c.fact else events.FlightCancelled)(c.was.id, c.was.aircraft_id) for c in changed
    ]
    announce_many([*told, *settled.announcements])
