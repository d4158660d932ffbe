"""Legs of a trip are planned flights of its aircraft, from the plan until it is flown or cancelled."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter
from hangarlink.fleet.models import Aircraft, PlannedFlight
from hangarlink.operations.trips.actions import (
    LegValues,
    add_leg,
    cancel_trip,
    change_trip,
    confirm_trip,
    plan_trip,
    remove_leg,
    reopen_trip,
    replace_legs,
)
from hangarlink.operations.trips.importing import Told, import_trips
from hangarlink.operations.trips.rules import Status
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account

HOUR = timedelta(hours=1)


def leg(hours_ahead: int, hours: int = 1) -> LegValues:
    off = timezone.now().replace(microsecond=0) + hours_ahead * HOUR
    return {"departure": "EKRK", "arrival": "EKOD", "off_at": off, "on_at": off + hours * HOUR}


@pytest.fixture
def aircraft(acting: Account) -> Aircraft:
    model = add_aircraft_model(name="PC-12", acting_user=SYSTEM)
    found = add_aircraft(registration="OY-PCT", aircraft_model=model, acting_user=SYSTEM)
    add_counter(found, kind="airborne", acting_user=SYSTEM)
    return found


def planned() -> list[tuple[datetime, int]]:
    flights = PlannedFlight.objects.order_by("starts_at").prefetch_related("uses")
    return [(one.starts_at, sum(use.amount for use in one.uses.all())) for one in flights]


def test_from_plan_to_cancelled(aircraft: Aircraft) -> None:
    first, second = leg(24), leg(48, hours=2)
    trip = plan_trip(legs=[first], acting_user=SYSTEM)
    assert planned() == [], "no aircraft is assigned"
    trip = change_trip(trip, aircraft=aircraft, acting_user=SYSTEM)
    assert planned() == [(first["off_at"], 3600)]
    added = add_leg(trip, acting_user=SYSTEM, **second)
    assert planned() == [(first["off_at"], 3600), (second["off_at"], 7200)]
    confirm_trip(trip, acting_user=SYSTEM)
    remove_leg(added, acting_user=SYSTEM)
    assert planned() == [(first["off_at"], 3600)]
    replace_legs(trip, [second], acting_user=SYSTEM)
    assert planned() == [(second["off_at"], 7200)]
    trip = cancel_trip(trip, reason="Low cloud", acting_user=SYSTEM)
    assert planned() == []
    reopen_trip(trip, acting_user=SYSTEM)
    assert planned() == [(second["off_at"], 7200)]


def test_another_aircraft_takes_it_over(aircraft: Aircraft) -> None:
    trip = plan_trip(legs=[leg(24)], aircraft=aircraft, acting_user=SYSTEM)
    other = add_aircraft(registration="OY-PCU", aircraft_model=aircraft.aircraft_model, acting_user=SYSTEM)
    change_trip(trip, aircraft=other, acting_user=SYSTEM)
    assert [one.aircraft_id for one in PlannedFlight.objects.all()] == [other.pk]


def test_a_page_of_a_connected_system_plans_them_too(aircraft: Aircraft) -> None:
    told = Told(None, Status.CONFIRMED, ({**leg(24), "passengers": 0},), aircraft_id=aircraft.pk)
    (made,) = import_trips([told], acting_user=SYSTEM)
    assert (made.refusal, len(planned())) == ("", 1)
    assert made.trip is not None
    import_trips([replace(told, id=made.trip.pk, status=Status.CANCELLED)], acting_user=SYSTEM)
    assert planned() == []


def test_what_is_past_or_far_ahead_is_not_planned(aircraft: Aircraft) -> None:
    plan_trip(legs=[leg(-5), leg(24 * 366 * 4)], aircraft=aircraft, acting_user=SYSTEM)
    assert planned() == []
