"""What pages, API and sync read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from hangarlink.fleet.actions import add_counter, cancel_flight, change_aircraft, record_reading, set_opening
from hangarlink.fleet.models import AircraftModel, Flight
from hangarlink.fleet.queries import (
    corrections,
    discrepancies,
    entries,
    find_aircraft,
    find_logs,
    fleet,
    last_usage,
    recent_flights,
    totals_at,
    usage_history,
)
from hangarlink.platform.errors import Missing
from hangarlink.platform.tenancy.models import new_id
from tests.fleet.conftest import HOUR, Logbook, at, flight, make_aircraft

Counting = Callable[[int], AbstractContextManager[object]]


class TestFindAircraft:
    def test_call_sign_then_registration_then_id(self, logbook: Logbook, model: AircraftModel) -> None:
        other = make_aircraft(model, "ABC", logbook.acting_user)
        assert find_aircraft("ABC") == other
        change_aircraft(logbook.aircraft, call_sign="ABC", acting_user=logbook.acting_user)
        assert find_aircraft("ABC") == logbook.aircraft
        assert find_aircraft(str(other.id)) == other
        third = make_aircraft(model, "OY-ID", logbook.acting_user)
        change_aircraft(third, call_sign=str(other.id)[:20], acting_user=logbook.acting_user)
        assert find_aircraft(str(other.id)) == other

    @pytest.mark.parametrize(
        "identifier",
        ["oy-abc", "OYABC", " OY-ABC", "", "\x00", "\ud800", "x" * 5000, "%", "01a1f96b-0000-7000-8000-000000000001"],
    )
    def test_nothing_is_guessed(self, logbook: Logbook, identifier: str) -> None:
        with pytest.raises(Missing, match="must match exactly"):
            find_aircraft(identifier)

    def test_one_statement(self, logbook: Logbook, django_assert_num_queries: Counting) -> None:
        with django_assert_num_queries(1):
            assert find_aircraft("OY-ABC").aircraft_model.name == "Cessna 172S"


class TestFleet:
    def test_two_statements_for_any_fleet(
        self, logbook: Logbook, model: AircraftModel, django_assert_num_queries: Counting
    ) -> None:
        for number in range(5):
            aircraft = make_aircraft(model, f"OY-{number:03}", logbook.acting_user)
            add_counter(aircraft, kind="tach", acting_user=logbook.acting_user)
        with django_assert_num_queries(2):
            rows = fleet()
            assert [row.aircraft.registration for row in rows][:2] == ["OY-000", "OY-001"]
            assert [c.name for c in rows[-1].counters] == ["Airborne", "Landings"]
            assert {row.aircraft.aircraft_model.name for row in rows} == {"Cessna 172S"}
        assert [row.aircraft for row in fleet([logbook.aircraft.id])] == [logbook.aircraft]

    def test_staleness_is_the_age_of_the_latest_usage(self, logbook: Logbook) -> None:
        (row,) = fleet()
        assert (row.last_usage_at, row.is_stale) == (None, True)
        logbook.fly(HOUR, "a", day=2, hour=9)
        ended = at(2, 10)
        (row,) = fleet(now=ended + timedelta(days=7))
        assert (row.last_usage_at, row.is_stale) == (ended, False)
        assert fleet(now=ended + timedelta(days=8))[0].is_stale
        assert last_usage() == {logbook.aircraft.id: ended}


class TestTotals:
    def test_set_wise_in_the_order_asked(self, logbook: Logbook, django_assert_num_queries: Counting) -> None:
        set_opening(logbook.airborne, total=100, at=at(2), acting_user=logbook.acting_user)
        logbook.record(flight(logbook.aircraft, {logbook.airborne: 10, logbook.landings: 1}, "a", day=3, hour=9))
        counter = logbook.airborne.id
        pairs = [
            (counter, at(3, 10)), (counter, at(1)), (counter, at(2)), (logbook.landings.id, at(9)),
            (counter, at(3, 9.99)), (new_id(), at(9)), (counter, at(3, 10)),
        ]  # fmt: skip
        with django_assert_num_queries(1):
            assert totals_at(pairs) == [110, None, 100, None, 100, None, 110]
        assert totals_at([]) == []

    def test_history_by_day(self, logbook: Logbook, django_assert_num_queries: Counting) -> None:
        set_opening(logbook.airborne, total=100 * HOUR, at=at(2), acting_user=logbook.acting_user)
        logbook.fly(HOUR, "a", day=3, hour=9)
        logbook.fly(2 * HOUR, "b", day=3, hour=23.5)
        record_reading(logbook.airborne, reading=105 * HOUR, at=at(5, 12), acting_user=logbook.acting_user)
        with django_assert_num_queries(2):
            days = usage_history(logbook.airborne, 5, today=date(2026, 3, 5))
        assert [(d.day.day, d.used, d.total) for d in days] == [
            (1, 0, None),
            (2, 0, 100 * HOUR),
            (3, HOUR, 101 * HOUR),
            (4, 2 * HOUR, 103 * HOUR),
            (5, 2 * HOUR, 105 * HOUR),
        ]
        assert usage_history(logbook.airborne, 0) == []


class TestLists:
    def test_recent_flights_page_backwards(self, logbook: Logbook, django_assert_num_queries: Counting) -> None:
        logbook.record(*[flight(logbook.aircraft, {logbook.airborne: n}, str(n), day=2 + n) for n in range(5)])
        with django_assert_num_queries(2):
            rows = recent_flights(logbook.aircraft, limit=3)
            assert [row.flight.external_id for row in rows] == ["4", "3", "2"]
            assert [row.amounts[logbook.airborne.id] for row in rows] == [4, 3, 2]
        rest = recent_flights(logbook.aircraft, limit=3, before=rows[-1].flight.started_at)
        assert [row.flight.external_id for row in rest] == ["1", "0"]

    def test_cancelled_flights_are_shown_without_amounts_or_left_out(self, logbook: Logbook) -> None:
        outcome = logbook.fly(HOUR, "a")
        cancel_flight(Flight.objects.get(pk=outcome.flight_id), reason="x", acting_user=logbook.acting_user)
        (row,) = recent_flights(logbook.aircraft)
        assert row.flight.cancelled_at is not None
        assert row.amounts == {}
        assert recent_flights(logbook.aircraft, with_cancelled=False) == []

    def test_corrections_and_discrepancies_in_one_statement_each(
        self, logbook: Logbook, django_assert_num_queries: Counting
    ) -> None:
        set_opening(logbook.airborne, total=100, at=at(1), acting_user=logbook.acting_user)
        record_reading(logbook.airborne, reading=105, at=at(5), acting_user=logbook.acting_user)
        logbook.fly(1, "a", day=2)
        logbook.fly(50, "a", day=2)
        set_opening(logbook.airborne, total=99, at=at(1), reason="x", acting_user=logbook.acting_user)
        with django_assert_num_queries(2):
            found = list(corrections(logbook.aircraft))
            assert [c.entry.counter.name if c.entry else str(c.flight) for c in found] == [
                "Airborne",
                "2026-03-02 09:00 ?-?",
            ]
            (row,) = discrepancies()
            assert (row.counter.aircraft.registration, row.expected) == ("OY-ABC", 149)
        assert list(discrepancies(logbook.aircraft)) == [row]
        assert [e.kind for e in entries(logbook.airborne)] == ["reading", "opening"]
        assert entries(logbook.airborne, with_superseded=True).count() == 3


class TestFindLogs:
    def test_it_finds_what_find_aircraft_finds_with_its_counters(
        self, logbook: Logbook, model: AircraftModel, django_assert_num_queries: Counting
    ) -> None:
        bare = make_aircraft(model, "ABC", logbook.acting_user)
        change_aircraft(logbook.aircraft, call_sign="ABC", acting_user=logbook.acting_user)
        for identifier in ("ABC", "OY-ABC", str(bare.id), str(logbook.aircraft.id)):
            with django_assert_num_queries(1):
                found = find_logs(identifier)
            assert found.id == find_aircraft(identifier).id
        assert [log.name for log in find_logs("ABC").logs] == ["Airborne", "Landings"]
        assert find_logs(str(bare.id)).logs == ()

    @pytest.mark.parametrize("identifier", ["oy-abc", "", "\x00", "01a1f96b-0000-7000-8000-000000000002"])
    def test_nothing_is_guessed(self, logbook: Logbook, identifier: str) -> None:
        with pytest.raises(Missing):
            find_logs(identifier)
