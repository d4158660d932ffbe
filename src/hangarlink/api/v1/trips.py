"""Trips: list, read, create, change, and their steps."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.commerce import Named, aircraft_of, customer_of, recent
from hangarlink.api.v1.fields import Incoming, Moment, Outgoing, Plain
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, AircraftName, Listing, aircraft_name
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.operations.trips.actions import (
    LegValues,
    cancel_trip,
    change_trip,
    complete_trip,
    confirm_trip,
    plan_trip,
    reopen_trip,
    replace_legs,
)
from hangarlink.operations.trips.models import Trip
from hangarlink.operations.trips.queries import find_trip, trips
from hangarlink.operations.trips.rules import Status
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor

TAG = "Trips"
# Not the room's own enums: their names are taken in the document.
TripKind = Literal["charter", "training", "owner", "positioning", "maintenance"]
TripStatus = Literal["planned", "confirmed", "completed", "cancelled"]
_LEG = {
    "departure": "EKRK",
    "arrival": "EKBI",
    "off_at": "2026-06-03T08:00:00Z",
    "on_at": "2026-06-03T09:05:00Z",
    "passengers": 4,
}
_EXAMPLE_IN = {"trip": {"aircraft": "SKA", "kind": "charter", "legs": [_LEG]}}
_EXAMPLE = {
    "id": "0197379e-4c11-7a02-8a7d-5b1f0e2d4c02",
    "number": 31,
    "status": "planned",
    "kind": "charter",
    "customer": {"id": "0197379e-2c11-7a02-8a7d-5b1f0e2d4c01", "number": 12},
    "aircraft": EXAMPLE_AIRCRAFT_NAME,
    "note": "",
    "cancel_reason": "",
    "departs_at": "2026-06-03T08:00:00Z",
    "arrives_at": "2026-06-03T09:05:00Z",
    "legs": [{**_LEG, "block_seconds": 3900}],
    "version": 1,
    "created_at": "2026-06-01T09:12:00Z",
    "updated_at": "2026-06-01T09:12:00Z",
}


class LegIn(Incoming):
    departure: Plain = Field(min_length=1, max_length=40, description="Where from: an ICAO code, or a place.")
    arrival: Plain = Field(min_length=1, max_length=40)
    off_at: Moment = Field(description="Off block, with offset.")
    on_at: Moment = Field(description="On block, after off_at.")
    passengers: int = Field(0, ge=0, le=999)
    block_seconds: int | None = Field(None, description="Ignored.")


class TripChanges(Incoming):
    """For PATCH: what is left out stays. `legs`, where given, replace those it has."""

    customer_id: UUID | None = Field(None, description="null takes the customer away.")
    aircraft: Plain | None = Field(
        None, max_length=120, description="Call sign, registration or id; null takes it away."
    )
    kind: TripKind | None = None
    note: Plain | None = Field(None, max_length=10_000)
    legs: list[LegIn] | None = Field(None, max_length=40)
    status: TripStatus | None = Field(
        None, description="Takes the step that leads there: confirmed, completed, cancelled; planned reopens."
    )
    cancel_reason: Plain | None = Field(None, max_length=300, description="Needed with status cancelled.")


class TripWhole(TripChanges):
    """For POST. A new trip is planned; a status beyond that is a PATCH."""

    status: Literal["planned"] | None = None
    cancel_reason: None = None


class TripReport(Incoming):
    trip: TripWhole


class TripPatch(Incoming):
    trip: TripChanges


class LegOut(Outgoing):
    departure: str
    arrival: str
    off_at: datetime
    on_at: datetime
    passengers: int
    block_seconds: int


class TripOut(Outgoing):
    id: UUID
    number: int
    status: TripStatus
    kind: TripKind
    customer: Named | None
    aircraft: AircraftName | None
    note: str
    cancel_reason: str
    departs_at: datetime | None
    arrives_at: datetime | None
    legs: list[LegOut]
    version: int
    created_at: datetime
    updated_at: datetime


class TripList(Listing):
    trips: list[TripOut]


class TripRead(Outgoing):
    trip: TripOut


class TripAnswer(Outgoing):
    result: Literal["created", "updated", "unchanged"]
    trip: TripOut


@endpoint(
    "GET",
    "/trips",
    scope=Scope.TRIPS_READ,
    flow=Flow.TRIPS,
    tag=TAG,
    summary="List trips",
    answers={200: TripList},
    examples={"response": {"total": 1, "next_cursor": None, "trips": [_EXAMPLE]}},
)
def list_trips(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All trips, latest planned first, each with its legs in order."""
    page, headers = recent(request, trips(), cursor, per_page)
    rows = [trip_out(row) for row in page.rows]
    body = TripList(total=page.total, next_cursor=page.next_cursor, trips=rows)
    return Answer(body, Logged.READ, f"{len(rows)} trips read.", count=len(rows), headers=headers)


