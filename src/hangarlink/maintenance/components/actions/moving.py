"""Install, remove, move, exchange."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rules import texts
from hangarlink.maintenance.components import events
from hangarlink.maintenance.components.actions.installing import aim, put
from hangarlink.maintenance.components.derived import components_changed
from hangarlink.maintenance.components.models import Component, Placement
from hangarlink.maintenance.components.placing import (
    Held,
    Target,
    check_at,
    drivers_taken_over,
    hold,
    place,
    possible,
    told,
)
from hangarlink.maintenance.components.structure import carried
from hangarlink.maintenance.components.vocabulary import Condition, Place
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require


@transaction.atomic
def install(
    component: Component, *, on: Aircraft | Component, position: str, at: datetime, ata: str = "", work_order: str = "",
    reason: str = "", drivers: Mapping[UUID, UUID | None] | None = None, as_found: bool = False, acting_user: Actor,
) -> Placement:  # fmt: skip
    """Install a component on an aircraft or on another component. Event: component.installed.

    drivers   which counter there drives which of its own, where the kinds do not say it; None: it stands still there
    as_found  it was found there when records were taken over: what the check finds is noted, not refused

    Raises RuleBroken for what the installation check refuses, a taken position, a circle, a time before manufacture
    or before its last move, and for a counter that nothing would drive.
    """
    require(acting_user, "components.install")
    held = _hold_for(component, on)
    component, here = held.components[component.id], held.here(component)
    if Place(here.place).is_installed:
        raise RuleBroken(f"{component} is installed already. Remove it there first, or exchange it.", field="component")
    if here.place == Place.SCRAPPED:
        raise RuleBroken(f"{component} is scrapped. It cannot be installed again.", field="component")
    check_at(at, here, held.now)
    target = aim(_fresh(on, held), position=position, ata=ata, work_order=work_order, reason=reason, drivers=drivers)
    return put(component, target, held=held, at=at, as_found=as_found, acting_user=acting_user, ends=here)


@transaction.atomic
def remove(
    component: Component, *, at: datetime, to: str = Place.STOCK, location: str = "", work_order: str = "",
    reason: str = "", condition: str = Condition.AS_REMOVED, cascade: bool = False, acting_user: Actor,
) -> Placement:  # fmt: skip
    """Remove a component from where it is installed. Event: component.removed, for each that comes off.

    to       where it goes: stock, workshop, sent_on or scrapped
    cascade  what sits on it comes off too and goes to the same place; otherwise it stays on it
    """
    require(acting_user, "components.install")
    target = _away(to, location, work_order, reason)
    inside = carried([component.id]) if cascade else {component.id}
    held = hold(inside)
    here = held.here(component)
    if not Place(here.place).is_installed:
        raise RuleBroken(f"{component} is not installed. It is {Place(here.place).label.lower()}.", field="component")
    rows = [_take_off(held.components[one], target, held, at, condition, acting_user) for one in sorted(inside)]
    components_changed(carried(inside), acting_user=acting_user)
    return next(row for row in rows if row.component_id == component.id)


@transaction.atomic
def move(
    component: Component, *, at: datetime, to: str, location: str = "", work_order: str = "", reason: str = "",
    acting_user: Actor,
) -> Placement:  # fmt: skip
    """Bring a component that is not installed to another place. Event: component.moved.

    What was sent on and comes back ran where nobody told us: its totals are unknown until its papers say them.
    """
    require(acting_user, "components.install")
    target = _away(to, location, work_order, reason)
    held = hold([component.id])
    component, here = held.components[component.id], held.here(component)
    if Place(here.place).is_installed:
        raise RuleBroken(f"{component} is installed. Remove it there.", field="component")
    if here.place == Place.SCRAPPED:
        raise RuleBroken(f"{component} is scrapped; nothing brings it back.", field="component")
    check_at(at, here, held.now)
    with possible(component, target):
        row = place(component, target, at=at, acting_user=acting_user, now=held.now, ends=here)
    record(acting_user, component, "moved", new=told(row))
    announce(events.ComponentMoved(component.id, row.id, row.place, at))
    components_changed(carried([component.id]), acting_user=acting_user)
    return row


@transaction.atomic
def exchange(
    off: Component, to_fit: Component, *, at: datetime, to: str = Place.STOCK, location: str = "", work_order: str = "",
    reason: str = "", condition: str = Condition.AS_REMOVED, drivers: Mapping[UUID, UUID | None] | None = None,
    acting_user: Actor,
) -> Placement:  # fmt: skip
    """Take one component off and install another at its position, at the same moment and in one act.

    drivers  as for `install`; what is left out is driven by what drove the same kind of counter of the one coming off

    Events: component.removed, component.installed. Raises what `remove` and `install` raise; then nothing is done.
    """
    require(acting_user, "components.install")
    if off.pk == to_fit.pk:
        raise RuleBroken("A component cannot be exchanged for itself.", field="component")
    away = _away(to, location, work_order, reason)
    before = Placement.objects.filter(component=off, until__isnull=True, superseded_at__isnull=True).first()
    carrier = [before.parent_id] if before is not None and before.parent_id is not None else []
    held = hold([off.id, to_fit.id, *carrier])
    here, there = held.here(off), held.here(to_fit)
    if not Place(here.place).is_installed:
        raise RuleBroken(f"{off} is not installed, so there is nothing to exchange.", field="component")
    if Place(there.place).is_installed or there.place == Place.SCRAPPED:
        raise RuleBroken(f"{to_fit} is {Place(there.place).label.lower()}. Choose one that can be installed.",
                         field="component")  # fmt: skip
    check_at(at, there, held.now)
    on = here.aircraft if here.aircraft_id is not None else held.components.get(here.parent_id or off.id)
    if on is None:
        raise RuleBroken(f"{off} was moved just now. Look where it is and try again.", field="component")
    _take_off(held.components[off.id], away, held, at, condition, acting_user)
    driven = drivers_taken_over(here, to_fit) | dict(drivers or {})
    target = aim(on, position=here.position, ata=here.ata, work_order=work_order, reason=reason, drivers=driven)
    row = put(held.components[to_fit.id], target, held=held, at=at, as_found=False, acting_user=acting_user, ends=there)
    components_changed(carried([off.id]), acting_user=acting_user)
    return row


def _hold_for(component: Component, on: Aircraft | Component) -> Held:
    if isinstance(on, Aircraft):
        return hold([component.id], [on.id])
    if on.pk == component.pk:
        raise RuleBroken(f"{component} cannot be installed on itself.", field="on")
    return hold([component.id, on.id])


def _fresh(on: Aircraft | Component, held: Held) -> Aircraft | Component:
    return on if isinstance(on, Aircraft) else held.components[on.id]


def _away(to: str, location: str, work_order: str, reason: str) -> Target:
    place_to = texts.word(Place, to, field="to")
    if place_to.is_installed:
        raise RuleBroken("Installing is an act of its own: say where, and at which position.", field="to")
    return Target(
        place_to, location=texts.line(location, field="location", limit=120),
        work_order=texts.line(work_order, field="work_order", limit=60),
        reason=texts.line(reason, field="reason", limit=300),
    )  # fmt: skip


def _take_off(
    component: Component, target: Target, held: Held, at: datetime, condition: str, acting_user: Actor
) -> Placement:
    here = held.here(component)
    check_at(at, here, held.now)
    with possible(component, target):
        row = place(component, target, at=at, acting_user=acting_user, now=held.now, ends=here)
    old, new = changes(component, {"condition": texts.word(Condition, condition, field="condition").value})
    if new:
        component.condition = new["condition"]
        component.save(update_fields=["condition", "updated_at"])
    off = {"aircraft_id": here.aircraft_id, "parent_id": here.parent_id, "position": here.position}
    record(acting_user, component, "removed", old={**{k: v for k, v in off.items() if v}, **old}, new=told(row) | new)
    announce(events.ComponentRemoved(component.id, row.id, here.aircraft_id, here.parent_id, row.place, at))
    return row
