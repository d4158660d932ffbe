"""What people call the things that events name by id: one statement per kind, whatever the number of events."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.apps import apps

from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.integration.connections.models import Connection
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.programme.models import DueItem, Requirement, RequirementRevision

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


def _column(model: Callable[[], Any], column: str, shape: str = "{}") -> Callable[[set[UUID]], Names]:
    def read(ids: set[UUID]) -> Names:
        rows = model().objects.filter(id__in=ids).values_list("id", column)
        return {id: shape.format(name) for id, name in rows}

    return read


def _requirements(ids: set[UUID]) -> Names:
    """Reference and title in force: "05-20-01 50 h inspection"."""
    named = dict(Requirement.objects.filter(id__in=ids).values_list("id", "reference"))
    revisions = RequirementRevision.objects.filter(requirement_id__in=ids).order_by("number")
    # The highest number comes last and stays.
    titles = dict(revisions.values_list("requirement_id", "title"))
    return {id: f"{reference} {titles.get(id, '')}".strip() for id, reference in named.items()}


def _items(ids: set[UUID]) -> Names:
    """A due item goes by its requirement."""
    of = dict(DueItem.objects.filter(id__in=ids).values_list("id", "requirement_id"))
    named = _requirements(set(of.values()))
    return {id: named.get(requirement, GONE) for id, requirement in of.items()}


def _counters(ids: set[UUID]) -> Names:
    rows = Counter.objects.filter(id__in=ids).values_list("id", "aircraft__registration", "kind")
    return {id: f"{registration} {kind.replace('_', ' ')}" for id, registration, kind in rows}


def _operations(model: str, column: str, shape: str) -> Callable[[set[UUID]], Names]:
    """By the name of the model: what a customer is called stays out, the numbers of papers may be told."""
    return _column(lambda: apps.get_model(model), column, shape)


BY_FIELD: dict[str, Callable[[set[UUID]], Names]] = {
    "aircraft_id": _column(lambda: Aircraft, "registration"),
    "aircraft_model_id": _column(lambda: AircraftModel, "name"),
    "defect_id": _column(lambda: Defect, "number", "defect {}"),
    "requirement_id": _requirements,
    "counter_id": _counters,
    "connection_id": _column(lambda: Connection, "name"),
}
