"""Trips on the database: their legs, their booking, their steps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.actions import (
    add_leg,
    cancel_trip,
    change_leg,
    change_trip,
    complete_trip,
    confirm_trip,
    plan_trip,
    remove_leg,
    reopen_trip,
)
from hangarlink.operations.trips.models import Leg, Trip
from hangarlink.operations.trips.queries import block_seconds, find_trip, route_of, trips
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.operations.conftest import NOW, leg


@pytest.fixture
def trip(customer: Customer, aircraft: Aircraft, clerk: Actor) -> Trip:
    legs = [leg("ekrk", "Aarhus", hours=6), leg("Aarhus", "EKRK", hours=3, passengers=2)]
    return plan_trip(customer=customer, aircraft=aircraft, legs=legs, acting_user=clerk)


def test_a_trip_with_its_legs(trip: Trip) -> None:
    found = find_trip(trip.id)
    assert (found.number, found.status, found.version) == (1, "planned", 1)
    assert (found.departs_at, found.arrives_at) == (NOW - timedelta(hours=6), NOW - timedelta(hours=2))
    assert route_of(found) == "EKRK–Aarhus–EKRK"
    assert block_seconds(found) == 2 * 3600


def test_every_change_of_a_leg_is_a_version_of_the_trip(trip: Trip, clerk: Actor) -> None:
    made = add_leg(trip, **leg(hours=1, long=0.5), acting_user=clerk)
    assert find_trip(trip.id).arrives_at == NOW - timedelta(minutes=30)
    change_leg(made, passengers=4, acting_user=clerk)
    change_leg(made, passengers=4, acting_user=clerk)
    remove_leg(made, acting_user=clerk)
    found = find_trip(trip.id)
    assert (found.version, found.arrives_at) == (4, NOW - timedelta(hours=2))
    audited = AuditEntry.objects.filter(object_id=trip.id).order_by("id").values_list("action", flat=True)
    assert list(audited) == ["planned", "leg added", "leg changed", "leg removed"]


def test_the_life_of_a_trip(trip: Trip, clerk: Actor) -> None:
    confirm_trip(trip, acting_user=clerk)
    cancel_trip(trip, reason="Fog", acting_user=clerk)
    with pytest.raises(RuleBroken, match="stays as it is"):
        change_trip(trip, note="x", acting_user=clerk)
    assert reopen_trip(trip, acting_user=clerk).cancel_reason == ""
    done = complete_trip(trip, acting_user=clerk)
    assert (done.status, done.version) == ("completed", 5)
    with pytest.raises(RuleBroken, match="nothing more"):
        cancel_trip(trip, reason="Too late", acting_user=clerk)
    with pytest.raises(RuleBroken, match="completed"):
        add_leg(trip, **leg(hours=1), acting_user=clerk)
    told = OutboxEvent.objects.filter(type__startswith="trip.").order_by("id")
    assert [event.type for event in told] == [
        "trip.planned", "trip.confirmed", "trip.cancelled", "trip.reopened", "trip.completed",
    ]  # fmt: skip
    for event in told:
        assert set(event.data) == {"trip_id", "aircraft_id", "customer_id", "status"}


def test_an_aircraft_is_booked_once(trip: Trip, aircraft: Aircraft, clerk: Actor) -> None:
    confirm_trip(trip, acting_user=clerk)
    other = plan_trip(aircraft=aircraft, legs=[leg(hours=5.5)], acting_user=clerk)
    with pytest.raises(RuleBroken, match="trip 1 has it from") as refused:
        confirm_trip(other, acting_user=clerk)
    assert refused.value.field == "aircraft"
    assert find_trip(other.id).status == "planned"
    # Back to back is no overlap.
    late = plan_trip(aircraft=aircraft, legs=[leg(hours=5, long=1)], acting_user=clerk)
    confirm_trip(late, acting_user=clerk)
    with pytest.raises(RuleBroken, match="booked"):
        change_leg(find_trip(late.id).legs.all()[0], off_at=NOW - timedelta(hours=5.5), acting_user=clerk)


def test_a_trip_in_the_future_is_not_completed(aircraft: Aircraft, clerk: Actor) -> None:
    made = plan_trip(aircraft=aircraft, legs=[leg(hours=-2)], acting_user=clerk)
    with pytest.raises(RuleBroken, match="in the future"):
        complete_trip(made, acting_user=clerk)
    bare = plan_trip(acting_user=clerk)
    with pytest.raises(RuleBroken, match="no legs"):
        complete_trip(bare, acting_user=clerk)
    with pytest.raises(RuleBroken, match="Choose the aircraft"):
        confirm_trip(bare, acting_user=clerk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "joyride"}, "kind"),
        ({"legs": [leg(), leg(hours=1.5)]}, "legs[1].off_at"),
        ({"legs": [{**leg(), "departure": " "}]}, "legs[0].departure"),
        ({"legs": [{**leg(), "on_at": NOW - timedelta(days=9)}]}, "legs[0].on_at"),
        ({"legs": [{"departure": "EKRK"}]}, "legs[0].arrival"),
        ({"legs": [leg(passengers=-1)]}, "legs[0].passengers"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(clerk: Actor, values: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        plan_trip(**values, acting_user=clerk)
    assert refused.value.field == field
    assert not Trip.objects.exists()


def test_cancelling_needs_a_reason(trip: Trip, clerk: Actor) -> None:
    with pytest.raises(RuleBroken, match="why"):
        cancel_trip(trip, reason=" ", acting_user=clerk)


def test_each_verb_needs_the_permission(trip: Trip, somebody: Callable[..., Actor]) -> None:
    reader = somebody("trips.view", "customers.manage")
    one = find_trip(trip.id).legs.all()[0]
    for act in (
        lambda: plan_trip(acting_user=reader),
        lambda: change_trip(trip, note="x", acting_user=reader),
        lambda: add_leg(trip, **leg(hours=1), acting_user=reader),
        lambda: change_leg(one, passengers=1, acting_user=reader),
        lambda: remove_leg(one, acting_user=reader),
        lambda: confirm_trip(trip, acting_user=reader),
        lambda: complete_trip(trip, acting_user=reader),
        lambda: cancel_trip(trip, reason="x", acting_user=reader),
        lambda: reopen_trip(trip, acting_user=reader),
    ):
        with pytest.raises(NotPermitted, match=r"trips\.manage"):
            act()


def test_another_accounts_rows_do_not_exist(account: Account, other_account: Account) -> None:
    with acting_in(other_account):
        theirs = plan_trip(legs=[leg()], acting_user=SYSTEM)
        customer = add_customer(name="Theirs", acting_user=SYSTEM)
        stolen = Leg.objects.select_related("trip").get()
    with acting_in(account):
        for act in (
            lambda: change_trip(theirs, note="x", acting_user=SYSTEM),
            lambda: change_leg(stolen, passengers=1, acting_user=SYSTEM),
            lambda: plan_trip(customer=customer, acting_user=SYSTEM),
            lambda: cancel_trip(theirs, reason="x", acting_user=SYSTEM),
        ):
            with pytest.raises(Missing):
                act()
        mine = plan_trip(acting_user=SYSTEM)
        with pytest.raises(IntegrityError, match="same_account"), transaction.atomic():
            Trip.objects.filter(pk=mine.pk).update(customer_id=customer.pk)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_list_of_trips_costs_the_same_for_many(aircraft: Aircraft, customer: Customer, clerk: Actor) -> None:
    for number in range(4):
        plan_trip(aircraft=aircraft, customer=customer, legs=[leg(hours=number * 3)], acting_user=clerk)
    with CaptureQueriesContext(connection) as seen:
        assert [(one.customer, one.aircraft, route_of(one)) for one in trips()] == [
            (customer, aircraft, "EKRK–EKBI")
        ] * 4
    assert len(seen) == 2
