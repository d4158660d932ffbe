"""Planned flights, days of standing and ratios: what is stored, refused, announced; and the wall around them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from hangarlink.fleet.actions import (
    add_aircraft,
    add_aircraft_model,
    add_counter,
    change_parking,
    clear_use_ratio,
    complete_schedule,
    follow_flights,
    follow_parking,
    park_aircraft,
    plan_flight,
    remove_parking,
    replace_schedule,
    set_use_ratio,
    withdraw_planned,
)
from hangarlink.fleet.models import Aircraft, Counter, FlightSchedule, Parking, PlannedFlight, UseRatio
from hangarlink.fleet.rules.planning import PlannedFact, PlannedFor
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
HOUR = timedelta(hours=1)
NOBODY = Actor(ActorKind.PERSON, None, "reader", frozenset({"fleet.view"}))


@pytest.fixture(autouse=True)
def first_of_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def make_aircraft() -> Aircraft:
    model = add_aircraft_model(name="King Air", acting_user=SYSTEM)
    found = add_aircraft(registration="OY-BKA", aircraft_model=model, acting_user=SYSTEM)
    for kind in ("airborne", "landings", "apu_hours"):
        add_counter(found, kind=kind, acting_user=SYSTEM)
    return found


@pytest.fixture
def aircraft(acting: Account) -> Aircraft:
    return make_aircraft()


def counter(aircraft: Aircraft, kind: str) -> Counter:
    return aircraft.counters.get(kind=kind)


def amounts(flight: PlannedFlight) -> dict[str, int]:
    return {use.counter.kind: use.amount for use in flight.uses.select_related("counter")}


def changes() -> list[list[str]]:
    return [e.data["changed"] for e in OutboxEvent.objects.filter(type="aircraft.plan_changed").order_by("id")]


def test_a_flight_adds_what_flights_usually_add(aircraft: Aircraft) -> None:
    flight = plan_flight(aircraft, starts_at=TOMORROW, ends_at=TOMORROW + 2 * HOUR, arrival="EKRK", acting_user=SYSTEM)
    assert amounts(flight) == {"airborne": 7200, "landings": 1}, "the APU does not run because it flies"
    assert changes() == [["flights"]]
    assert AuditEntry.objects.filter(object_type="planned_flight", action="planned").count() == 1
    withdraw_planned(flight, acting_user=SYSTEM)
    assert not PlannedFlight.objects.exists()
    assert AuditEntry.objects.filter(object_type="planned_flight", action="withdrawn").count() == 1


def test_a_flight_may_say_what_it_adds(aircraft: Aircraft) -> None:
    given = {counter(aircraft, "landings").pk: 6}
    flight = plan_flight(aircraft, starts_at=TOMORROW, ends_at=TOMORROW + HOUR, amounts=given, acting_user=SYSTEM)
    assert amounts(flight) == {"landings": 6}


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        (TOMORROW, TOMORROW, "ends_at"),
        (TOMORROW, TOMORROW + 73 * HOUR, "ends_at"),
        (NOW - 3 * HOUR, NOW - HOUR, "ends_at"),
        (TOMORROW + timedelta(days=2000), TOMORROW + timedelta(days=2000) + HOUR, "starts_at"),
        (TOMORROW.replace(tzinfo=None), TOMORROW, "starts_at"),
    ],
)
def test_times_that_cannot_be(aircraft: Aircraft, starts_at: datetime, ends_at: datetime, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        plan_flight(aircraft, starts_at=starts_at, ends_at=ends_at, acting_user=SYSTEM)
    assert refused.value.field == field
    assert not PlannedFlight.objects.exists()


def test_amounts_that_cannot_be(aircraft: Aircraft) -> None:
    mine = counter(aircraft, "airborne").pk
    for bad in ({mine: -1}, {mine: 73 * 3600}, {aircraft.pk: 1}, {mine: True}):
        with pytest.raises(RuleBroken, match="amount"):
            plan_flight(aircraft, starts_at=TOMORROW, ends_at=TOMORROW + HOUR, amounts=bad, acting_user=SYSTEM)


def test_a_schedule_replaces_what_it_planned_and_leaves_the_rest(aircraft: Aircraft) -> None:
    by_hand = plan_flight(aircraft, starts_at=TOMORROW, ends_at=TOMORROW + HOUR, acting_user=SYSTEM)
    week = [PlannedFact(TOMORROW + n * timedelta(days=1), TOMORROW + n * timedelta(days=1) + HOUR) for n in range(3)]
    until = date(2026, 3, 7)
    for facts in (week, week[1:]):
        replace_schedule(aircraft, facts, source="api:ops", complete_until=until, acting_user=SYSTEM)
    assert PlannedFlight.objects.count() == 1 + 2
    assert PlannedFlight.objects.filter(pk=by_hand.pk).exists()
    assert FlightSchedule.objects.get().complete_until == until
    with pytest.raises(RuleBroken) as refused:
        replace_schedule(
            aircraft, [week[0], PlannedFact(NOW, NOW)], source="api:ops", complete_until=None, acting_user=SYSTEM
        )
    assert refused.value.field == "flights[1].ends_at"
    complete_schedule(aircraft, None, acting_user=SYSTEM)
    assert not FlightSchedule.objects.exists()


def test_a_room_above_plans_for_its_subject(aircraft: Aircraft) -> None:
    leg = PlannedFact(TOMORROW, TOMORROW + HOUR)
    flown = PlannedFact(NOW - 2 * HOUR, NOW - HOUR)
    follow_flights("trips", [PlannedFor("7", aircraft.pk, [flown, leg])], acting_user=NOBODY)
    (flight,) = PlannedFlight.objects.all()
    assert (flight.source, flight.subject) == ("trips", "7")
    with pytest.raises(RuleBroken, match="trip"):
        withdraw_planned(flight, acting_user=SYSTEM)
    follow_flights("trips", [PlannedFor("7", None, [leg])], acting_user=NOBODY)
    assert not PlannedFlight.objects.exists()
    follow_parking("visits", "3", aircraft.pk, (date(2026, 3, 9), date(2026, 3, 10)), acting_user=NOBODY)
    (stands,) = Parking.objects.all()
    with pytest.raises(RuleBroken, match="visit"):
        remove_parking(stands, acting_user=SYSTEM)
    follow_parking("visits", "3", aircraft.pk, None, acting_user=NOBODY)
    assert not Parking.objects.exists()


def test_it_stands_once_at_a_time(aircraft: Aircraft) -> None:
    one = park_aircraft(
        aircraft, starts_on=date(2026, 3, 5), ends_on=date(2026, 3, 9), reason="storage", acting_user=SYSTEM
    )
    park_aircraft(aircraft, starts_on=date(2026, 3, 10), reason="maintenance", acting_user=SYSTEM)
    with pytest.raises(RuleBroken, match="stands then already"):
        change_parking(one, starts_on=date(2026, 3, 5), ends_on=date(2026, 3, 10), acting_user=SYSTEM)
    with pytest.raises(RuleBroken, match="before the first"):
        change_parking(one, starts_on=date(2026, 3, 5), ends_on=date(2026, 3, 4), acting_user=SYSTEM)
    assert change_parking(one, starts_on=date(2026, 3, 6), ends_on=date(2026, 3, 8), acting_user=SYSTEM).pk == one.pk
    remove_parking(one, acting_user=SYSTEM)
    assert Parking.objects.count() == 1
    assert changes() == [["parking"]] * 4


def test_ratios_make_no_chain(aircraft: Aircraft) -> None:
    apu, airborne, landings = (counter(aircraft, kind) for kind in ("apu_hours", "airborne", "landings"))
    set_use_ratio(apu, airborne, use=1, per=2, acting_user=SYSTEM)
    set_use_ratio(apu, airborne, use=1, per=3, acting_user=SYSTEM)
    assert UseRatio.objects.get().per == 3
    for bad in ((landings, apu), (airborne, landings), (apu, apu)):
        with pytest.raises(RuleBroken) as refused:
            set_use_ratio(*bad, use=1, per=1, acting_user=SYSTEM)
        assert refused.value.field == "follows"
    with pytest.raises(RuleBroken, match="whole number"):
        set_use_ratio(apu, airborne, use=0, per=1, acting_user=SYSTEM)
    flight = plan_flight(aircraft, starts_at=TOMORROW, ends_at=TOMORROW + HOUR, acting_user=SYSTEM)
    assert set(amounts(flight)) == {"airborne", "landings"}
    clear_use_ratio(apu, acting_user=SYSTEM)
    assert not UseRatio.objects.exists()


def test_who_may_not_plan(aircraft: Aircraft) -> None:
    stands = park_aircraft(aircraft, starts_on=date(2026, 3, 5), reason="storage", acting_user=SYSTEM)
    apu, airborne = counter(aircraft, "apu_hours"), counter(aircraft, "airborne")
    for refused in (
        lambda: plan_flight(aircraft, starts_at=TOMORROW, ends_at=TOMORROW + HOUR, acting_user=NOBODY),
        lambda: replace_schedule(aircraft, [], source="x", complete_until=None, acting_user=NOBODY),
        lambda: complete_schedule(aircraft, None, acting_user=NOBODY),
        lambda: park_aircraft(aircraft, starts_on=date(2026, 4, 5), reason="storage", acting_user=NOBODY),
        lambda: change_parking(stands, starts_on=date(2026, 4, 5), ends_on=None, acting_user=NOBODY),
        lambda: remove_parking(stands, acting_user=NOBODY),
        lambda: set_use_ratio(apu, airborne, use=1, per=1, acting_user=NOBODY),
        lambda: clear_use_ratio(apu, acting_user=NOBODY),
    ):
        with pytest.raises(NotPermitted):
            refused()


def test_another_account_does_not_see_or_plan_them(account: Account, other_account: Account) -> None:
    with acting_in(account):
        theirs = make_aircraft()
        plan_flight(theirs, starts_at=TOMORROW, ends_at=TOMORROW + HOUR, acting_user=SYSTEM)
        park_aircraft(theirs, starts_on=date(2026, 3, 5), reason="storage", acting_user=SYSTEM)
    with acting_in(other_account):
        assert not PlannedFlight.objects.exists()
        assert not Parking.objects.exists()
        with pytest.raises(Missing):
            plan_flight(theirs, starts_at=TOMORROW, ends_at=TOMORROW + HOUR, acting_user=SYSTEM)
        with pytest.raises(Missing):
            park_aircraft(theirs, starts_on=date(2026, 3, 5), reason="storage", acting_user=SYSTEM)
