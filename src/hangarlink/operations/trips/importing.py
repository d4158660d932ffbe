"""A page of trips from somebody who plans them too: planned, changed and moved on set-wise."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.actions import follow_flights
from hangarlink.fleet.rules import texts
from hangarlink.operations.trips import events, rules
from hangarlink.operations.trips.actions import PLANNED_BY, LegValues, checked_leg, planned_for
from hangarlink.operations.trips.models import Leg, Trip
from hangarlink.operations.trips.rules import Kind, LegTimes, Status
from hangarlink.platform.audit.actions import changes, entry, record_many
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Refused, RuleBroken
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.numbering.actions import next_numbers
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

CANCELLED = "Cancelled in the connected system."
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_FACTS: dict[Status, type[Event]] = {
    Status.PLANNED: events.TripReopened,
    Status.CONFIRMED: events.TripConfirmed,
    Status.COMPLETED: events.TripCompleted,
    Status.CANCELLED: events.TripCancelled,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one trip: of this one, or (None) of a new one.

    customer_id, aircraft_id  None: nobody told, or whom we do not know; what we have stays
    """

    id: UUID | None
    status: Status
    legs: tuple[LegValues, ...]
    customer_id: UUID | None = None
    aircraft_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """`trip` as it is now, and whether anything of it is new; None with the reason why it was refused."""

    trip: Trip | None
    is_new: bool = False
    is_changed: bool = False
    refusal: str = ""


@dataclass
class _Page:
    """booked: of each aircraft, the trips that have it confirmed, each with its legs' times."""

    acting_user: Actor
    now: datetime
    trips: dict[UUID, Trip]
    legs: defaultdict[UUID, list[Leg]]
    booked: defaultdict[UUID, dict[UUID, tuple[int, list[LegTimes]]]]
    saved: dict[UUID, Trip] = field(default_factory=dict)
    new: list[Trip] = field(default_factory=list)
    relegged: dict[UUID, list[Leg]] = field(default_factory=dict)
    entries: list[AuditEntry] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)


@atomic
def import_trips(told: Sequence[Told], *, acting_user: Actor) -> list[Imported]:
    """Plan and change a page of trips; one answer each, in order. One that breaks a rule holds up no other.

    A fixed number of statements. Events: trip.planned, .changed, .confirmed, .completed, .cancelled, .reopened.
    """
    require(acting_user, "trips.manage")
    page = _page(told, acting_user)
    answers = [_one(one, page) for one in told]
    for trip, number in zip(page.new, next_numbers("trip", len(page.new)), strict=True):
        trip.number = number
    _save(page.saved.values())
    Leg.objects.filter(trip__in=list(page.relegged)).delete()
    Leg.objects.bulk_create(leg for legs in page.relegged.values() for leg in legs)
    planned = [planned_for(row, page.relegged.get(row.id, page.legs[row.id])) for row in page.saved.values()]
    follow_flights(PLANNED_BY, planned, acting_user=acting_user)
    record_many(page.entries)
    announce_many(page.facts)
    return answers


def _page(told: Sequence[Told], acting_user: Actor) -> _Page:
    rows = Trip.objects.select_for_update(no_key=True).filter(pk__in=[one.id for one in told if one.id])
    trips = {row.id: row for row in rows.order_by("id")}
    legs: defaultdict[UUID, list[Leg]] = defaultdict(list)
    for leg in Leg.objects.filter(trip__in=list(trips)).order_by("off_at"):
        legs[leg.trip_id].append(leg)
    aircraft = {one.aircraft_id for one in told if one.aircraft_id}
    aircraft |= {row.aircraft_id for row in trips.values() if row.aircraft_id}
    _one_at_a_time(aircraft)
    booked: defaultdict[UUID, dict[UUID, tuple[int, list[LegTimes]]]] = defaultdict(dict)
    confirmed = Leg.objects.filter(trip__aircraft__in=aircraft, trip__status=Status.CONFIRMED).select_related("trip")
    for leg in confirmed.filter(on_at__gte=min((leg["off_at"] for one in told for leg in one.legs), default=_EVER)):
        held = booked[leg.trip.aircraft_id or leg.trip_id].setdefault(leg.trip_id, (leg.trip.number, []))
        held[1].append(leg.times)
    return _Page(acting_user, timezone.now(), trips, legs, booked)


def _one_at_a_time(aircraft_ids: Iterable[UUID]) -> None:
    """As in `actions`: whoever confirms a trip of an aircraft waits for the others who do. In one order."""
    names = [f"trips:{id}" for id in sorted(aircraft_ids)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS n(name)", [names]
        )


def _one(told: Told, page: _Page) -> Imported:
    row = page.trips.get(told.id) if told.id else None
    if told.id and row is None:
        return Imported(None, refusal="This trip is gone.")
    try:
        legs = _checked_legs(told)
        if row is None:
            return _add(told, legs, page)
        return _change(row, told, legs, page)
    except Refused as refused:
        return Imported(None, refusal=str(refused))


def _checked_legs(told: Told) -> list[dict[str, Any]]:
    legs = [checked_leg(leg) for leg in told.legs]
    for leg in legs:
        rules.check_leg(LegTimes(leg["off_at"], leg["on_at"]), leg["passengers"])
    rules.check_legs([LegTimes(leg["off_at"], leg["on_at"]) for leg in legs])
    return sorted(legs, key=lambda leg: leg["off_at"])


