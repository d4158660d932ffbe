"""One flight at a time: the same as a page of one, in fewer statements."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hangarlink.fleet.actions import add_counter, record_flight, record_flights, record_reading, set_opening
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict, Why
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, Flight, UsageEntry
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.fleet.conftest import HOUR, Logbook, at, flight, make_aircraft

Told = tuple[str, int, float, float, int, int]


def by_page(fact: FlightFact, source: str, acting_user: Actor) -> FlightOutcome:
    (outcome,) = record_flights([fact], source=source, acting_user=acting_user, on_known=OnKnown.SKIP)
    return outcome


def by_itself(fact: FlightFact, source: str, acting_user: Actor) -> FlightOutcome:
    return record_flight(fact, source=source, acting_user=acting_user)


def story(
    told: Sequence[Told],
    recorder: Callable[[FlightFact, str, Actor], FlightOutcome],
    model: AircraftModel,
    registration: str,
    acting_user: Actor,
) -> list[Any]:
    """Tell these flights to a fresh aircraft; return everything that came of it, without ids."""
    aircraft = make_aircraft(model, registration, acting_user)
    airborne = add_counter(aircraft, kind="airborne", acting_user=acting_user)
    landings = add_counter(aircraft, kind="landings", acting_user=acting_user)
    set_opening(airborne, total=1000 * HOUR, at=at(3), acting_user=acting_user)
    record_reading(airborne, reading=1003 * HOUR, at=at(6), acting_user=acting_user)
    events = OutboxEvent.objects.count()
    audited = AuditEntry.objects.count()
    outcomes = []
    for name, day, hour, hours, seconds, count_ in told:
        fact = flight(aircraft, {airborne: seconds, landings: count_}, name, day=day, hour=hour, hours=hours)
        outcome = recorder(fact, f"source of {registration}", acting_user)
        message = outcome.message.replace(registration, "REG")
        outcomes.append((outcome.verdict, outcome.code, message, outcome.flight_id is None))
    return [outcomes, *left_behind(aircraft, events, audited)]


def left_behind(aircraft: Aircraft, events: int, audited: int) -> list[Any]:
    counters = Counter.objects.filter(aircraft=aircraft).order_by("name")
    entries = UsageEntry.objects.filter(counter__aircraft=aircraft).order_by(
        "at", "sequence", "counter__name", "amount"
    )
    flights = Flight.objects.filter(aircraft=aircraft).order_by("started_at", "external_id")
    audit = AuditEntry.objects.order_by("at", "id")[audited:]
    return [
        list(
            counters.values("name", "total", "total_at", "recent_amount", "recent_days", "meter_offset", "known_from")
        ),
        list(entries.values("kind", "at", "amount", "total_after", "superseded_at", "recorded_by")),
        list(flights.values("external_id", "started_at", "ended_at", "cancelled_at", "recorded_by", "decided_here")),
        [event.type for event in OutboxEvent.objects.order_by("at", "id")[events:]],
        [(row.action, {**(row.new or {}), "source": ""}) for row in audit],
    ]


# Few days and hours, so that flights meet: before the opening (3rd), before and after the reading (6th).
FLIGHTS = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "b", "c"]),
        st.sampled_from([2, 4, 7]),
        st.sampled_from([6.0, 6.5, 7.0]),
        st.sampled_from([0.0, 0.5, 1.0, 1.0, -1.0]),
        st.sampled_from([HOUR, HOUR, 5 * HOUR, 0, -1]),
        st.integers(0, 2),
    ),
    min_size=2,
    max_size=6,
)
numbers = count(1)


@given(told=FLIGHTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_what_a_page_of_one_is(model: AircraftModel, acting_user: Actor, told: list[Told]) -> None:
    """Late flights, overlaps, repeated names, bad amounts, before and after the opening and the reading."""
    number = next(numbers)
    alone = story(told, by_itself, model, f"A{number}", acting_user)
    paged = story(told, by_page, model, f"B{number}", acting_user)
    neutral = str(paged).replace(f"B{number}", f"A{number}")
    assert str(alone) == neutral


@pytest.fixture
def opened(logbook: Logbook) -> Logbook:
    set_opening(logbook.airborne, total=1000 * HOUR, at=at(1), acting_user=logbook.acting_user)
    return logbook


def a_flight(opened: Logbook, name: str = "a", **more: Any) -> FlightFact:
    return flight(opened.aircraft, {opened.airborne: HOUR, opened.landings: 2}, name, **more)


def test_a_plain_flight_takes_few_statements(opened: Logbook) -> None:
    record_flight(a_flight(opened, "first", hour=5), source="api:x", acting_user=opened.acting_user)
    with CaptureQueriesContext(connection) as seen:
        outcome = record_flight(a_flight(opened), source="api:x", acting_user=opened.acting_user)
    assert outcome.verdict is Verdict.CREATED
    assert len(seen) <= 8
    assert opened.total() == 1002 * HOUR


def test_a_name_taken_by_another_aircraft_is_skipped(opened: Logbook, model: AircraftModel) -> None:
    record_flight(a_flight(opened), source="api:x", acting_user=opened.acting_user)
    other = make_aircraft(model, "OY-XYZ", opened.acting_user)
    counter = add_counter(other, kind="airborne", acting_user=opened.acting_user)
    outcome = record_flight(flight(other, {counter: HOUR}, "a"), source="api:x", acting_user=opened.acting_user)
    assert (outcome.verdict, outcome.code) == (Verdict.SKIPPED, Why.KNOWN)
    assert Flight.objects.count() == 1


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x" * 121])
def test_a_text_that_cannot_be_stored_is_rejected(opened: Logbook, name: str) -> None:
    outcome = record_flight(a_flight(opened, name), source="api:x", acting_user=opened.acting_user)
    assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, Why.TEXT)


def test_an_aircraft_that_does_not_exist_is_rejected(opened: Logbook, account: Any) -> None:
    fact = replace(a_flight(opened), aircraft_id=account.id)
    outcome = record_flight(fact, source="api:x", acting_user=opened.acting_user)
    assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, Why.AIRCRAFT)


def test_the_future_is_rejected(opened: Logbook) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    fact = replace(a_flight(opened), started_at=tomorrow, ended_at=tomorrow)
    outcome = record_flight(fact, source="api:x", acting_user=opened.acting_user)
    assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, Why.FUTURE)


def test_it_needs_the_permission(opened: Logbook) -> None:
    nobody = Actor(ActorKind.APPLICATION, None, "x", frozenset({"fleet.view"}))
    with pytest.raises(NotPermitted):
        record_flight(a_flight(opened), source="api:x", acting_user=nobody)
