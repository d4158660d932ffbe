"""Aircraft: the individuals."""

from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from hangarlink.fleet import events
from hangarlink.fleet.actions.counters import add_planned
from hangarlink.fleet.actions.recent_use import schedule_recent_use
from hangarlink.fleet.actions.refusing import existing, refusing
from hangarlink.fleet.derived import aircraft_changed
from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.fleet.models.aircraft import MassUnit
from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.counters import CounterPlan
from hangarlink.fleet.vocabulary import AircraftStatus, CounterKind, Display, Slot
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_HEAVIEST = Decimal(1_000_000)


class AircraftValues(TypedDict, total=False):
    """What may be said about an aircraft. `aircraft_model` is a model of this account."""

    registration: str
    call_sign: str
    serial_number: str
    aircraft_model: AircraftModel
    status: str
    location: str
    notes: str
    empty_weight: Decimal | None
    mass_unit: str
    picture_id: UUID | None


@transaction.atomic
def add_aircraft(
    *, acting_user: Actor, with_expected_counters: bool = False, **values: Unpack[AircraftValues]
) -> Aircraft:
    """Add an aircraft; `registration` and `aircraft_model` are needed. Event: aircraft.added.

    with_expected_counters  also adds the counters that its model expects

    Raises RuleBroken for a registration or a call sign that another aircraft of the account has.
    """
    require(acting_user, "fleet.edit")
    checked = _checked(values)
    if "aircraft_model_id" not in checked:
        raise RuleBroken("An aircraft needs a model. Add the model first.", field="aircraft_model")
    aircraft = Aircraft(account=current_account(), **checked)
    _check_whole(aircraft)
    with refusing(_once(aircraft)):
        aircraft.save(force_insert=True)
    record(acting_user, aircraft, "added", new=checked)
    announce(events.AircraftAdded(aircraft.id, aircraft.aircraft_model_id))
    schedule_recent_use(current_account())
    if with_expected_counters:
        add_planned(aircraft, _expected(aircraft), acting_user=acting_user)
    else:
        aircraft_changed([aircraft.id], acting_user=acting_user)
    return aircraft


@transaction.atomic
def change_aircraft(aircraft: Aircraft, *, acting_user: Actor, **values: Unpack[AircraftValues]) -> Aircraft:
    """Change the given values and leave the others. Event: aircraft.changed, unless nothing differs."""
    require(acting_user, "fleet.edit")
    aircraft = existing(Aircraft.objects.select_for_update(no_key=True).filter(pk=aircraft.pk), "aircraft")
    old, new = changes(aircraft, _checked(values))
    if not new:
        return aircraft
    for name, value in new.items():
        setattr(aircraft, name, value)
    _check_whole(aircraft)
    with refusing(_once(aircraft)):
        aircraft.save(update_fields=[*new, "updated_at"])
    record(acting_user, aircraft, "changed", old=old, new=new)
    announce(events.AircraftChanged(aircraft.id, str(aircraft.status), tuple(sorted(new))))
    if new.keys() & {"aircraft_model_id", "serial_number"}:
        aircraft_changed([aircraft.id], acting_user=acting_user)
    return aircraft


def _checked(values: AircraftValues) -> dict[str, Any]:
    """The values as they are stored."""
    checked: dict[str, Any] = dict(values)
    for name, limit in (("registration", 20), ("call_sign", 20), ("serial_number", 60), ("location", 120)):
        if name in checked:
            checked[name] = texts.line(checked[name], field=name, limit=limit)
    if "notes" in checked:
        checked["notes"] = texts.text(checked["notes"], field="notes")
    if "status" in checked:
        checked["status"] = texts.word(AircraftStatus, checked["status"], field="status").value
    if "mass_unit" in checked and checked["mass_unit"] not in MassUnit.values:
        raise RuleBroken(f"{checked['mass_unit']!r} is not a unit of mass here. Use kg or lb.", field="mass_unit")
    if "empty_weight" in checked:
        checked["empty_weight"] = _weight(checked["empty_weight"])
    if "aircraft_model" in checked:
        checked["aircraft_model_id"] = _model(checked.pop("aircraft_model"))
    return checked


def _weight(weight: Decimal | None) -> Decimal | None:
    if weight is None:
        return None
    if not weight.is_finite() or not 0 < weight < _HEAVIEST:
        raise RuleBroken(
            f"An empty weight of {weight} is not possible. Give a number above zero.", field="empty_weight"
        )
    if weight != round(weight, 2):
        raise RuleBroken(f"{weight} has more than two decimals.", field="empty_weight")
    return round(weight, 2)


def _model(model: AircraftModel) -> UUID:
    if not AircraftModel.objects.filter(pk=model.pk).exists():
        raise Missing("There is no such aircraft model in this account.", field="aircraft_model")
    return model.pk


def _check_whole(aircraft: Aircraft) -> None:
    if not aircraft.registration:
        raise RuleBroken("An aircraft needs a registration.", field="registration")


def _expected(aircraft: Aircraft) -> list[CounterPlan]:
    return [
        CounterPlan(CounterKind(e.kind), e.name, Display(e.display), Slot(e.slot) if e.slot else None)
        for e in aircraft.aircraft_model.expected_counters.order_by("id")
    ]


def _once(aircraft: Aircraft) -> dict[str, tuple[str, str]]:
    taken = "Another aircraft of this account has it already."
    return {
        "registration_once": ("registration", f"The registration {aircraft.registration} is taken. {taken}"),
        "call_sign_once": ("call_sign", f"The call sign {aircraft.call_sign} is taken. {taken}"),
    }
