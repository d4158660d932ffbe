"""Aircraft: list, read, create, update (contracts/flightlogger.md 2.3)."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Outgoing, Plain, Weight
from hangarlink.api.v1.outgoing import EXAMPLE_LOG, AircraftOut, Listing, aircraft_out
from hangarlink.fleet.actions import add_aircraft, change_aircraft
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.fleet.queries import find_aircraft
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import RuleBroken

TAG = "Aircraft"
# Given back by clients that send what they read; ours alone to say.
_READ_ONLY = {"id", "status", "flight_logs", "created_at", "updated_at"}
_EXAMPLE_IN = {
    "aircraft": {
        "registration": "OY-SKA",
        "call_sign": "SKA",
        "serial_number": "172S-11203",
        "aircraft_model": {"name": "Cessna 172S"},
        "location": "EKRK",
        "empty_weight": 767.5,
        "mass_unit": "kg",
    }
}
_EXAMPLE = {
    "id": "0197379e-1b7a-7d10-9f63-0c9a5f1f7a02",
    "registration": "OY-SKA",
    "call_sign": "SKA",
    "serial_number": "172S-11203",
    "aircraft_model": {"id": "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55", "name": "Cessna 172S"},
    "status": "in_service",
    "location": "EKRK",
    "notes": "",
    "empty_weight": "767.50",
    "mass_unit": "kg",
    "flight_logs": [EXAMPLE_LOG],
    "created_at": "2026-01-05T08:00:00Z",
    "updated_at": "2026-06-03T09:12:00Z",
}


class ModelReference(Incoming):
    """An aircraft model of this account: by id, or by name."""

    id: UUID | None = None
    name: Plain | None = Field(None, min_length=1, max_length=120)


class AircraftChanges(Incoming):
    """For PATCH: what is left out stays. `status` belongs to maintenance: it may be sent, but not changed."""

    registration: Plain | None = Field(None, min_length=1, max_length=20)
    call_sign: Plain | None = Field(None, max_length=20)
    serial_number: Plain | None = Field(None, max_length=60)
    aircraft_model: ModelReference | None = None
    location: Plain | None = Field(None, max_length=120)
    notes: Plain | None = Field(None, max_length=10_000)
    empty_weight: Weight | None = None
    mass_unit: Literal["kg", "lb"] | None = None
    status: Literal["in_service", "maintenance", "out_of_service"] | None = None
    id: UUID | None = Field(None, description="Ignored.")
    flight_logs: list[Any] | None = Field(None, description="Ignored; use PUT flight_logs.")
    created_at: str | None = Field(None, description="Ignored.")
    updated_at: str | None = Field(None, description="Ignored.")


class AircraftWhole(AircraftChanges):
    """For POST and PUT: what is left out is empty."""

    registration: Plain = Field(min_length=1, max_length=20)
    aircraft_model: ModelReference
    call_sign: Plain = Field("", max_length=20, description="Partners find the aircraft by it first.")
    serial_number: Plain = Field("", max_length=60)
    location: Plain = Field("", max_length=120)
    notes: Plain = Field("", max_length=10_000)
    empty_weight: Weight | None = None
    mass_unit: Literal["kg", "lb"] = "kg"


class AircraftReport(Incoming):
    aircraft: AircraftWhole


class AircraftPatch(Incoming):
    aircraft: AircraftChanges


class AircraftList(Listing):
    aircraft: list[AircraftOut]


class AircraftRead(Outgoing):
    aircraft: AircraftOut


class AircraftAnswer(Outgoing):
    result: Literal["created", "updated", "unchanged"]
    aircraft: AircraftOut


@endpoint(
    "GET",
    "/aircraft",
    scope=Scope.AIRCRAFT_READ,
    flow=Flow.AIRCRAFT,
    tag=TAG,
    summary="List aircraft",
    answers={200: AircraftList},
    examples={"response": {"total": 1, "next_cursor": None, "aircraft": [_EXAMPLE]}},
)
def list_aircraft(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All aircraft of the account, by registration."""
    page = page_of(_whole(), "registration", "id", cursor=cursor, size=per_page)
    rows = [aircraft_out(row, row.ordered_counters) for row in page.rows]  # type: ignore[attr-defined]
    body = AircraftList(total=page.total, next_cursor=page.next_cursor, aircraft=rows)
    return Answer(body, Logged.READ, f"{len(rows)} aircraft read.", count=len(rows), headers=page.link(request))


@endpoint(
    "POST",
    "/aircraft",
    scope=Scope.AIRCRAFT_WRITE,
    flow=Flow.AIRCRAFT,
    tag=TAG,
    summary="Create an aircraft",
    answers={201: AircraftAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "aircraft": _EXAMPLE}},
)
def create_aircraft(request: ApiRequest, body: AircraftReport) -> Answer:
    """Creates an aircraft with the flight logs that its model expects. Registration and call sign are unique."""
    with under("aircraft"):
        values = _values(body.aircraft, AircraftStatus.IN_SERVICE)
        aircraft = add_aircraft(with_expected_counters=True, acting_user=request.auth.actor, **values)
    answer = AircraftAnswer(result="created", aircraft=_read(aircraft))
    return Answer(answer, Logged.CREATED, f"{aircraft.registration} created.", status=201)


