"""Adapter: a data source's aircraft models -> ours. Source of the rules: contracts/flightlogger.md 4.

A model of ours follows a data source when it bears the connection's name as its data source and the row's id as its
external id. Nothing is matched by name: a name that a model has already is refused, for somebody to tie the two.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hangarlink.fleet.actions import add_aircraft_model, change_aircraft_model
from hangarlink.fleet.models import AircraftModel as OurModel
from hangarlink.fleet.models.aircraft import SyncStatus
from hangarlink.integration.contract import AircraftModel
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.platform.errors import RuleBroken

FIELDS = ("name", "manufacturer", "model_number", "description", "specifications")


def apply(records: Sequence[AircraftModel], deleted: Sequence[str], context: Context) -> list[Outcome]:
    """Two queries to look; only what differs is written, by the room's own actions. Nothing is ever deleted."""
    source = context.connection.name
    tied = OurModel.objects.filter(external_data_source=source, external_id__in=[one.external_id for one in records])
    ours = {model.external_id: model for model in tied}
    names = {model.name: model for model in OurModel.objects.filter(name__in=[one.name for one in records])}
    outcomes = [_taken(one, ours.get(one.external_id), names.get(one.name), source, context) for one in records]
    return outcomes + [_gone(external_id) for external_id in deleted]


def failed(record: AircraftModel, reason: str) -> Outcome:
    return Outcome(record.external_id, Verdict.FAILED, record.name, code="internal", reason=reason)


def again(payload: Mapping[str, Any]) -> AircraftModel:
    return AircraftModel(**payload)


def absent(seen: set[str], context: Context) -> list[Outcome]:
    """What a complete list leaves out stays, and is named."""
    rows = OurModel.objects.filter(external_data_source=context.connection.name).exclude(external_id__in=seen)
    return [_gone(model.external_id, model) for model in rows.order_by("name")]


def _taken(
    told: AircraftModel, ours: OurModel | None, namesake: OurModel | None, source: str, context: Context
) -> Outcome:
    values = {name: _plain(getattr(told, name)) for name in FIELDS}
    if namesake is not None and (ours is None or namesake.pk != ours.pk):
        return _refused(told, _name_taken(told, namesake, source), "name_taken")
    try:
        if ours is None:
            made = add_aircraft_model(
                **values, external_id=told.external_id, external_data_source=source,
                sync_status=SyncStatus.IN_SYNC, acting_user=context.actor,
            )  # fmt: skip
            new = {name: value for name, value in values.items() if value}
            return Outcome(told.external_id, Verdict.CREATED, told.name, internal_id=made.pk, new=new)
        old = {name: getattr(ours, name) for name in FIELDS if getattr(ours, name) != values[name]}
        if old or ours.sync_status != SyncStatus.IN_SYNC:
            changed = {name: values[name] for name in old}
            change_aircraft_model(ours, **changed, sync_status=SyncStatus.IN_SYNC, acting_user=context.actor)
    except RuleBroken as refused:
        return _refused(told, str(refused), "refused")
    if not old:
        return Outcome(told.external_id, Verdict.UNCHANGED, internal_id=ours.pk)
    new = {name: values[name] for name in old}
    return Outcome(told.external_id, Verdict.UPDATED, told.name, internal_id=ours.pk, old=old, new=new)


def _name_taken(told: AircraftModel, namesake: OurModel, source: str) -> str:
    tie = f"{namesake.external_data_source} {namesake.external_id}" if namesake.external_id else "no data source"
    return (
        f"There is a model named {namesake.name} already; it follows {tie}. If it is this one, give it the data source "
        f"{source} and the external id {told.external_id}; else rename it."
    )


def _refused(told: AircraftModel, reason: str, code: str) -> Outcome:
    payload = {"external_id": told.external_id, **{name: _plain(getattr(told, name)) for name in FIELDS}}
    return Outcome(told.external_id, Verdict.REJECTED, told.name, code, reason[:500], payload=payload)


def _gone(external_id: str, model: OurModel | None = None) -> Outcome:
    reason = "The data source no longer lists it. It stays here as it is."
    return Outcome(
        external_id, Verdict.SKIPPED, model.name if model else "", "not_listed", reason, model.pk if model else None
    )


def _plain(value: Any) -> Any:
    """Specifications as a dict of their own."""
    return dict(value) if isinstance(value, Mapping) else value
