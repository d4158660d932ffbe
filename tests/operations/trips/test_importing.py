"""A page of trips from a connected system, set-wise: the rules of the verbs hold, and one bad trip stops no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.actions import complete_trip, confirm_trip, plan_trip
from hangarlink.operations.trips.importing import CANCELLED, Imported, Told, import_trips
from hangarlink.operations.trips.models import Trip
from hangarlink.operations.trips.queries import find_trip, route_of
from hangarlink.operations.trips.rules import Status
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM, Actor
from tests.operations.conftest import NOW, leg


def whole(hours: float = 3, **more: Any) -> Any:
    return {"passengers": 0, **leg(hours=hours, **more)}


def told(trip: Trip | None = None, status: Status = Status.PLANNED, *legs: Any, **more: Any) -> Told:
    return Told(trip.id if trip else None, status, tuple(legs or (whole(),)), **more)


def take(*page: Told) -> list[Imported]:
    return import_trips(page, acting_user=SYSTEM)


def test_new_ones_are_planned_in_the_state_that_is_told(aircraft: Aircraft, customer: Customer) -> None:
    made = take(
        told(None, Status.PLANNED, customer_id=customer.id),
        told(None, Status.CONFIRMED, whole(hours=9), aircraft_id=aircraft.id),
        told(None, Status.COMPLETED, whole(hours=6), whole(hours=4.5), note="Flown"),
        told(None, Status.CANCELLED),
    )
    assert [one.refusal for one in made] == ["", "", "", ""]
    rows = list(Trip.objects.order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.status for row in rows] == ["planned", "confirmed", "completed", "cancelled"]
    assert rows[3].cancel_reason == CANCELLED
    assert route_of(find_trip(rows[2].id)) == "EKRK–EKBI–EKRK–EKBI"
    assert rows[2].departs_at == NOW - timedelta(hours=6)


def test_a_page_told_again_changes_nothing(aircraft: Aircraft) -> None:
    (made,) = take(told(None, Status.CONFIRMED, aircraft_id=aircraft.id))
    assert made.trip is not None
    before = AuditEntry.objects.count(), OutboxEvent.objects.count()
    (again,) = take(told(made.trip, Status.CONFIRMED, aircraft_id=aircraft.id))
    assert (again.is_new, again.is_changed) == (False, False)
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == before
    assert find_trip(made.trip.id).version == 1


def test_changes_are_taken_over(aircraft: Aircraft, clerk: Actor) -> None:
    trip = plan_trip(aircraft=aircraft, legs=[leg(hours=5)], acting_user=clerk)
    (one,) = take(told(trip, Status.CONFIRMED, whole(hours=4, passengers=3), note="Later"))
    assert one.is_changed
    found = find_trip(trip.id)
    assert (found.status, found.version, found.note, found.aircraft) == ("confirmed", 2, "Later", aircraft)
    assert [one.passengers for one in found.legs.all()] == [3]
    assert found.departs_at == NOW - timedelta(hours=4)
    (later,) = take(told(trip, Status.PLANNED, whole(hours=4, passengers=3), note="Later"))
    assert not later.is_changed, "a partner that still plans takes nothing back"
    assert OutboxEvent.objects.latest("id").type == "trip.confirmed"


def test_what_was_flown_stays(clerk: Actor) -> None:
    trip = plan_trip(legs=[leg()], acting_user=clerk)
    complete_trip(trip, acting_user=clerk)
    for status in (Status.COMPLETED, Status.CANCELLED):
        (one,) = take(told(trip, status, whole(hours=8)))
        assert "completed" in one.refusal
    assert find_trip(trip.id).departs_at == NOW - timedelta(hours=2)


def test_an_aircraft_is_booked_once(aircraft: Aircraft, clerk: Actor) -> None:
    """Also by two trips of one page."""
    held = plan_trip(aircraft=aircraft, legs=[leg(hours=9)], acting_user=clerk)
    confirm_trip(held, acting_user=clerk)
    against, first, second, without = take(
        told(None, Status.CONFIRMED, whole(hours=9.5), aircraft_id=aircraft.id),
        told(None, Status.CONFIRMED, whole(hours=5), aircraft_id=aircraft.id),
        told(None, Status.CONFIRMED, whole(hours=4.5), aircraft_id=aircraft.id),
        told(None, Status.CONFIRMED, whole(hours=1)),
    )
    assert "by trip 1" in against.refusal
    assert first.is_new
    assert "told along with it" in second.refusal
    assert "not linked" in without.refusal
    (moved,) = take(told(held, Status.CONFIRMED, whole(hours=5.5)))
    assert "booked" in moved.refusal


@pytest.mark.parametrize(
    ("legs", "says"),
    [
        ((whole(), whole(hours=2.5)), "before the one before it"),
        ((whole(long=-1),), "is not after off block"),
        ((whole(passengers=1000),), "1000 passengers"),
        ((whole(departure=" "),), "departure"),
        ((whole(hours=-5),), "in the future"),
    ],
)
def test_one_that_breaks_a_rule_stops_no_other(acting: object, legs: Any, says: str) -> None:
    bad, good = take(told(None, Status.COMPLETED, *legs), told())
    assert says in bad.refusal
    assert good.is_new
    assert Trip.objects.count() == 1


def test_a_page_costs_the_same_for_many(aircraft: Aircraft) -> None:
    costs = []
    for count in (2, 20):
        with CaptureQueriesContext(connection) as seen:
            made = take(*[told(None, Status.PLANNED, whole(), aircraft_id=aircraft.id) for _ in range(count)])
        trips = [one.trip for one in made]
        with CaptureQueriesContext(connection) as changed:
            take(*[told(trip, Status.COMPLETED, whole(hours=4)) for trip in trips])
        costs.append((len(seen), len(changed)))
    assert costs[0] == costs[1]


def test_it_needs_the_permission(acting: object, somebody: Callable[..., Actor]) -> None:
    with pytest.raises(NotPermitted, match=r"trips\.manage"):
        import_trips([], acting_user=somebody("trips.view"))