@endpoint(
    "GET",
    "/aircraft/{call_sign}",
    scope=Scope.AIRCRAFT_READ,
    flow=Flow.AIRCRAFT,
    tag=TAG,
    summary="Read an aircraft",
    answers={200: AircraftRead},
    examples={"response": {"aircraft": _EXAMPLE}},
)
def read_aircraft(request: ApiRequest, call_sign: str) -> Answer:  # noqa: ARG001 - every operation takes the request
    """Found by call sign, then registration, then id; exactly as written."""
    aircraft = find_aircraft(call_sign)
    return Answer(AircraftRead(aircraft=_read(aircraft)), Logged.READ, f"{aircraft.registration} read.")


@endpoint(
    "PUT",
    "/aircraft/{call_sign}",
    scope=Scope.AIRCRAFT_WRITE,
    flow=Flow.AIRCRAFT,
    tag=TAG,
    summary="Replace an aircraft's data",
    answers={200: AircraftAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "updated", "aircraft": _EXAMPLE}},
)
def replace_aircraft(request: ApiRequest, call_sign: str, body: AircraftReport) -> Answer:
    """Sets every field that the API may set; what is left out becomes empty. Creates nothing."""
    aircraft = find_aircraft(call_sign)
    return _change(request, aircraft, body.aircraft, exclude_unset=False)


@endpoint(
    "PATCH",
    "/aircraft/{call_sign}",
    scope=Scope.AIRCRAFT_WRITE,
    flow=Flow.AIRCRAFT,
    tag=TAG,
    summary="Change some of an aircraft's data",
    answers={200: AircraftAnswer},
    examples={"request": {"aircraft": {"location": "EKOD"}}, "response": {"result": "updated", "aircraft": _EXAMPLE}},
)
def change_some_of_aircraft(request: ApiRequest, call_sign: str, body: AircraftPatch) -> Answer:
    """Sets the fields that are given; null, where a field allows it, empties."""
    aircraft = find_aircraft(call_sign)
    return _change(request, aircraft, body.aircraft, exclude_unset=True)


def _change(request: ApiRequest, aircraft: Aircraft, given: AircraftChanges, *, exclude_unset: bool) -> Answer:
    with under("aircraft"):
        values = _values(given, AircraftStatus(aircraft.status), exclude_unset=exclude_unset)
        changed = change_aircraft(aircraft, acting_user=request.auth.actor, **values)
    told = _read(changed)
    same = changed.updated_at == aircraft.updated_at
    verdict = Logged.UNCHANGED if same else Logged.UPDATED
    result: Literal["unchanged", "updated"] = "unchanged" if same else "updated"
    return Answer(AircraftAnswer(result=result, aircraft=told), verdict, f"{changed.registration} {result}.")


def _values(given: AircraftChanges, status: AircraftStatus, *, exclude_unset: bool = False) -> dict[str, Any]:
    """What the fleet's actions want. A status other than the one it has is refused: a sync never moves it."""
    if given.status not in (None, status.value):
        raise RuleBroken(
            f"The status is {status} and belongs to maintenance; a sync cannot make it {given.status}. Leave it out.",
            field="status",
        )
    values = given.model_dump(exclude=_READ_ONLY, exclude_unset=exclude_unset)
    if given.aircraft_model is not None:
        values["aircraft_model"] = _model(given.aircraft_model)
    nulls = sorted(name for name, value in values.items() if value is None and name != "empty_weight")
    if nulls:
        raise RuleBroken("cannot be null. Leave it out to keep it, or send an empty text.", field=nulls[0])
    if isinstance(values.get("empty_weight"), Decimal):
        values["empty_weight"] = values["empty_weight"].quantize(Decimal("0.01"))
    return values


def _model(reference: ModelReference) -> AircraftModel:
    if reference.id is None and reference.name is None:
        raise RuleBroken("Name the aircraft model: by id or by name.", field="aircraft_model")
    wanted = {name: value for name, value in reference.model_dump().items() if value is not None}
    found = AircraftModel.objects.filter(**wanted).first()
    if found is None:
        shown = " and ".join(f"{name} {value}" for name, value in wanted.items())
        raise RuleBroken(
            f"There is no aircraft model with the {shown} in this account. Create it first.", field="aircraft_model"
        )
    return found


def _whole() -> QuerySet[Aircraft]:
    """Aircraft with model and counters, in three statements whatever their number."""
    counters = Prefetch("counters", Counter.objects.order_by("position", "name"), to_attr="ordered_counters")
    return Aircraft.objects.select_related("aircraft_model").prefetch_related(counters)


def _read(aircraft: Aircraft) -> AircraftOut:
    row = _whole().get(pk=aircraft.pk)
    return aircraft_out(row, row.ordered_counters)  # type: ignore[attr-defined]
