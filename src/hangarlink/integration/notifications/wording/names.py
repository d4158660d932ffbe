"""What people call the things that events name by id: one statement per kind, whatever the number of events."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.integration.connections.models import Connection
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.programme.models import Requirement, RequirementRevision
from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.trips.models import Trip

Names = dict[UUID, str]
GONE = "(removed)"


def names_for(events: Iterable[Mapping[str, Any]]) -> dict[str, Names]:
    """By the field of the event that holds the id: names of everything these events point at."""
    wanted: dict[str, set[UUID]] = {}
    for data in events:
        for field in BY_FIELD.keys() & data.keys():
            if data[field]:
                wanted.setdefault(field, set()).add(UUID(str(data[field])))
    return {field: BY_FIELD[field](ids) for field, ids in wanted.items()}


def _column(model: type[Any], column: str, shape: str = "{}") -> Callable[[set[UUID]], Names]:
    def read(ids: set[UUID]) -> Names:
        rows = model.objects.filter(id__in=ids).values_list("id", column)
        return {id: shape.format(name) for id, name in rows}

    return read


def _requirements(ids: set[UUID]) -> Names:
    """Reference and title in force: "05-20-01 50 h inspection"."""
    named = dict(Requirement.objects.filter(id__in=ids).values_list("id", "reference"))
    revisions = RequirementRevision.objects.filter(requirement_id__in=ids).order_by("number")
    # The highest number comes last and stays.
    titles = dict(revisions.values_list("requirement_id", "title"))
    return {id: f"{reference} {titles.get(id, '')}".strip() for id, reference in named.items()}


def _counters(ids: set[UUID]) -> Names:
    rows = Counter.objects.filter(id__in=ids).values_list("id", "aircraft__registration", "kind")
    return {id: f"{registration or 'component'} {kind.replace('_', ' ')}" for id, registration, kind in rows}


def _invoices(ids: set[UUID]) -> Names:
    """A draft has no number."""
    rows = Invoice.objects.filter(id__in=ids).values_list("id", "number")
    return {id: f"invoice {number}" if number else "a draft invoice" for id, number in rows}


BY_FIELD: dict[str, Callable[[set[UUID]], Names]] = {
    "aircraft_id": _column(Aircraft, "registration"),
    "aircraft_model_id": _column(AircraftModel, "name"),
    "component_id": _column(Component, "name"),
    "defect_id": _column(Defect, "number", "defect {}"),
    "requirement_id": _requirements,
    "counter_id": _counters,
    # What a customer is called stays out; the numbers of papers may be told.
    "trip_id": _column(Trip, "number", "trip {}"),
    "invoice_id": _invoices,
    "connection_id": _column(Connection, "name"),
}