@endpoint(
    "POST",
    "/trips",
    scope=Scope.TRIPS_WRITE,
    flow=Flow.TRIPS,
    tag=TAG,
    summary="Plan a trip",
    answers={201: TripAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "trip": _EXAMPLE}},
)
def create_trip(request: ApiRequest, body: TripReport) -> Answer:
    """Plans a trip with its legs. Confirm it with PATCH: that books the aircraft."""
    with under("trip"):
        legs = [_leg(leg) for leg in body.trip.legs or ()]
        made = plan_trip(legs=legs, acting_user=request.auth.actor, **_values(body.trip))
    answer = TripAnswer(result="created", trip=trip_out(find_trip(made.id)))
    return Answer(answer, Logged.CREATED, f"Trip {made.number} created.", status=201)


@endpoint(
    "GET",
    "/trips/{id}",
    scope=Scope.TRIPS_READ,
    flow=Flow.TRIPS,
    tag=TAG,
    summary="Read a trip",
    answers={200: TripRead},
    examples={"response": {"trip": _EXAMPLE}},
)
def read_trip(request: ApiRequest, id: UUID) -> Answer:  # noqa: ARG001 - every operation takes the request
    """One trip with its legs."""
    found = find_trip(id)
    return Answer(TripRead(trip=trip_out(found)), Logged.READ, f"Trip {found.number} read.")


@endpoint(
    "PATCH",
    "/trips/{id}",
    scope=Scope.TRIPS_WRITE,
    flow=Flow.TRIPS,
    tag=TAG,
    summary="Change a trip, or take its next step",
    answers={200: TripAnswer},
    examples={
        "request": {"trip": {"status": "confirmed"}},
        "response": {"result": "updated", "trip": {**_EXAMPLE, "status": "confirmed", "version": 2}},
    },
)
def change_some_of_trip(request: ApiRequest, id: UUID, body: TripPatch) -> Answer:
    """Sets what is given, then takes the step to `status`. A confirmed trip has its aircraft for itself."""
    found, given, actor = find_trip(id), body.trip, request.auth.actor
    with under("trip"):
        if values := _values(given):
            change_trip(found, acting_user=actor, **values)
        if given.legs is not None:
            replace_legs(found, [_leg(leg) for leg in given.legs], acting_user=actor)
        if given.status is not None and given.status != found.status:
            _step(given, actor)(found)
    changed = find_trip(id)
    same = changed.version == found.version
    result: Literal["unchanged", "updated"] = "unchanged" if same else "updated"
    verdict = Logged.UNCHANGED if same else Logged.UPDATED
    return Answer(TripAnswer(result=result, trip=trip_out(changed)), verdict, f"Trip {changed.number} {result}.")


def trip_out(row: Trip) -> TripOut:
    """A trip read with its customer, aircraft and legs."""
    plain = TripOut.model_fields.keys() - {"customer", "aircraft", "legs"}
    return TripOut(
        **{name: getattr(row, name) for name in plain},
        customer=Named(id=row.customer.id, number=row.customer.number) if row.customer else None,
        aircraft=aircraft_name(row.aircraft) if row.aircraft else None,
        legs=[
            LegOut(
                departure=leg.departure,
                arrival=leg.arrival,
                off_at=leg.off_at,
                on_at=leg.on_at,
                passengers=leg.passengers,
                block_seconds=leg.times.block_seconds,
            )
            for leg in row.legs.all()
        ],
    )


def _step(given: TripChanges, actor: Actor) -> Callable[[Trip], Trip]:
    steps: dict[str, Callable[[Trip], Trip]] = {
        Status.CONFIRMED: lambda trip: confirm_trip(trip, acting_user=actor),
        Status.COMPLETED: lambda trip: complete_trip(trip, acting_user=actor),
        Status.CANCELLED: lambda trip: cancel_trip(trip, reason=given.cancel_reason or "", acting_user=actor),
        Status.PLANNED: lambda trip: reopen_trip(trip, acting_user=actor),
    }
    return steps[given.status or Status.PLANNED]


def _values(given: TripChanges) -> Any:
    told = given.model_fields_set
    values: dict[str, Any] = {}
    if "customer_id" in told:
        values["customer"] = customer_of(given.customer_id)
    if "aircraft" in told:
        values["aircraft"] = aircraft_of(given.aircraft)
    for name in ("kind", "note"):
        if name in told:
            if getattr(given, name) is None:
                raise RuleBroken("cannot be null. Leave it out to keep it.", field=name)
            values[name] = getattr(given, name)
    return values


def _leg(given: LegIn) -> LegValues:
    return LegValues(
        departure=given.departure,
        arrival=given.arrival,
        off_at=given.off_at,
        on_at=given.on_at,
        passengers=given.passengers,
    )
