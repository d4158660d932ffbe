"""Aircraft models: list, read, create, update, preview (contracts/flightlogger.md 2.7)."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import AircraftModelOut, Listing, aircraft_model_out
from hangarlink.fleet.actions import add_aircraft_model, change_aircraft_model
from hangarlink.fleet.models import AircraftModel
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, RuleBroken

TAG = "Aircraft models"
_READ_ONLY = {"id", "sync_status", "created_at", "updated_at"}
_EXAMPLE_IN = {
    "aircraft_model": {
        "name": "Cessna 172S",
        "manufacturer": "Textron Aviation",
        "model_number": "172S",
        "specifications": {"engine": "Lycoming IO-360-L2A"},
        "external_id": "tm-172s",
        "external_data_source": "Type master",
    }
}
_EXAMPLE = {
    "id": "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55",
    "name": "Cessna 172S",
    "manufacturer": "Textron Aviation",
    "model_number": "172S",
    "description": "",
    "specifications": {"engine": "Lycoming IO-360-L2A"},
    "external_id": "tm-172s",
    "external_data_source": "Type master",
    "sync_status": "local",
    "created_at": "2026-01-05T08:00:00Z",
    "updated_at": "2026-01-05T08:00:00Z",
}


class ModelChanges(Incoming):
    """For PATCH and POST: what is left out stays, or is empty on a new model."""

    name: Plain | None = Field(None, min_length=1, max_length=120)
    manufacturer: Plain | None = Field(None, max_length=120)
    model_number: Plain | None = Field(None, max_length=120)
    description: Plain | None = Field(None, max_length=10_000)
    specifications: dict[Plain, Plain] | None = Field(
        None, max_length=200, description="Names and values, all of them."
    )
    external_id: Plain | None = Field(None, max_length=120, description="The data source's name for the model.")
    external_data_source: Plain | None = Field(None, max_length=120, description="The data source; with external_id.")
    sync_status: str | None = Field(None, description="Ignored.")
    id: UUID | None = Field(None, description="Ignored.")
    created_at: str | None = Field(None, description="Ignored.")
    updated_at: str | None = Field(None, description="Ignored.")


class ModelWhole(ModelChanges):
    """For PUT: what is left out is empty."""

    name: Plain = Field(min_length=1, max_length=120)
    manufacturer: Plain = Field("", max_length=120)
    model_number: Plain = Field("", max_length=120)
    description: Plain = Field("", max_length=10_000)
    specifications: dict[Plain, Plain] = Field(default_factory=dict, max_length=200)
    external_id: Plain = Field("", max_length=120)
    external_data_source: Plain = Field("", max_length=120)


class ModelPatch(Incoming):
    aircraft_model: ModelChanges


class ModelReport(Incoming):
    aircraft_model: ModelWhole


class ModelList(Listing):
    aircraft_models: list[AircraftModelOut]


class ModelRead(Outgoing):
    aircraft_model: AircraftModelOut


class ModelAnswer(Outgoing):
    result: Literal["created", "updated", "unchanged"]
    aircraft_model: AircraftModelOut


class FieldChange(Outgoing):
    """`old` is there only for tokens that hold aircraft_models_read."""

    field: str
    old: Any = None
    new: Any


class ModelPreview(Outgoing):
    """What POST would do. Without aircraft_models_read all given fields are listed and `old` is null."""

    action: Literal["create", "update", "unchanged"]
    id: UUID | None = Field(description="Of the model that would be updated; needs aircraft_models_read.")
    old_values: bool = Field(description="Whether old values are told.")
    changes: list[FieldChange]


@endpoint(
    "GET",
    "/aircraft_models",
    scope=Scope.AIRCRAFT_MODELS_READ,
    flow=Flow.AIRCRAFT_MODELS,
    tag=TAG,
    summary="List aircraft models",
    answers={200: ModelList},
    examples={"response": {"total": 1, "next_cursor": None, "aircraft_models": [_EXAMPLE]}},
)
def list_aircraft_models(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All models of the account, by name."""
    page = page_of(AircraftModel.objects.all(), "name", "id", cursor=cursor, size=per_page)
    rows = [aircraft_model_out(row) for row in page.rows]
    body = ModelList(total=page.total, next_cursor=page.next_cursor, aircraft_models=rows)
    return Answer(body, Logged.READ, f"{len(rows)} aircraft models read.", count=len(rows), headers=page.link(request))


@endpoint(
    "POST",
    "/aircraft_models",
    scope=Scope.AIRCRAFT_MODELS_WRITE,
    flow=Flow.AIRCRAFT_MODELS,
    tag=TAG,
    summary="Create or update an aircraft model",
    answers={201: ModelAnswer, 200: ModelAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "aircraft_model": _EXAMPLE}},
)
def create_aircraft_model(request: ApiRequest, body: ModelPatch) -> Answer:
    """With external_id and external_data_source, the model tied to them is updated where there is one; fields that are
    left out stay. Otherwise a model is created. Names are unique.
    """
    with under("aircraft_model"):
        values = _given(body.aircraft_model)
        model = _tied(values)
        if model is not None:
            return _change(request, model, values)
        made = add_aircraft_model(acting_user=request.auth.actor, **_named(values))
    answer = ModelAnswer(result="created", aircraft_model=aircraft_model_out(made))
    return Answer(answer, Logged.CREATED, f"{made.name} created.", status=201)


