"""The wall between accounts, from the fleet's side: another account's ids are ids of nothing."""

from dataclasses import dataclass

import pytest
from django.db import connection

from hangarlink.fleet.actions import (
    add_aircraft,
    add_aircraft_model,
    add_counter,
    cancel_flight,
    cancel_flights,
    change_aircraft,
    change_counter,
    correct_flight,
    record_flights,
    record_reading,
    set_opening,
    withdraw_entry,
)
from hangarlink.fleet.facts import FlightFact, OnKnown, Verdict, Why
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, Flight, UsageEntry
from hangarlink.fleet.queries import entries, find_aircraft, fleet, recent_flights, totals_at, usage_history
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.fleet.conftest import HOUR, at


@dataclass
class Theirs:
    model: AircraftModel
    aircraft: Aircraft
    counter: Counter
    flight: Flight
    entry: UsageEntry


@pytest.fixture
def theirs(account: Account) -> Theirs:
    """An aircraft with an opening of 100 hours and one flight, of the first account."""
    with acting_in(account):
        return make(registration="OY-ABC")


def make(registration: str) -> Theirs:
    model = add_aircraft_model(name="Cessna 172S", acting_user=SYSTEM)
    aircraft = add_aircraft(registration=registration, aircraft_model=model, call_sign="ABC", acting_user=SYSTEM)
    counter = add_counter(aircraft, kind="hobbs", acting_user=SYSTEM)
    entry = set_opening(counter, total=100 * HOUR, at=at(1), acting_user=SYSTEM)
    fact = FlightFact(aircraft.id, "a", at(2), at(2, 1), amounts={counter.id: HOUR})
    (outcome,) = record_flights([fact], source="flightlogger", acting_user=SYSTEM, on_known=OnKnown.SKIP)
    return Theirs(model, aircraft, counter, Flight.objects.get(pk=outcome.flight_id), entry)


def test_a_flight_finds_neither_their_aircraft_nor_their_counter(theirs: Theirs, other_account: Account) -> None:
    with acting_in(other_account):
        mine = make(registration="N12345")
        page = [
            FlightFact(theirs.aircraft.id, "b", at(3), at(3, 1), amounts={theirs.counter.id: HOUR}),
            FlightFact(mine.aircraft.id, "c", at(3), at(3, 1), amounts={theirs.counter.id: HOUR}),
            FlightFact(mine.aircraft.id, "d", at(3), at(3, 1), amounts={mine.counter.id: HOUR, theirs.counter.id: 1}),
            FlightFact(theirs.aircraft.id, "e", at(3), at(3, 1), amounts={mine.counter.id: HOUR}),
        ]
        outcomes = record_flights(page, source="flightlogger", acting_user=SYSTEM, on_known=OnKnown.CORRECT)
        assert [o.verdict for o in outcomes] == [Verdict.REJECTED] * 4
        assert [o.code for o in outcomes] == [Why.AIRCRAFT, Why.COUNTER, Why.COUNTER, Why.AIRCRAFT]
        mine.counter.refresh_from_db()
        assert mine.counter.total == 101 * HOUR
    with acting_in(theirs.aircraft.account):
        theirs.counter.refresh_from_db()
        assert theirs.counter.total == 101 * HOUR


def test_the_same_external_id_in_two_accounts_is_two_flights(theirs: Theirs, other_account: Account) -> None:
    with acting_in(other_account):
        make(registration="OY-ABC")
        assert Flight.objects.get().external_id == theirs.flight.external_id
        (outcome,) = cancel_flights(["a"], source="flightlogger", reason="Deleted there.", acting_user=SYSTEM)
        assert outcome.verdict is Verdict.CORRECTED
    with acting_in(theirs.aircraft.account):
        theirs.flight.refresh_from_db()
        assert theirs.flight.cancelled_at is None


def test_no_verb_reaches_their_rows(theirs: Theirs, other_account: Account) -> None:
    with acting_in(other_account):
        with pytest.raises(Missing):
            set_opening(theirs.counter, total=1, at=at(1), acting_user=SYSTEM)
        with pytest.raises(Missing):
            record_reading(theirs.counter, reading=1, at=at(1), acting_user=SYSTEM)
        with pytest.raises(Missing):
            correct_flight(theirs.flight, amounts={theirs.counter.id: 1}, reason="x", acting_user=SYSTEM)
        with pytest.raises(Missing):
            cancel_flight(theirs.flight, reason="x", acting_user=SYSTEM)
        with pytest.raises((Missing, RuleBroken)):
            withdraw_entry(theirs.entry, reason="x", acting_user=SYSTEM)
        with pytest.raises(Missing):
            add_counter(theirs.aircraft, kind="tach", acting_user=SYSTEM)
        with pytest.raises(Missing):
            change_aircraft(theirs.aircraft, notes="x", acting_user=SYSTEM)
        with pytest.raises(Missing):
            change_counter(theirs.counter, name="x", acting_user=SYSTEM)
        with pytest.raises(Missing):
            add_aircraft(registration="N1", aircraft_model=theirs.model, acting_user=SYSTEM)


def test_no_query_shows_their_rows(theirs: Theirs, other_account: Account) -> None:
    with acting_in(other_account):
        assert fleet() == []
        assert totals_at([(theirs.counter.id, at(5))]) == [None]
        assert recent_flights(theirs.aircraft) == []
        assert not entries(theirs.counter).exists()
        assert [day.used for day in usage_history(theirs.counter, 3, today=at(3).date())] == [0, 0, 0]
        for identifier in ("ABC", "OY-ABC", str(theirs.aircraft.id)):
            with pytest.raises(Missing):
                find_aircraft(identifier)


def test_outside_an_account_nothing_looks_empty(theirs: Theirs) -> None:
    fact = FlightFact(theirs.aircraft.id, "z", at(3), at(3, 1), amounts={theirs.counter.id: HOUR})
    with pytest.raises(LookupError):
        record_flights([fact], source="flightlogger", acting_user=SYSTEM, on_known=OnKnown.SKIP)
    with pytest.raises(LookupError):
        cancel_flights(["a"], source="flightlogger", reason="x", acting_user=SYSTEM)
    with pytest.raises(LookupError):
        totals_at([(theirs.counter.id, at(5))])


def test_raw_writes_are_checked_by_the_database(theirs: Theirs, other_account: Account) -> None:
    with acting_in(other_account), connection.cursor() as cursor:
        cursor.execute("UPDATE counter SET total = 0 WHERE id = %s", [theirs.counter.id])
        assert cursor.rowcount == 0
