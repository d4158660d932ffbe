"""`record_flights`: a page of flights, from whoever tells them, onto the counters."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet import events
from hangarlink.fleet.actions.known import decide_known, is_to_change, skip_known
from hangarlink.fleet.actions.page import Page, named
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict, Why
from hangarlink.fleet.ledger import changes, counters, entries, flights
from hangarlink.fleet.ledger.changes import Change, flown_by
from hangarlink.fleet.ledger.counters import Standing
from hangarlink.fleet.ledger.flights import Recorded
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.ledger.movements import Movements
from hangarlink.fleet.ledger.settle import settle
from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rules.flights import Span, overlaps, unfit, unstorable
from hangarlink.fleet.rules.readings import moment
from hangarlink.fleet.vocabulary import Unit
from hangarlink.platform.audit.actions import entry, record_many
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.models import new_id


def record_flights(
    facts: Sequence[FlightFact], *, source: str, acting_user: Actor, on_known: OnKnown
) -> list[FlightOutcome]:
    """Record a page of flights; return one outcome per fact, in order.

    Events: flight.recorded, flight.corrected, usage.corrected, discrepancy.raised, discrepancy.settled.

    source    who tells them, e.g. "flightlogger"; with the external id it names a flight for ever
    on_known  SKIP leaves a recorded flight as it is; CORRECT changes it where the fact differs, keeping the old values

    A bad flight is rejected with its reason and does not hold up the others. The number of statements does not depend
    on the number of facts; a page of unchanged flights costs one and writes nothing. Keep pages to about 1,000 facts:
    a page is one lock on its aircraft. CORRECT also needs the permission to correct usage.
    """
    require(acting_user, "fleet.record_usage")
    if on_known is OnKnown.CORRECT:
        require(acting_user, "fleet.correct_usage")
    page = Page(facts, source=source, on_known=on_known, now=timezone.now(), acting_user=acting_user)
    _reject_unstorable(page)
    with transaction.atomic():
        decide_known(page, flights.told_before(source, page.external_ids()), locked=None)
        if page.open:
            _record(page)
    return page.outcomes()


def _reject_unstorable(page: Page) -> None:
    for place in page.open:
        if problem := unstorable(page.facts[place]):
            page.decide(place, Verdict.REJECTED, None, problem.why, problem.message)
    page.still_open()


def _record(page: Page) -> None:
    """The facts that are new or changed, with their aircraft locked."""
    ids = {page.facts[place].aircraft_id for place in page.open}
    aircraft = lock_aircraft(ids, source=page.source, external_ids=page.external_ids())
    standing = counters.of_aircraft(aircraft)
    _reject_unfit(page, aircraft, standing)
    near = flights.near(page.facts[place] for place in page.open)
    known = _known_by_now(page, near)
    decide_known(page, known, locked=aircraft)
    was = {place: known[name] for place in page.open if (name := page.facts[place].external_id) in known}
    was |= _known_by_times(page, near)
    changed = _changes(page, was)
    _reject_overlaps(page, near, changed)
    _write(page, {place: changed[place] for place in page.open if place in changed}, aircraft, standing)


def _reject_unfit(page: Page, aircraft: Mapping[UUID, Aircraft], standing: Mapping[UUID, Standing]) -> None:
    units: dict[UUID, dict[UUID, Unit]] = {aircraft_id: {} for aircraft_id in aircraft}
    for counter in standing.values():
        units[counter.aircraft_id][counter.id] = counter.unit
    for place in page.open:
        fact = page.facts[place]
        if fact.aircraft_id not in units:
            message = f"There is no aircraft {fact.aircraft_id} in this account."
            page.decide(place, Verdict.REJECTED, None, Why.AIRCRAFT, message)
        elif problem := unfit(fact, units[fact.aircraft_id], page.now):
            page.decide(place, Verdict.REJECTED, None, problem.why, problem.message)
    page.still_open()


def _known_by_now(page: Page, near: Sequence[Recorded]) -> dict[str, Recorded]:
    """Asked again now that nobody else can change these aircraft: another delivery may have been faster.

    A create-only page need not ask: a flight at the same times is near, and any other is refused when it is written.
    """
    if page.on_known is OnKnown.SKIP:
        return {f.external_id: f for f in near if f.source == page.source and f.external_id}
    return flights.known(page.source, page.external_ids())


def _known_by_times(page: Page, near: Sequence[Recorded]) -> dict[int, Recorded]:
    """Facts without external id whose aircraft and times a recorded flight has: that is the flight.

    One that another source told, or this one under a name, is not this source's to change.
    """
    same_times = {
        (f.aircraft_id, f.started_at, f.ended_at): f for f in sorted(near, key=lambda f: f.cancelled_at is None)
    }
    known = {}
    for place in page.open:
        fact = page.facts[place]
        was = None if fact.external_id else same_times.get((fact.aircraft_id, fact.started_at, fact.ended_at))
        if was is None:
            continue
        if (was.source, was.external_id) != (page.source, ""):
            message = f"The {named(was)} has the same aircraft and times; this is taken for the same flight."
            page.decide(place, Verdict.SKIPPED, was.id, Why.DUPLICATE, message)
        elif page.on_known is OnKnown.SKIP:
            skip_known(page, place, was)
        else:
            known[place] = was
    page.still_open()
    return known


def _changes(page: Page, was: Mapping[int, Recorded]) -> dict[int, Change]:
    """Of the facts about recorded flights, those that change them."""
    flown = entries.amounts_of(flight.id for flight in was.values())
    found = {
        place: Change(flight, flown.get(flight.id, {}), page.facts[place])
        for place, flight in was.items()
        if is_to_change(page, place, flight, flown.get(flight.id, {}))
    }
    flights.rehash(
        [
            (flight.id, said)
            for place, flight in was.items()
            if page.verdict(place) is Verdict.UNCHANGED
            and (said := page.facts[place].content_hash) not in {None, flight.content_hash}
        ]
    )
    page.still_open()
    return found


def _reject_overlaps(page: Page, near: Sequence[Recorded], changed: Mapping[int, Change]) -> None:
    """An aircraft flies one flight at a time: who comes later in the page gives way, with the other flight's name."""
    moving = {change.was.id for change in changed.values() if change.moves}
    stands = [f for f in near if f.cancelled_at is None and f.id not in moving]
    names = {f.id: named(f) for f in stands} | {place: _told(page, place) for place in page.open}
    wanted = []
    for place in page.open:
        change = changed.get(place)
        if change is None or change.moves:
            now = None if change is None or change.was.cancelled_at else _span(place, change.was)
            wanted.append((_span(place, page.facts[place]), now))
    for key, other in overlaps([_span(f.id, f) for f in stands], wanted).items():
        place = int(key)
        message = (
            f"The aircraft flew another flight then: the {names[other.key]}, "
            f"{moment(other.started_at)} to {moment(other.ended_at)}. Correct the times of one of them."
        )
        flight_id = changed[place].was.id if place in changed else None
        page.decide(place, Verdict.REJECTED, flight_id, Why.OVERLAP, message)
    page.still_open()


