"""Flights onto counters: created, unchanged, corrected, skipped, rejected."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hangarlink.fleet.actions import add_counter, record_flights, set_opening
from hangarlink.fleet.facts import FlightFact, OnKnown, Verdict, Why
from hangarlink.fleet.models import AircraftModel, Correction, Flight, UsageEntry
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.fleet.conftest import HOUR, Logbook, at, flight, make_aircraft


def said(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


@pytest.fixture
def opened(logbook: Logbook) -> Logbook:
    """The airborne counter stands at 1,000 hours on 1 March."""
    set_opening(logbook.airborne, total=1000 * HOUR, at=at(1), acting_user=logbook.acting_user)
    return logbook


class TestCreated:
    def test_a_flight_adds_to_its_counters(self, opened: Logbook) -> None:
        outcomes = opened.record(
            flight(opened.aircraft, {opened.airborne: HOUR, opened.landings: 3}, "a", hour=9),
            flight(opened.aircraft, {opened.airborne: 2 * HOUR, opened.landings: 1}, "b", hour=12),
        )
        assert [(o.external_id, o.verdict) for o in outcomes] == [("a", Verdict.CREATED), ("b", Verdict.CREATED)]
        assert opened.total() == 1003 * HOUR
        assert opened.airborne.total_at == at(2, 13)
        assert opened.total(opened.landings) is None, "unknown stays unknown, never zero"

    def test_the_flight_keeps_who_told_it_and_when(self, opened: Logbook) -> None:
        outcome = opened.fly(HOUR, "a", departure="EKRK", arrival="EKBI", content_hash=said("a"))
        kept = Flight.objects.get(pk=outcome.flight_id)
        assert (kept.source, kept.external_id, kept.departure, kept.arrival) == ("flightlogger", "a", "EKRK", "EKBI")
        assert kept.recorded_by == opened.acting_user.id
        assert bytes(kept.content_hash or b"") == said("a")
        assert timezone.now() - kept.recorded_at < timedelta(minutes=1)

    def test_flights_before_the_opening_are_in_it_already(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a", day=-20)
        opened.record(flight(opened.aircraft, {opened.airborne: HOUR}, "b", day=0, hour=23))
        assert opened.total() == 1000 * HOUR

    def test_one_audit_row_per_aircraft_and_one_event_per_flight(self, opened: Logbook) -> None:
        before = AuditEntry.objects.count()
        opened.record(*[flight(opened.aircraft, {opened.airborne: HOUR}, str(n), hour=n) for n in range(5)])
        (row,) = AuditEntry.objects.order_by("at", "id")[before:]
        assert (row.object_id, row.action) == (opened.aircraft.id, "flights recorded")
        assert row.new is not None
        assert (row.new["flights"], row.new["source"]) == (5, "flightlogger")
        told = OutboxEvent.objects.filter(type="flight.recorded")
        assert len({event.data["flight_id"] for event in told}) == 5
        assert {frozenset(event.data) for event in told} == {frozenset({"flight_id", "aircraft_id", "ended_at"})}

    def test_long_place_names_are_cut_not_refused(self, opened: Logbook) -> None:
        outcome = opened.fly(HOUR, "a", departure="x" * 500)
        assert Flight.objects.get(pk=outcome.flight_id).departure == "x" * 80

    def test_an_empty_page_is_nothing(self, opened: Logbook) -> None:
        assert opened.record() == []


class TestKnown:
    def test_the_same_again_is_unchanged_and_costs_one_statement(self, opened: Logbook) -> None:
        page = [
            flight(opened.aircraft, {opened.airborne: HOUR}, str(n), hour=n, content_hash=said(str(n)))
            for n in range(5)
        ]
        first = opened.record(*page)
        with CaptureQueriesContext(connection) as queries:
            again = opened.record(*page)
        assert [o.verdict for o in again] == [Verdict.UNCHANGED] * 5
        assert [o.flight_id for o in again] == [o.flight_id for o in first]
        assert [q["sql"].split()[0] for q in queries.captured_queries] == ["SAVEPOINT", "SELECT", "RELEASE"]

    def test_without_a_hash_the_same_again_writes_nothing_either(self, opened: Logbook) -> None:
        page = [flight(opened.aircraft, {opened.airborne: HOUR}, name, hour=n) for n, name in enumerate(["a", "b", ""])]
        opened.record(*page)
        with CaptureQueriesContext(connection) as queries:
            again = opened.record(*page)
        assert [o.verdict for o in again] == [Verdict.UNCHANGED] * 3
        verbs = {query["sql"].split()[0] for query in queries.captured_queries}
        assert verbs == {"SAVEPOINT", "SELECT", "RELEASE"}

    def test_without_a_hash_the_values_are_compared(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a")
        assert opened.fly(HOUR, "a").verdict is Verdict.UNCHANGED
        assert opened.fly(2 * HOUR, "a").verdict is Verdict.CORRECTED
        assert opened.total() == 1002 * HOUR

    def test_other_words_for_the_same_are_unchanged_and_remembered(self, opened: Logbook) -> None:
        outcome = opened.fly(HOUR, "a", content_hash=said("a"))
        assert opened.fly(HOUR, "a", content_hash=said("a, with a remark")).verdict is Verdict.UNCHANGED
        assert bytes(Flight.objects.get(pk=outcome.flight_id).content_hash or b"") == said("a, with a remark")
        assert not Correction.objects.exists()

    def test_create_only_skips(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a")
        (outcome,) = opened.record(flight(opened.aircraft, {opened.airborne: 9 * HOUR}, "a"), on_known=OnKnown.SKIP)
        assert (outcome.verdict, outcome.code) == (Verdict.SKIPPED, Why.KNOWN)
        assert outcome.message
        assert opened.total() == 1001 * HOUR

    def test_the_same_name_from_another_source_is_another_flight(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a")
        (outcome,) = opened.record(flight(opened.aircraft, {opened.airborne: HOUR}, "a", hour=15), source="api")
        assert outcome.verdict is Verdict.CREATED

    def test_a_nameless_flight_is_known_by_aircraft_and_times(self, opened: Logbook) -> None:
        first = opened.fly(HOUR)
        for on_known, hours, verdict in (
            (OnKnown.SKIP, 1, Verdict.SKIPPED),
            (OnKnown.CORRECT, 1, Verdict.UNCHANGED),
            (OnKnown.CORRECT, 2, Verdict.CORRECTED),
        ):
            (again,) = opened.record(flight(opened.aircraft, {opened.airborne: hours * HOUR}), on_known=on_known)
            assert (again.verdict, again.flight_id) == (verdict, first.flight_id)
        assert opened.total() == 1002 * HOUR

    def test_a_nameless_flight_that_another_source_told_is_a_duplicate(self, opened: Logbook) -> None:
        first = opened.fly(HOUR, "a")
        (again,) = opened.record(flight(opened.aircraft, {opened.airborne: HOUR}), source="api", on_known=OnKnown.SKIP)
        assert (again.verdict, again.code, again.flight_id) == (Verdict.SKIPPED, Why.DUPLICATE, first.flight_id)
        assert "flightlogger a" in again.message
        assert opened.total() == 1001 * HOUR


class TestRepeatedInAPage:
    def test_the_last_telling_counts_when_it_may_correct(self, opened: Logbook) -> None:
        outcomes = opened.record(*[flight(opened.aircraft, {opened.airborne: n * HOUR}, "a") for n in (1, 2, 3)])
        assert [o.verdict for o in outcomes] == [Verdict.SKIPPED, Verdict.SKIPPED, Verdict.CREATED]
        assert {o.code for o in outcomes[:2]} == {Why.REPEATED}
        assert len({o.flight_id for o in outcomes}) == 1
        assert opened.total() == 1003 * HOUR

    def test_the_first_telling_counts_when_it_may_only_create(self, opened: Logbook) -> None:
        page = [flight(opened.aircraft, {opened.airborne: n * HOUR}, "a") for n in (1, 2)]
        outcomes = opened.record(*page, on_known=OnKnown.SKIP)
        assert [o.verdict for o in outcomes] == [Verdict.CREATED, Verdict.SKIPPED]
        assert opened.total() == 1001 * HOUR

    def test_nobody_is_skipped_in_favour_of_a_rejected_one(self, opened: Logbook) -> None:
        page = [flight(opened.aircraft, {opened.airborne: n * HOUR}, "a") for n in (-1, 2)]
        assert [o.verdict for o in opened.record(*page, on_known=OnKnown.SKIP)] == [Verdict.REJECTED] * 2
        assert [o.verdict for o in opened.record(*page[::-1])] == [Verdict.REJECTED] * 2

    def test_nameless_repeats_too(self, opened: Logbook) -> None:
        page = [flight(opened.aircraft, {opened.airborne: HOUR}) for _ in range(2)]
        outcomes = opened.record(*page, on_known=OnKnown.SKIP)
        assert [o.verdict for o in outcomes] == [Verdict.CREATED, Verdict.SKIPPED]


class TestCorrected:
    def test_an_amount(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a", content_hash=said("a"))
        opened.fly(HOUR, "b", hour=12)
        outcome = opened.fly(3 * HOUR, "a", content_hash=said("a2"))
        assert outcome.verdict is Verdict.CORRECTED
        assert opened.total() == 1004 * HOUR
        kept = Correction.objects.get()
        assert kept.old == {"amounts": {str(opened.airborne.id): HOUR}}
        assert kept.new == {"amounts": {str(opened.airborne.id): 3 * HOUR}}
        assert (kept.flight_id, kept.made_by, kept.reason) == (
            outcome.flight_id,
            opened.acting_user.id,
            "Changed by flightlogger.",
        )
        old, new = UsageEntry.objects.filter(flight=outcome.flight_id).order_by("recorded_at", "id")
        assert old.superseded_at is not None
        assert (old.amount, new.amount, new.superseded_at) == (HOUR, 3 * HOUR, None)
        assert AuditEntry.objects.filter(object_id=outcome.flight_id, action="corrected").count() == 1
        assert OutboxEvent.objects.filter(type="flight.corrected").count() == 1
        (told,) = OutboxEvent.objects.filter(type="usage.corrected")
        assert (told.data["old_total"], told.data["new_total"]) == (1002 * HOUR, 1004 * HOUR)

    def test_only_what_differs_is_written_anew(self, opened: Logbook) -> None:
        opened.record(flight(opened.aircraft, {opened.airborne: HOUR, opened.landings: 2}, "a"))
        opened.record(flight(opened.aircraft, {opened.airborne: HOUR, opened.landings: 3}, "a"))
        assert UsageEntry.objects.filter(counter=opened.airborne, kind="flight").count() == 1
        assert UsageEntry.objects.filter(counter=opened.landings, kind="flight").count() == 2

    def test_a_counter_that_is_no_longer_told_gets_nothing(self, opened: Logbook) -> None:
        set_opening(opened.landings, total=100, at=at(1), acting_user=opened.acting_user)
        opened.record(flight(opened.aircraft, {opened.airborne: HOUR, opened.landings: 2}, "a"))
        opened.record(flight(opened.aircraft, {opened.airborne: HOUR}, "a"))
        assert opened.total(opened.landings) == 100

    def test_times(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a", day=5)
        assert opened.fly(HOUR, "a", day=3).verdict is Verdict.CORRECTED
        assert opened.total() == 1001 * HOUR
        assert opened.airborne.total_at == at(3, 10)

    def test_to_before_the_opening_takes_it_off(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a", day=5)
        opened.fly(HOUR, "a", day=-5)
        assert opened.total() == 1000 * HOUR

    def test_to_another_aircraft_moves_the_hours(self, opened: Logbook, model: AircraftModel) -> None:
        opened.fly(HOUR, "a")
        other = make_aircraft(model, "OY-XYZ", opened.acting_user)
        hobbs = add_counter(other, kind="hobbs", acting_user=opened.acting_user)
        set_opening(hobbs, total=0, at=at(1), acting_user=opened.acting_user)
        (outcome,) = opened.record(flight(other, {hobbs: HOUR}, "a"))
        assert outcome.verdict is Verdict.CORRECTED
        assert (opened.total(), opened.total(hobbs)) == (1000 * HOUR, HOUR)

    def test_only_places_touches_no_usage(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a", departure="EKRK")
        opened.fly(HOUR, "a", departure="EKBI")
        assert UsageEntry.objects.filter(kind="flight").count() == 1
        assert Correction.objects.get().old == {"departure": "EKRK"}
        assert not OutboxEvent.objects.filter(type="usage.corrected").exists()

    def test_correcting_needs_its_permission(self, opened: Logbook) -> None:
        recorder = Actor(ActorKind.APPLICATION, None, "Tablet", frozenset({"fleet.record_usage"}))
        page = [flight(opened.aircraft, {opened.airborne: HOUR}, "a")]
        with pytest.raises(NotPermitted):
            record_flights(page, source="api", acting_user=recorder, on_known=OnKnown.CORRECT)
        (outcome,) = record_flights(page, source="api", acting_user=recorder, on_known=OnKnown.SKIP)
        assert outcome.verdict is Verdict.CREATED
        nobody = Actor(ActorKind.APPLICATION, None, "Reader", frozenset({"fleet.view"}))
        with pytest.raises(NotPermitted):
            record_flights(page, source="api", acting_user=nobody, on_known=OnKnown.SKIP)


class TestRejected:
    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"started_at": at(2, 11), "ended_at": at(2, 10)}, Why.TIMES),
            ({"started_at": datetime(2026, 3, 1), "ended_at": datetime(2026, 3, 1)}, Why.TIMES),
            ({"external_id": "\x00"}, Why.TEXT),
            ({"amounts": {}}, Why.NO_AMOUNTS),
        ],
    )
    def test_an_unfit_flight_does_not_hold_up_the_others(
        self, opened: Logbook, changed: dict[str, Any], why: Why
    ) -> None:
        good = flight(opened.aircraft, {opened.airborne: HOUR}, "good", day=3)
        values = {
            "aircraft_id": opened.aircraft.id, "external_id": "bad", "started_at": at(2, 9), "ended_at": at(2, 10),
            "amounts": {opened.airborne.id: HOUR}, **changed,
        }  # fmt: skip
        bad, fine = opened.record(FlightFact(**values), good)
        assert (bad.verdict, bad.code, bad.flight_id) == (Verdict.REJECTED, why, None)
        assert bad.message
        assert fine.verdict is Verdict.CREATED
        assert opened.total() == 1001 * HOUR

    def test_the_future(self, opened: Logbook) -> None:
        soon = timezone.now() + timedelta(hours=1)
        fact = FlightFact(opened.aircraft.id, "a", soon, soon, amounts={opened.airborne.id: 1})
        assert opened.record(fact)[0].code == Why.FUTURE

    def test_a_counter_of_another_aircraft(self, opened: Logbook, model: AircraftModel) -> None:
        other = make_aircraft(model, "OY-XYZ", opened.acting_user)
        assert opened.record(flight(other, {opened.airborne: HOUR}, "a"))[0].code == Why.COUNTER
        both = opened.record(
            flight(opened.aircraft, {opened.airborne: HOUR}, "b"), flight(other, {opened.airborne: HOUR}, "c")
        )
        assert [o.verdict for o in both] == [Verdict.CREATED, Verdict.REJECTED]
        assert opened.total() == 1001 * HOUR

    def test_an_overlap_names_the_other_flight(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a", hour=9, departure="EKRK", arrival="EKBI")
        outcome = opened.fly(HOUR, "b", hour=9.5)
        assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, Why.OVERLAP)
        assert "flight flightlogger a EKRK-EKBI, 2026-03-02 09:00Z to 2026-03-02 10:00Z" in outcome.message
        assert opened.total() == 1001 * HOUR

    def test_flights_may_touch_and_other_aircraft_may_fly(self, opened: Logbook, model: AircraftModel) -> None:
        other = make_aircraft(model, "OY-XYZ", opened.acting_user)
        hobbs = add_counter(other, kind="hobbs", acting_user=opened.acting_user)
        outcomes = opened.record(
            flight(opened.aircraft, {opened.airborne: HOUR}, "a", hour=9),
            flight(opened.aircraft, {opened.airborne: HOUR}, "b", hour=10),
            flight(other, {hobbs: HOUR}, "c", hour=9.5),
        )
        assert [o.verdict for o in outcomes] == [Verdict.CREATED] * 3

    def test_an_overlap_inside_a_page(self, opened: Logbook) -> None:
        first, second = opened.record(
            flight(opened.aircraft, {opened.airborne: HOUR}, "a", hour=9, hours=3),
            flight(opened.aircraft, {opened.airborne: HOUR}, "b", hour=10),
        )
        assert (first.verdict, second.code) == (Verdict.CREATED, Why.OVERLAP)
        assert "flight flightlogger a of this delivery" in second.message

    def test_a_named_flight_at_the_times_of_another_overlaps(self, opened: Logbook) -> None:
        opened.fly(HOUR)
        assert opened.fly(HOUR, "a").code == Why.OVERLAP

    def test_two_flights_may_swap_their_times(self, opened: Logbook) -> None:
        opened.fly(HOUR, "a", hour=9)
        opened.fly(HOUR, "b", hour=10)
        outcomes = opened.record(
            flight(opened.aircraft, {opened.airborne: HOUR}, "a", hour=10),
            flight(opened.aircraft, {opened.airborne: HOUR}, "b", hour=9),
        )
        assert [o.verdict for o in outcomes] == [Verdict.CORRECTED] * 2

    def test_a_correction_into_another_flight_is_rejected_and_changes_nothing(self, opened: Logbook) -> None:
        first = opened.fly(HOUR, "a", hour=9)
        opened.fly(HOUR, "b", hour=12)
        outcome = opened.fly(2 * HOUR, "a", hour=11.5)
        assert (outcome.verdict, outcome.code, outcome.flight_id) == (Verdict.REJECTED, Why.OVERLAP, first.flight_id)
        assert opened.total() == 1002 * HOUR
        assert not Correction.objects.exists()

    def test_hostile_text_is_data(self, opened: Logbook) -> None:
        name = "a','{}\");DROP TABLE flight;-- \\ NULL {1,2} ☃"
        outcome = opened.fly(HOUR, name, departure='{"', arrival="NULL")
        kept = Flight.objects.get(pk=outcome.flight_id)
        assert (kept.external_id, kept.departure, kept.arrival) == (name, '{"', "NULL")
        assert opened.fly(HOUR, name, departure='{"', arrival="NULL").verdict is Verdict.UNCHANGED


class TestSets:
    def test_a_thousand_flights_cost_no_more_statements_than_one(self, opened: Logbook, model: AircraftModel) -> None:
        assert count(opened, 1, "x") == count(opened, 1000, "y")

    def test_a_thousand_corrections_cost_no_more_statements_than_one(self, opened: Logbook) -> None:
        count(opened, 1000, "x")
        one = count(opened, 1, "x", amount=2)
        assert count(opened, 1000, "x", amount=3) == one
        assert opened.total() == 1000 * HOUR + 1000 * 3


def count(logbook: Logbook, flights: int, prefix: str, amount: int = 1) -> int:
    """How many statements a page of this many flights takes."""
    page = [
        FlightFact(
            logbook.aircraft.id, f"{prefix}{n}", at(2, n / 60 + len(prefix)), at(2, n / 60 + len(prefix)),
            amounts={logbook.airborne.id: amount, logbook.landings.id: amount},
        )
        for n in range(flights)
    ]  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        outcomes = logbook.record(*page)
    assert {o.verdict for o in outcomes} <= {Verdict.CREATED, Verdict.CORRECTED}
    return len(queries)
