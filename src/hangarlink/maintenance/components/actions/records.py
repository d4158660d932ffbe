"""What there is: types, positions, part numbers with their lives, components."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet.actions.refusing import existing, refusing
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.counters import check_plans, plan
from hangarlink.fleet.rules.readings import check_moment
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.components import events
from hangarlink.maintenance.components.actions.installing import begin_installed
from hangarlink.maintenance.components.derived import components_changed
from hangarlink.maintenance.components.models import (
    Clock,
    Component,
    ComponentType,
    Item,
    LifeLimit,
    Position,
    SerialisedItem,
)
from hangarlink.maintenance.components.placing import Target, place, possible, told
from hangarlink.maintenance.components.vocabulary import ComponentKind, Condition, Place, Source
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

MOST_RATIO = 1_000_000


@dataclass(frozen=True)
class ClockPlan:
    """A counter that a component is to have.

    kind, name, display     as for an aircraft's counter; what is usual for the kind when left out
    source                  driven by what it is installed on, or an instrument of its own
    driver_kind             kind of the counter that usually drives it; "" means its own kind
    numerator, denominator  what one unit of the driver adds
    """

    kind: str
    name: str = ""
    display: str = ""
    source: str = Source.PARENT
    driver_kind: str = ""
    numerator: int = 1
    denominator: int = 1


class ComponentValues(TypedDict, total=False):
    """What may be said about a component."""

    name: str
    condition: str
    certificate: str
    certified_on: date | None
    notes: str
    manufactured_on: date | None


@transaction.atomic
def add_component_type(*, name: str, kind: str, ata: str = "", acting_user: Actor) -> ComponentType:
    """Add a sort of component. Raises RuleBroken for a name that is taken."""
    require(acting_user, "components.edit")
    row = ComponentType(
        account=current_account(), name=texts.line(name, field="name", limit=120),
        kind=texts.word(ComponentKind, kind, field="kind"), ata=texts.line(ata, field="ata", limit=8),
    )  # fmt: skip
    if not row.name:
        raise RuleBroken("A component type needs a name.", field="name")
    with refusing({"component_type_name_once": ("name", f"There is a component type {row.name} already.")}):
        row.save(force_insert=True)
    record(acting_user, row, "added", new={"name": row.name, "kind": str(row.kind), "ata": row.ata})
    return row


@transaction.atomic
def add_position(
    on: AircraftModel | ComponentType, *, name: str, ata: str = "", accepts: ComponentType | None = None,
    required: bool = False, acting_user: Actor,
) -> Position:  # fmt: skip
    """Say that aircraft of a model, or components of a type, have a place for one component."""
    require(acting_user, "components.edit")
    of_model = isinstance(on, AircraftModel)
    row = Position(
        account=current_account(), aircraft_model=on if isinstance(on, AircraftModel) else None,
        component_type=None if isinstance(on, AircraftModel) else on, name=texts.line(name, field="name", limit=60),
        ata=texts.line(ata, field="ata", limit=8), accepts=accepts, required=required, order=on.positions.count(),
    )  # fmt: skip
    if not row.name:
        raise RuleBroken("A position needs a name, such as Engine 1 or Disk 2.", field="name")
    once = "position_on_model" if of_model else "position_on_type"
    with refusing({once: ("name", f"{on} has a position {row.name} already.")}):
        row.save(force_insert=True)
    new = {"on": str(on), "name": row.name, "ata": row.ata, "accepts": str(accepts or ""), "required": required}
    record(acting_user, row, "added", new=new)
    return row


@transaction.atomic
def remove_position(position: Position, *, acting_user: Actor) -> None:
    """Take a position off the list. What is installed there stays; its periods keep the name."""
    require(acting_user, "components.edit")
    position = existing(Position.objects.filter(pk=position.pk), "position")
    record(acting_user, position, "removed", old={"name": position.name, "ata": position.ata})
    position.delete()


@transaction.atomic
def set_life_limit(
    item: Item, *, kind: str, limit: int | None, rating: str = "", source: str = "", acting_user: Actor
) -> LifeLimit | None:
    """Say at which total units of a part number are removed for ever, under one rating. None takes the limit back.

    limit  whole seconds or counts
    """
    require(acting_user, "components.edit")
    kind, rating = texts.word(CounterKind, kind, field="kind"), texts.line(rating, field="rating", limit=20)
    if limit is not None and (type(limit) is not int or limit <= 0):
        raise RuleBroken(f"{limit!r} is no life. Give a total above zero.", field="limit")
    stood = LifeLimit.objects.filter(item=item, kind=kind, rating=rating).first()
    old = {} if stood is None else {"limit": stood.limit, "source": stood.source}
    if limit is None:
        if stood is not None:
            stood.delete()
            record(acting_user, item, "life limit taken back", old={"kind": kind, "rating": rating, **old})
        _life_changed(item, acting_user)
        return None
    row = stood or LifeLimit(account=current_account(), item=item, kind=kind, rating=rating)
    row.limit, row.source = limit, texts.line(source, field="source", limit=120)
    row.save()
    new = {"kind": kind, "rating": rating, "limit": limit, "source": row.source}
    record(acting_user, item, "life limit set", old=old or None, new=new)
    _life_changed(item, acting_user)
    return row


def _life_changed(item: Item, acting_user: Actor) -> None:
    units = Component.objects.filter(serialised_item__item=item).values_list("id", flat=True)
    components_changed(set(units), acting_user=acting_user)


@transaction.atomic
def add_component(
    *, component_type: ComponentType, part_number: str, serial_number: str, name: str = "", description: str = "",
    manufacturer: str = "", manufactured_on: date | None = None, condition: str = Condition.UNKNOWN,
    certificate: str = "", certified_on: date | None = None, clocks: Sequence[ClockPlan] = (),
    at: datetime | None = None, location: str = "", on: Aircraft | Component | None = None, position: str = "",
    ata: str = "", acting_user: Actor,
) -> Component:  # fmt: skip
    """Track a unit from `at` on: in stock, or where it was found installed. Events: component.added, maybe installed.

    part_number, serial_number  both empty: tracked by its name only
    clocks                      its counters; their totals are unknown until `state_total` says them
    on, position                where it was found installed when the aircraft was taken over. The installation check
                                then notes what it finds instead of refusing

    Raises RuleBroken for a serial number that is tracked already, or one that could not have been there.
    """
    require(acting_user, "components.edit")
    now = timezone.now()
    at = at or now
    check_moment(at, now)
    component_type = existing(ComponentType.objects.filter(pk=component_type.pk), "component type")
    unit = _unit(part_number, serial_number, description, manufacturer, manufactured_on, acting_user)
    component = Component(
        account=current_account(), component_type=component_type, serialised_item=unit,
        **_checked({
            "name": name or component_type.name, "condition": condition, "certificate": certificate,
            "certified_on": certified_on,
        }),
    )  # fmt: skip
    with refusing(_tracked(unit)):
        component.save(force_insert=True)
    make_clocks(component, clocks)
    new = {
        "name": component.name, "type": str(component_type), "part_number": part_number,
        "serial_number": serial_number, "condition": str(condition), "counters": [c.kind for c in clocks],
    }  # fmt: skip
    record(acting_user, component, "added", new=new)
    announce(events.ComponentAdded(component.id, component_type.id))
    if on is not None:
        begin_installed(component, on, position=position, ata=ata, at=at, acting_user=acting_user)
        return component
    target = Target(Place.STOCK, location=texts.line(location, field="location", limit=120))
    with possible(component, target):
        row = place(component, target, at=at, acting_user=acting_user, now=now, ends=None)
    record(acting_user, component, "placed", new=told(row))
    components_changed([component.id], acting_user=acting_user)
    return component


@transaction.atomic
def change_component(component: Component, *, acting_user: Actor, **values: Unpack[ComponentValues]) -> Component:
    """Change the given values and leave the others. Event: component.changed, unless nothing differs."""
    require(acting_user, "components.edit")
    rows = Component.objects.select_for_update(no_key=True, of=("self",)).select_related("serialised_item")
    component = existing(rows.filter(pk=component.pk), "component")
    checked = _checked(values)
    made: dict[str, Any] = {"manufactured_on": checked.pop("manufactured_on")} if "manufactured_on" in checked else {}
    old, new = changes(component, checked)
    for name, value in new.items():
        setattr(component, name, value)
    if not component.name:
        raise RuleBroken("A component needs a name.", field="name")
    if new:
        component.save(update_fields=[*new, "updated_at"])
    if made:
        before, after = _made_on(component, made["manufactured_on"])
        old, new = old | before, new | after
    if new:
        record(acting_user, component, "changed", old=old, new=new)
        announce(events.ComponentChanged(component.id, tuple(sorted(new))))
        components_changed([component.id], acting_user=acting_user)
    return component


def _made_on(component: Component, made_on: date | None) -> tuple[dict[str, Any], dict[str, Any]]:
    unit = component.serialised_item
    if unit is None:
        if made_on is None:
            return {}, {}
        raise RuleBroken("Only a unit with a serial number has a day of manufacture.", field="manufactured_on")
    old, new = changes(unit, {"manufactured_on": made_on})
    if new:
        unit.manufactured_on = made_on
        text = f"{component} was installed before that day. Check both dates."
        with refusing({"placement_after_manufacture": ("manufactured_on", text)}):
            unit.save(update_fields=["manufactured_on"])
    return old, new


def make_clocks(component: Component, plans: Sequence[ClockPlan]) -> list[Clock]:
    """Counters and what moves them, as planned. Raises RuleBroken."""
    planned = [(one, plan(one.kind, name=one.name, display=one.display or None)) for one in plans]
    check_plans([counter for _, counter in planned])
    taken = Counter.objects.filter(component_id=component.id).count()
    made: list[Clock] = []
    for position, (one, counter) in enumerate(planned, taken + 1):
        row = Counter(
            account=current_account(), component_id=component.id, kind=counter.kind, name=counter.name,
            unit=counter.kind.unit, display=counter.display, position=position,
        )  # fmt: skip
        text = f"{component} already has a counter of this name: {counter.name}. Choose another name."
        with refusing({"counter_name_once_on_component": ("name", text)}):
            row.save(force_insert=True)
        made.append(_clock(component, row, one))
    Clock.objects.bulk_create(made)
    return made


def _clock(component: Component, counter: Counter, one: ClockPlan) -> Clock:
    for value, field in ((one.numerator, "numerator"), (one.denominator, "denominator")):
        if type(value) is not int or not 0 < value <= MOST_RATIO:
            raise RuleBroken(
                f"{value!r} cannot stand in a ratio: give whole numbers from 1 to {MOST_RATIO:,}.", field=field
            )
    driver_kind = texts.word(CounterKind, one.driver_kind, field="driver_kind") if one.driver_kind else ""
    if driver_kind and CounterKind(driver_kind).unit is not CounterKind(counter.kind).unit:
        raise RuleBroken(f"{CounterKind(driver_kind).label} cannot drive {counter.name}: they count different things.",
                         field="driver_kind")  # fmt: skip
    return Clock(
        account=current_account(), component=component, counter=counter,
        source=texts.word(Source, one.source, field="source"), driver_kind=driver_kind, numerator=one.numerator,
        denominator=one.denominator,
    )  # fmt: skip


def _unit(
    part_number: str, serial_number: str, description: str, manufacturer: str, made_on: date | None, acting_user: Actor
) -> SerialisedItem | None:
    """The unit with these numbers, made if it is not known yet."""
    part = texts.line(part_number, field="part_number", limit=60)
    serial = texts.line(serial_number, field="serial_number", limit=60)
    if not part and not serial:
        if made_on is not None:
            raise RuleBroken("Only a unit with a serial number has a day of manufacture.", field="manufactured_on")
        return None
    if not part or not serial:
        missing = "serial_number" if part else "part_number"
        raise RuleBroken("Part number and serial number belong together: a unit is known by both.", field=missing)
    if made_on is not None and made_on > timezone.now().date():
        raise RuleBroken(f"{made_on:%d %b %Y} is in the future. Check the year.", field="manufactured_on")
    item, is_new = Item.objects.get_or_create(
        account=current_account(), part_number=part,
        manufacturer=texts.line(manufacturer, field="manufacturer", limit=120),
        defaults={"description": texts.line(description, field="description", limit=200)},
    )  # fmt: skip
    if is_new:
        record(acting_user, item, "added", new={"part_number": part, "manufacturer": item.manufacturer})
    unit, _ = SerialisedItem.objects.get_or_create(
        account=current_account(), item=item, serial_number=serial, defaults={"manufactured_on": made_on}
    )
    if made_on is not None and unit.manufactured_on != made_on:
        raise RuleBroken(
            f"{part} {serial} is on record as made on {unit.manufactured_on or 'an unknown day'}. Leave the day empty, "
            "or change it there.",
            field="manufactured_on",
        )
    return unit


def _tracked(unit: SerialisedItem | None) -> dict[str, tuple[str, str]]:
    text = f"Serial number {unit} of this part number is tracked already: one unit is one component."
    return {"component_serialised_item_id_key": ("serial_number", text)}


def _checked(values: ComponentValues) -> dict[str, Any]:
    """The values as they are stored."""
    checked: dict[str, Any] = dict(values)
    for name, limit in (("name", 120), ("certificate", 120)):
        if name in checked:
            checked[name] = texts.line(checked[name], field=name, limit=limit)
    if "notes" in checked:
        checked["notes"] = texts.text(checked["notes"], field="notes")
    if "condition" in checked:
        checked["condition"] = texts.word(Condition, checked["condition"], field="condition").value
    for name in ("certified_on", "manufactured_on"):
        if checked.get(name) is not None and checked[name] > timezone.now().date():
            raise RuleBroken(f"{checked[name]:%d %b %Y} is in the future. Check the year.", field=name)
    return checked