def _span(key: int | UUID, flight: Recorded | FlightFact) -> Span:
    return Span(key, flight.aircraft_id, flight.started_at, flight.ended_at)


def _told(page: Page, place: int) -> str:
    return f"flight {page.source} {page.facts[place].external_id}".rstrip() + " of this delivery"


def _write(
    page: Page, changed: Mapping[int, Change], aircraft: Mapping[UUID, Aircraft], standing: Mapping[UUID, Standing]
) -> None:
    if not page.open:
        return
    movements = Movements()
    new = _insert(page, [place for place in page.open if place not in changed], movements)
    audit = changes.apply(
        list(changed.values()), movements, source=page.source, reason=f"Changed by {page.source}.", now=page.now,
        acting_user=page.acting_user, decided_here=False,
    )  # fmt: skip
    for place, change in changed.items():
        page.decide(place, Verdict.CORRECTED, change.was.id)
    settled = settle(movements, standing, now=page.now, acting_user=page.acting_user)
    record_many([*_audit(page, new, aircraft), *audit])
    told: list[Event] = [events.FlightRecorded(flight_id, f.aircraft_id, f.ended_at) for flight_id, f in new]
    told += [events.FlightCorrected(c.was.id, c.fact.aircraft_id) for c in changed.values() if c.fact]
    announce_many([*told, *settled.announcements])


def _insert(page: Page, places: Sequence[int], movements: Movements) -> list[tuple[UUID, FlightFact]]:
    """Write the new flights and what they add."""
    asked = {new_id(): place for place in places}
    written = flights.insert(
        [(flight_id, page.facts[place]) for flight_id, place in asked.items()],
        source=page.source, now=page.now, by=page.acting_user,
    )  # fmt: skip
    for flight_id, place in asked.items():
        if flight_id in written:
            page.decide(place, Verdict.CREATED, flight_id)
    _decide_raced(page, [place for flight_id, place in asked.items() if flight_id not in written])
    new = [(flight_id, page.facts[place]) for flight_id, place in asked.items() if flight_id in written]
    flown = [added for flight_id, fact in new for added in flown_by(flight_id, fact)]
    entries.insert(flown, source=page.source, now=page.now, by=page.acting_user)
    movements.flew(flown)
    return new


def _decide_raced(page: Page, places: Sequence[int]) -> None:
    """The same names were recorded on other aircraft between our look and our write."""
    if not places:
        return
    known = flights.known(page.source, [page.facts[place].external_id for place in places])
    for place in places:
        was = known.get(page.facts[place].external_id)
        if was is not None and page.on_known is OnKnown.SKIP:
            skip_known(page, place, was)
        else:
            message = "Another delivery recorded this flight at the same moment. Send it again."
            page.decide(place, Verdict.REJECTED, was.id if was else None, Why.RACED, message)


def _audit(page: Page, new: Sequence[tuple[UUID, FlightFact]], aircraft: Mapping[UUID, Aircraft]) -> list[AuditEntry]:
    """One row per aircraft: each flight itself keeps who recorded it and when."""
    of_aircraft: defaultdict[UUID, list[FlightFact]] = defaultdict(list)
    for _, fact in new:
        of_aircraft[fact.aircraft_id].append(fact)
    return [
        entry(
            page.acting_user, aircraft[aircraft_id], "flights recorded",
            new={
                "source": page.source, "flights": len(facts),
                "first": min(f.started_at for f in facts), "last": max(f.ended_at for f in facts),
            },
        )
        for aircraft_id, facts in of_aircraft.items()
    ]  # fmt: skip
