"""Plan a trip, work on its legs, confirm, complete, cancel."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.actions import follow_flights
from hangarlink.fleet.actions.refusing import existing
from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rows import locked, touch, write
from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.planning import PlannedFact, PlannedFor
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips import events, rules
from hangarlink.operations.trips.models import Leg, Trip
from hangarlink.operations.trips.rules import Kind, LegTimes, Status
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.registry import Event
from hangarlink.platform.numbering.actions import next_number
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

# How the fleet names who plans these flights.
PLANNED_BY = "trips"


class TripValues(TypedDict, total=False):
    """What may be said about a trip as a whole."""

    customer: Customer | None
    aircraft: Aircraft | None
    kind: str
    note: str


class LegValues(TypedDict, total=False):
    """What may be said about a leg. Moments are aware; places are codes (EKRK) or names."""

    departure: str
    arrival: str
    off_at: datetime
    on_at: datetime
    passengers: int


@atomic
def plan_trip(*, legs: Sequence[LegValues] = (), acting_user: Actor, **values: Unpack[TripValues]) -> Trip:
    """Begin a trip, with its legs where they are known. Event: trip.planned. Raises RuleBroken, Missing."""
    require(acting_user, "trips.manage")
    checked = {"kind": Kind.CHARTER.value, **_checked(values)}
    trip = Trip.objects.create(
        account=current_account(), number=next_number("trip"), status=Status.PLANNED.value, **checked
    )
    for number, leg in enumerate(legs):
        _named(number, trip, leg)
    _follow_legs(trip)
    trip.save(update_fields=["departs_at", "arrives_at"])
    record(acting_user, trip, "planned", new={**checked, "legs": len(legs)})
    _plan_flights(trip, acting_user)
    _announce(events.TripPlanned, trip)
    return trip


@atomic
def change_trip(trip: Trip, *, acting_user: Actor, **values: Unpack[TripValues]) -> Trip:
    """Change the given values. Event: trip.changed, unless nothing differs."""
    require(acting_user, "trips.manage")
    held = _open(trip)
    if changed := write(held, _checked(values), "changed", acting_user):
        _check_booking(held)
        _plan_flights(held, acting_user)
        _announce(events.TripChanged, held, changed)
    return held


@atomic
def add_leg(trip: Trip, *, acting_user: Actor, **values: Unpack[LegValues]) -> Leg:
    """Add a leg; all but `passengers` is needed. Event: trip.changed."""
    require(acting_user, "trips.manage")
    held = _open(trip)
    leg = _made(held, values)
    _legs_changed(held, acting_user)
    record(acting_user, held, "leg added", new={"leg": str(leg), **checked_leg(values)})
    return leg


@atomic
def change_leg(leg: Leg, *, acting_user: Actor, **values: Unpack[LegValues]) -> Leg:
    """Change a leg. Event: trip.changed, unless nothing differs."""
    require(acting_user, "trips.manage")
    held = _open(leg.trip)
    leg = existing(held.legs.filter(pk=leg.pk), "leg")
    old, new = changes(leg, checked_leg(values))
    if not new:
        return leg
    for name, value in new.items():
        setattr(leg, name, value)
    rules.check_leg(leg.times, leg.passengers)
    rules.check_legs([other.times for other in held.legs.all() if other.pk != leg.pk] + [leg.times])
    leg.save(update_fields=list(new))
    _legs_changed(held, acting_user)
    record(acting_user, held, "leg changed", old={"leg": str(leg), **old}, new=new)
    return leg


@atomic
def remove_leg(leg: Leg, *, acting_user: Actor) -> None:
    """Take a leg out of its trip; the audit trail keeps it. Event: trip.changed."""
    require(acting_user, "trips.manage")
    held = _open(leg.trip)
    leg = existing(held.legs.filter(pk=leg.pk), "leg")
    record(acting_user, held, "leg removed", old={"leg": str(leg), "off_at": leg.off_at, "on_at": leg.on_at})
    leg.delete()
    _legs_changed(held, acting_user)


@atomic
def replace_legs(trip: Trip, legs: Sequence[LegValues], *, acting_user: Actor) -> Trip:
    """Give a trip these legs instead of those it has. Event: trip.changed, unless they are the same."""
    require(acting_user, "trips.manage")
    held = _open(trip)
    old = _told(held)
    held.legs.all().delete()
    for number, leg in enumerate(legs):
        _named(number, held, leg)
    if (new := _told(held)) != old:
        _legs_changed(held, acting_user)
        record(acting_user, held, "legs replaced", old={"legs": old}, new={"legs": new})
    return held


@atomic
def confirm_trip(trip: Trip, *, acting_user: Actor) -> Trip:
    """Book the aircraft. Refused while another confirmed trip has it at that time. Event: trip.confirmed."""
    return _step(trip, "confirm", events.TripConfirmed, acting_user)


@atomic
def complete_trip(trip: Trip, *, acting_user: Actor) -> Trip:
    """Say that it was flown as its legs say. It stays as it is then. Event: trip.completed."""
    return _step(trip, "complete", events.TripCompleted, acting_user)


@atomic
def cancel_trip(trip: Trip, *, reason: str, acting_user: Actor) -> Trip:
    """Say that it will not be flown, and why. Event: trip.cancelled."""
    told = texts.line(reason, field="reason", limit=300)
    if not told:
        raise RuleBroken("Say why the trip is cancelled.", field="reason")
    return _step(trip, "cancel", events.TripCancelled, acting_user, cancel_reason=told)


@atomic
def reopen_trip(trip: Trip, *, acting_user: Actor) -> Trip:
    """Plan a cancelled trip again. Event: trip.reopened."""
    return _step(trip, "reopen", events.TripReopened, acting_user, cancel_reason="")


def _step(trip: Trip, action: str, fact: type[Event], acting_user: Actor, **new: Any) -> Trip:
    require(acting_user, "trips.manage")
    held = locked(trip, "trip")
    status = rules.step(Status(held.status), action)
    if action == "confirm" and held.aircraft_id is None:
        raise RuleBroken("Choose the aircraft first: a confirmed trip has one.", field="aircraft")
    if action == "complete":
        rules.check_flown([leg.times for leg in held.legs.all()], timezone.now())
    write(held, {"status": status.value, **new}, action, acting_user)
    _check_booking(held)
    _plan_flights(held, acting_user)
    _announce(fact, held)
    return held


def _open(trip: Trip) -> Trip:
    held = locked(trip, "trip")
    rules.check_open(Status(held.status))
    return held


def _checked(values: TripValues) -> dict[str, Any]:
    """The values as they are stored."""
    checked: dict[str, Any] = dict(values)
    if "kind" in checked:
        checked["kind"] = texts.word(Kind, checked["kind"], field="kind").value
    if "note" in checked:
        checked["note"] = texts.text(checked["note"], field="note")
    for name, model in (("customer", Customer), ("aircraft", Aircraft)):
        if name in checked:
            checked[f"{name}_id"] = _reference(model, checked.pop(name), name)
    return checked


def _reference(model: type[Customer] | type[Aircraft], row: Any, name: str) -> Any:
    """The id of a row of this account, or None."""
    if row is not None and not model.objects.filter(pk=row.pk).exists():
        raise Missing(f"There is no such {name} in this account.", field=name)
    return None if row is None else row.pk


def checked_leg(values: LegValues) -> dict[str, Any]:
    """The values as they are stored."""
    checked: dict[str, Any] = dict(values)
    for name in ("departure", "arrival"):
        if name in checked:
            place = texts.line(checked[name], field=name, limit=40)
            if not place:
                raise RuleBroken(f"Say where the {name} is, such as EKRK.", field=name)
            checked[name] = place.upper() if len(place) <= 4 else place
    return checked


def _made(trip: Trip, values: LegValues) -> Leg:
    missing = [name for name in ("departure", "arrival", "off_at", "on_at") if not values.get(name)]
    if missing:
        raise RuleBroken(f"A leg needs its {missing[0].replace('_', ' ')}.", field=missing[0])
    leg = Leg(account=current_account(), trip=trip, **checked_leg(values))
    rules.check_leg(leg.times, leg.passengers)
    rules.check_legs([other.times for other in trip.legs.all()] + [leg.times])
    leg.save(force_insert=True)
    return leg


def _named(number: int, trip: Trip, values: LegValues) -> None:
    """Make a leg of several: a refusal says which one it is about."""
    try:
        _made(trip, values)
    except RuleBroken as broken:
        raise RuleBroken(str(broken), field=f"legs[{number}].{broken.field}" if broken.field else "legs") from None


def _legs_changed(trip: Trip, acting_user: Actor) -> None:
    _follow_legs(trip)
    touch(trip, "departs_at", "arrives_at")
    _check_booking(trip)
    _plan_flights(trip, acting_user)
    _announce(events.TripChanged, trip, ("legs",))


def _follow_legs(trip: Trip) -> None:
    times: list[LegTimes] = [leg.times for leg in trip.legs.all()]
    trip.departs_at = min((one.off_at for one in times), default=None)
    trip.arrives_at = max((one.on_at for one in times), default=None)


def _check_booking(trip: Trip) -> None:
    """A confirmed trip has its aircraft for itself. Two that are confirmed at once wait for each other here."""
    if trip.status != Status.CONFIRMED or trip.aircraft_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trips:{trip.aircraft_id}"])
        cursor.execute(
            "SELECT t.number, o.off_at FROM trip_leg m JOIN trip_leg o ON o.off_at < m.on_at AND m.off_at < o.on_at "
            "JOIN trip t ON t.id = o.trip_id WHERE m.trip_id = %s AND t.id <> %s AND t.aircraft_id = %s "
            "AND t.status = 'confirmed' ORDER BY o.off_at LIMIT 1",
            [trip.id, trip.id, trip.aircraft_id],
        )
        found = cursor.fetchone()
    if found is not None:
        raise RuleBroken(
            f"The aircraft is booked: trip {found[0]} has it from {found[1]:%Y-%m-%d %H:%M}Z. Choose another aircraft "
            "or other times.",
            field="aircraft",
        )


def _plan_flights(trip: Trip, acting_user: Actor) -> None:
    follow_flights(PLANNED_BY, [planned_for(trip, trip.legs.all())], acting_user=acting_user)


def planned_for(trip: Trip, legs: Iterable[Leg]) -> PlannedFor:
    """Its legs as planned flights of its aircraft, so that forecasts count them until it is flown or cancelled."""
    facts = [PlannedFact(leg.off_at, leg.on_at, leg.departure, leg.arrival) for leg in legs]
    return PlannedFor(str(trip.id), trip.aircraft_id if Status(trip.status) in rules.OPEN else None, facts)


def _told(trip: Trip) -> list[list[Any]]:
    """Its legs as the audit trail keeps them."""
    rows = trip.legs.order_by("off_at").values_list("departure", "arrival", "off_at", "on_at", "passengers")
    return [list(row) for row in rows]


def _announce(fact: type[Event], trip: Trip, *changed: tuple[str, ...]) -> None:
    """`changed` is for the facts that have it."""
    announce(fact(trip.id, trip.aircraft_id, trip.customer_id, Status(trip.status), *changed))  # type: ignore[call-arg]
