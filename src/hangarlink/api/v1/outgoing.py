"""What goes out: the shapes of records, shared by the endpoints."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.v1 import usage
from hangarlink.api.v1.fields import Outgoing
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.platform.quantities import Unit

EXAMPLE_AIRCRAFT_NAME = {"id": "0197379e-1b7a-7d10-9f63-0c9a5f1f7a02", "registration": "OY-SKA", "call_sign": "SKA"}
EXAMPLE_LOG = {
    "id": "0197379e-3c11-7a02-8a7d-5b1f0e2d4c33",
    "name": "Hobbs",
    "kind": "hobbs",
    "unit": "seconds",
    "display": "decimal_hours",
    "slot": "primary",
    "total": 17324280,
    "total_shown": "4812.3",
    "total_at": "2026-06-03T09:12:00Z",
}


class ErrorBody(Outgoing):
    """Every refusal, whatever its status."""

    error: str = Field(description="A code for programs.", examples=["not_found"])
    error_description: str = Field(description="What is wrong and what to do, for people.")


class Listing(Outgoing):
    """Part of every list."""

    total: int = Field(description="How many records there are in all.")
    next_cursor: str | None = Field(description="Ask again with ?cursor=... for the next page; null at the end.")


class AircraftName(Outgoing):
    """Enough to recognise an aircraft."""

    id: UUID
    registration: str
    call_sign: str


class FlightLogOut(Outgoing):
    """A counter. `total` is null until an opening balance or a reading says where it stands: unknown, never zero."""

    id: UUID
    name: str
    kind: str = Field(examples=["hobbs"])
    unit: Unit
    display: str = Field(examples=["decimal_hours"])
    slot: str | None = Field(description="Which of FlightLogger's three logs it is.", examples=["primary"])
    total: int | None = Field(description="Exact: whole seconds, or a count.")
    total_shown: str | None = Field(description="The total as the counter shows it.", examples=["4812.3"])
    total_at: datetime | None


class ModelName(Outgoing):
    id: UUID
    name: str


class AircraftOut(Outgoing):
    """An aircraft. `status` belongs to maintenance and cannot be changed through the API."""

    id: UUID
    registration: str
    call_sign: str
    serial_number: str
    aircraft_model: ModelName
    status: Literal["in_service", "maintenance", "out_of_service"]
    location: str
    notes: str
    empty_weight: Decimal | None = Field(description="A decimal number, as text.")
    mass_unit: Literal["kg", "lb"]
    flight_logs: list[FlightLogOut]
    created_at: datetime
    updated_at: datetime


class AircraftModelOut(Outgoing):
    id: UUID
    name: str
    manufacturer: str
    model_number: str
    description: str
    specifications: dict[str, str]
    external_id: str
    external_data_source: str
    sync_status: str
    created_at: datetime
    updated_at: datetime


class LogOut(Outgoing):
    """What one flight added to one counter."""

    name: str
    value: str = Field(description="As the counter shows it.", examples=["1.4"])
    amount: int = Field(description="Exact: whole seconds, or a count.", examples=[5040])
    unit: Unit


class FlightOut(Outgoing):
    id: UUID
    external_id: str
    source: str = Field(description="The system that told it; your own is the same on all your flights.")
    reading_date: date = Field(description="UTC date of ended_at.")
    reading_time: str = Field(description="UTC time of ended_at, HH:MM:SS.", examples=["09:12:00"])
    started_at: datetime
    ended_at: datetime
    departure: str
    arrival: str
    logs: list[LogOut]


class DefectOut(Outgoing):
    id: UUID
    number: int
    aircraft: AircraftName
    description: str
    reported_at: datetime
    reported_by: str
    due_date: date | None
    ata: str
    external_id: str
    source: str
    status: Literal["open", "deferred", "rectified", "closed"]
    rectification: str
    rectified_at: datetime | None
    closed_at: datetime | None


def aircraft_name(aircraft: Aircraft) -> AircraftName:
    return AircraftName(id=aircraft.id, registration=aircraft.registration, call_sign=aircraft.call_sign)


def flight_log_out(counter: Counter) -> FlightLogOut:
    shown = None if counter.total is None else usage.shown(counter.total, counter.unit, counter.display)
    told = {name: getattr(counter, name) for name in ("id", "name", "kind", "unit", "display", "total", "total_at")}
    return FlightLogOut(**told, slot=counter.slot or None, total_shown=shown)


def aircraft_out(aircraft: Aircraft, counters: Iterable[Counter]) -> AircraftOut:
    """An aircraft read with its model, and its counters in their order."""
    own = AircraftOut.model_fields.keys() - {"aircraft_model", "flight_logs"}
    return AircraftOut(
        **{name: getattr(aircraft, name) for name in own},
        aircraft_model=ModelName(id=aircraft.aircraft_model.id, name=aircraft.aircraft_model.name),
        flight_logs=[flight_log_out(counter) for counter in counters],
    )


def aircraft_model_out(model: AircraftModel) -> AircraftModelOut:
    return AircraftModelOut(**{name: getattr(model, name) for name in AircraftModelOut.model_fields})