def _add(told: Told, legs: list[dict[str, Any]], page: _Page) -> Imported:
    values = {
        "customer_id": told.customer_id,
        "aircraft_id": told.aircraft_id,
        "kind": Kind.CHARTER.value,
        "note": texts.text(told.note, field="note"),
    }
    row = Trip(account=current_account(), status=Status.PLANNED.value, **values)
    _check_status(row, told.status, legs, page)
    row.status = told.status.value
    row.cancel_reason = CANCELLED if told.status is Status.CANCELLED else ""
    page.new.append(row)
    page.entries.append(entry(page.acting_user, row, "planned", new={**values, "status": row.status}))
    page.facts.append(events.TripPlanned(row.id, row.aircraft_id, row.customer_id, told.status))
    _keep(row, legs, page)
    return Imported(row, is_new=True)


def _change(row: Trip, told: Told, legs: list[dict[str, Any]], page: _Page) -> Imported:
    before = Status(row.status)
    # A partner that still plans does not take back what was confirmed or flown here.
    status = before if told.status is Status.PLANNED and before is not Status.CANCELLED else told.status
    values: dict[str, Any] = {"status": status.value, "note": texts.text(told.note, field="note")}
    if told.customer_id:
        values["customer_id"] = told.customer_id
    if told.aircraft_id:
        values["aircraft_id"] = told.aircraft_id
    if status is not before:
        values["cancel_reason"] = CANCELLED if status is Status.CANCELLED else ""
    old, new = changes(row, values)
    was = [_shown(leg) for leg in page.legs[row.id]]
    if (now := [_shown(leg) for leg in legs]) != was:
        old["legs"], new["legs"] = was, now
    if not new:
        return Imported(row)
    if status is before:
        rules.check_open(before)
    after = Trip(
        pk=row.pk, status=row.status, number=row.number, aircraft_id=values.get("aircraft_id", row.aircraft_id)
    )
    _check_status(after, status, legs, page)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = page.now
    page.entries.append(entry(page.acting_user, row, "changed", old=old, new=new))
    whose = (row.id, row.aircraft_id, row.customer_id, status)
    page.facts.append(
        events.TripChanged(*whose, tuple(sorted(new))) if status is before else _FACTS[status](*whose)  # type: ignore[call-arg]
    )
    _keep(row, legs, page)
    return Imported(row, is_changed=True)


def _check_status(row: Trip, status: Status, legs: list[dict[str, Any]], page: _Page) -> None:
    """Whether the trip can get there from where it is, in one step or over planned and confirmed."""
    times = [LegTimes(leg["off_at"], leg["on_at"]) for leg in legs]
    before = Status(row.status)
    reachable = {following for (state, _), following in rules.STEPS.items() if state is before}
    if before is Status.CANCELLED:
        reachable |= {following for (state, _), following in rules.STEPS.items() if state is Status.PLANNED}
    if status is not before and status not in reachable:
        raise RuleBroken(f"The trip is {before} here and cannot become {status}.", field="status")
    if status is Status.COMPLETED:
        rules.check_flown(times, page.now)
    if status is Status.CONFIRMED:
        _check_booking(row, times, page)


def _check_booking(row: Trip, times: list[LegTimes], page: _Page) -> None:
    if row.aircraft_id is None:
        raise RuleBroken("A confirmed trip needs its aircraft, and this one is not linked.", field="aircraft")
    for other, (number, held) in page.booked[row.aircraft_id].items():
        if other != row.pk and any(a.off_at < b.on_at and b.off_at < a.on_at for a in times for b in held):
            told = f"by trip {number}" if number else "by another trip that was told along with it"
            raise RuleBroken(f"The aircraft is booked at that time {told}.", field="aircraft")


def _keep(row: Trip, legs: list[dict[str, Any]], page: _Page) -> None:
    account = current_account()
    row.departs_at = min((leg["off_at"] for leg in legs), default=None)
    row.arrives_at = max((leg["on_at"] for leg in legs), default=None)
    page.saved[row.id] = row
    page.relegged[row.id] = [Leg(account=account, trip=row, **leg) for leg in legs]
    for held in page.booked.values():
        held.pop(row.id, None)
    if row.status == Status.CONFIRMED and row.aircraft_id:
        times = [LegTimes(leg["off_at"], leg["on_at"]) for leg in legs]
        page.booked[row.aircraft_id][row.id] = (row.number or 0, times)


def _save(rows: Iterable[Trip]) -> None:
    """All in one statement; rows that were there are locked, so nobody is overwritten."""
    names = [one.name for one in Trip._meta.concrete_fields if one.name not in {"id", "account", "number"}]
    Trip.objects.bulk_create(list(rows), update_conflicts=True, unique_fields=["id"], update_fields=names)


def _shown(leg: Leg | dict[str, Any]) -> list[Any]:
    names = ("departure", "arrival", "off_at", "on_at", "passengers")
    return [leg[name] for name in names] if isinstance(leg, dict) else [getattr(leg, name) for name in names]