@endpoint(
    "POST",
    "/aircraft_models/preview",
    scope=Scope.AIRCRAFT_MODELS_WRITE,
    flow=Flow.AIRCRAFT_MODELS,
    tag=TAG,
    summary="Preview a write",
    answers={200: ModelPreview},
    examples={
        "request": _EXAMPLE_IN,
        "response": {
            "action": "update",
            "id": _EXAMPLE["id"],
            "old_values": True,
            "changes": [{"field": "manufacturer", "old": "Cessna", "new": "Textron Aviation"}],
        },
    },
)
def preview_aircraft_model(request: ApiRequest, body: ModelPatch) -> Answer:
    """What the same body sent to POST /aircraft_models would do. Changes nothing.

    Old values are told only to tokens that hold aircraft_models_read, too.
    """
    with under("aircraft_model"):
        values = _given(body.aircraft_model)
        model = _tied(values)
        if model is None:
            _named(values)
    readable = Scope.AIRCRAFT_MODELS_READ in request.auth.caller.scopes
    preview = _preview(model, values) if readable else _blind_preview(model, values)
    return Answer(preview, Logged.READ, f"Preview of an aircraft model: {preview.action}.")


@endpoint(
    "GET",
    "/aircraft_models/{id}",
    scope=Scope.AIRCRAFT_MODELS_READ,
    flow=Flow.AIRCRAFT_MODELS,
    tag=TAG,
    summary="Read an aircraft model",
    answers={200: ModelRead},
    examples={"response": {"aircraft_model": _EXAMPLE}},
)
def read_aircraft_model(request: ApiRequest, id: str) -> Answer:  # noqa: ARG001 - the published parameter
    """One model."""
    model = _found(id)
    return Answer(ModelRead(aircraft_model=aircraft_model_out(model)), Logged.READ, f"{model.name} read.")


@endpoint(
    "PUT",
    "/aircraft_models/{id}",
    scope=Scope.AIRCRAFT_MODELS_WRITE,
    flow=Flow.AIRCRAFT_MODELS,
    tag=TAG,
    summary="Replace an aircraft model",
    answers={200: ModelAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "updated", "aircraft_model": _EXAMPLE}},
)
def replace_aircraft_model(request: ApiRequest, id: str, body: ModelReport) -> Answer:
    """Sets every field; what is left out becomes empty. Creates nothing."""
    with under("aircraft_model"):
        return _change(request, _found(id), body.aircraft_model.model_dump(exclude=_READ_ONLY))


@endpoint(
    "PATCH",
    "/aircraft_models/{id}",
    scope=Scope.AIRCRAFT_MODELS_WRITE,
    flow=Flow.AIRCRAFT_MODELS,
    tag=TAG,
    summary="Change some of an aircraft model",
    answers={200: ModelAnswer},
    examples={
        "request": {"aircraft_model": {"manufacturer": "Textron Aviation"}},
        "response": {"result": "updated", "aircraft_model": _EXAMPLE},
    },
)
def change_some_of_aircraft_model(request: ApiRequest, id: str, body: ModelPatch) -> Answer:
    """Sets the fields that are given."""
    with under("aircraft_model"):
        return _change(request, _found(id), _given(body.aircraft_model))


def _change(request: ApiRequest, model: AircraftModel, values: dict[str, Any]) -> Answer:
    changed = change_aircraft_model(model, acting_user=request.auth.actor, **values)
    same = changed.updated_at == model.updated_at
    verdict = Logged.UNCHANGED if same else Logged.UPDATED
    result: Literal["unchanged", "updated"] = "unchanged" if same else "updated"
    answer = ModelAnswer(result=result, aircraft_model=aircraft_model_out(changed))
    return Answer(answer, verdict, f"{changed.name} {result}.")


def _given(given: ModelChanges) -> dict[str, Any]:
    values = given.model_dump(exclude=_READ_ONLY, exclude_unset=True)
    nulls = sorted(name for name, value in values.items() if value is None)
    if nulls:
        raise RuleBroken("cannot be null. Leave it out to keep it, or send an empty text.", field=nulls[0])
    return values


def _named(values: dict[str, Any]) -> dict[str, Any]:
    if not values.get("name"):
        raise RuleBroken("A model needs a name.", field="name")
    return values


def _tied(values: dict[str, Any]) -> AircraftModel | None:
    """The model that external id and data source name, if both are given."""
    pair = {name: values.get(name) for name in ("external_id", "external_data_source")}
    return AircraftModel.objects.filter(**pair).first() if all(pair.values()) else None


def _preview(model: AircraftModel | None, values: dict[str, Any]) -> ModelPreview:
    if model is None:
        new = [FieldChange(field=name, new=value) for name, value in values.items()]
        return ModelPreview(action="create", id=None, old_values=True, changes=new)
    differing = [
        FieldChange(field=name, old=getattr(model, name), new=value)
        for name, value in values.items()
        if getattr(model, name) != value
    ]
    action: Literal["update", "unchanged"] = "update" if differing else "unchanged"
    return ModelPreview(action=action, id=model.id, old_values=True, changes=differing)


def _blind_preview(model: AircraftModel | None, values: dict[str, Any]) -> ModelPreview:
    """Even which fields would change says something about the old values."""
    new = [FieldChange(field=name, new=value) for name, value in values.items()]
    return ModelPreview(action="create" if model is None else "update", id=None, old_values=False, changes=new)


def _found(identifier: str) -> AircraftModel:
    try:
        found = AircraftModel.objects.filter(pk=UUID(identifier)).first()
    except ValueError:
        found = None
    if found is None:
        raise Missing(f"There is no aircraft model with the id {identifier[:60]} in this account.")
    return found
