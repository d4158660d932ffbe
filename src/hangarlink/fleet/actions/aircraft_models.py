"""Aircraft models: what individuals of a type share."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from hangarlink.fleet import events
from hangarlink.fleet.actions.refusing import existing, refusing
from hangarlink.fleet.models import AircraftModel, ExpectedCounter
from hangarlink.fleet.models.aircraft import SyncStatus
from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.counters import CounterPlan, check_plans
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


class ModelValues(TypedDict, total=False):
    """What may be said about a model. `external_id` and `external_data_source` come together or not at all."""

    name: str
    manufacturer: str
    model_number: str
    description: str
    specifications: Mapping[str, object]
    picture_id: UUID | None
    external_id: str
    external_data_source: str
    sync_status: str


@transaction.atomic
def add_aircraft_model(
    *, acting_user: Actor, expected_counters: Sequence[CounterPlan] = (), **values: Unpack[ModelValues]
) -> AircraftModel:
    """Add a model. Event: aircraft_model.added.

    expected_counters  what its aircraft are kept by; made with `fleet.rules.counters.plan`

    Raises RuleBroken for a name or an external id that another model has.
    """
    require(acting_user, "fleet.edit")
    model = AircraftModel(account=current_account(), **_checked(values))
    if not model.name:
        raise RuleBroken("A model needs a name.", field="name")
    _check_pair(model)
    with refusing(_once(model)):
        model.save(force_insert=True)
    _expect(model, expected_counters)
    record(acting_user, model, "added", new={"name": model.name, **_checked(values)})
    announce(events.AircraftModelAdded(model.id))
    return model


@transaction.atomic
def change_aircraft_model(model: AircraftModel, *, acting_user: Actor, **values: Unpack[ModelValues]) -> AircraftModel:
    """Change the given values and leave the others. Event: aircraft_model.changed, unless nothing differs."""
    require(acting_user, "fleet.edit")
    model = existing(AircraftModel.objects.select_for_update(no_key=True).filter(pk=model.pk), "aircraft model")
    old, new = changes(model, _checked(values))
    if not new:
        return model
    for name, value in new.items():
        setattr(model, name, value)
    if not model.name:
        raise RuleBroken("A model needs a name.", field="name")
    _check_pair(model)
    with refusing(_once(model)):
        model.save(update_fields=[*new, "updated_at"])
    record(acting_user, model, "changed", old=old, new=new)
    announce(events.AircraftModelChanged(model.id, tuple(sorted(new))))
    return model


@transaction.atomic
def expect_counters(model: AircraftModel, plans: Sequence[CounterPlan], *, acting_user: Actor) -> None:
    """Say anew which counters aircraft of this model are kept by. Aircraft that exist are left as they are."""
    require(acting_user, "fleet.edit")
    model = existing(AircraftModel.objects.select_for_update(no_key=True).filter(pk=model.pk), "aircraft model")
    old = list(model.expected_counters.order_by("name").values("kind", "name", "display", "slot"))
    model.expected_counters.all().delete()
    _expect(model, plans)
    new = list(model.expected_counters.order_by("name").values("kind", "name", "display", "slot"))
    if old != new:
        record(acting_user, model, "expected counters changed", old={"counters": old}, new={"counters": new})
        announce(events.AircraftModelChanged(model.id, ("expected_counters",)))


def _expect(model: AircraftModel, plans: Sequence[CounterPlan]) -> None:
    check_plans(plans)
    ExpectedCounter.objects.bulk_create(
        ExpectedCounter(
            account_id=model.account_id,
            aircraft_model=model,
            kind=p.kind,
            name=p.name,
            display=p.display,
            slot=p.slot or "",
        )
        for p in plans
    )


def _checked(values: ModelValues) -> dict[str, Any]:
    """The values as they are stored."""
    checked: dict[str, Any] = dict(values)
    for name in ("name", "manufacturer", "model_number", "external_id", "external_data_source"):
        if name in checked:
            checked[name] = texts.line(checked[name], field=name, limit=120)
    if "description" in checked:
        checked["description"] = texts.text(checked["description"], field="description")
    if "specifications" in checked:
        checked["specifications"] = texts.pairs(checked["specifications"], field="specifications")
    if "sync_status" in checked and checked["sync_status"] not in SyncStatus.values:
        raise RuleBroken(f"{checked['sync_status']!r} is not a sync status.", field="sync_status")
    return checked


def _check_pair(model: AircraftModel) -> None:
    if bool(model.external_id) != bool(model.external_data_source):
        missing = "external_data_source" if model.external_id else "external_id"
        raise RuleBroken(
            "external_id and external_data_source belong together: the id means nothing without its source.",
            field=missing,
        )


def _once(model: AircraftModel) -> dict[str, tuple[str, str]]:
    return {
        "aircraft_model_name_once": ("name", f"There is already a model named {model.name}. Choose another name."),
        "aircraft_model_external_id_once": (
            "external_id",
            f"Another model is tied to {model.external_id} of {model.external_data_source} already.",
        ),
    }
