"""Installing: what stands against it, what drives the clocks there, and the rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rules import texts
from hangarlink.maintenance.components import events
from hangarlink.maintenance.components.checks import ask_others
from hangarlink.maintenance.components.derived import components_changed
from hangarlink.maintenance.components.lives import PartLife, lives
from hangarlink.maintenance.components.models import Component, Placement, Position
from hangarlink.maintenance.components.placing import Held, Target, hold, place, possible, told
from hangarlink.maintenance.components.rules.fitting import Finding, Fitting, LifeLeft, Weight, own_findings
from hangarlink.maintenance.components.structure import carried
from hangarlink.maintenance.components.vocabulary import Condition, Place
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor


def begin_installed(
    component: Component, on: Aircraft | Component, *, position: str, ata: str = "", at: datetime, acting_user: Actor
) -> Placement:
    """The first placement of a component that was found installed when its aircraft was taken over."""
    carrier = [on.id] if isinstance(on, Component) else []
    held = hold([component.id, *carrier], [on.id] if isinstance(on, Aircraft) else [])
    target = aim(on, position=position, ata=ata)
    return put(component, target, held=held, at=at, as_found=True, acting_user=acting_user, ends=None)


def aim(
    on: Aircraft | Component, *, position: str, ata: str = "", work_order: str = "", reason: str = "",
    drivers: Mapping[UUID, UUID | None] | None = None,
) -> Target:  # fmt: skip
    """A target to install at, its texts checked."""
    named = texts.line(position, field="position", limit=60)
    if not named:
        raise RuleBroken("Say at which position it is installed, such as Engine 1.", field="position")
    return Target(
        Place.AIRCRAFT if isinstance(on, Aircraft) else Place.COMPONENT, on, named,
        texts.line(ata, field="ata", limit=8), "", texts.line(work_order, field="work_order", limit=60),
        texts.line(reason, field="reason", limit=300), dict(drivers or {}),
    )  # fmt: skip


def put(
    component: Component, target: Target, *, held: Held, at: datetime, as_found: bool, acting_user: Actor,
    ends: Placement | None,
) -> Placement:  # fmt: skip
    """Check, write, record, announce. The components are held."""
    declared = _declared(target)
    target = _with_position(target, declared)
    findings = stands_against(component, target, at=at, held=held, declared=declared)
    refused = [one for one in findings if one.weight is Weight.REFUSED]
    if refused and not as_found:
        raise RuleBroken(" ".join(one.message for one in refused), field="component")
    noted = [{"code": one.code, "message": one.message, "source": one.source} for one in findings]
    target = Target(**{**vars(target), "noted": noted})
    with possible(component, target):
        row = place(component, target, at=at, acting_user=acting_user, now=held.now, ends=ends)
    record(
        acting_user, component, "found installed" if as_found else "installed", new=told(row) | {"on": str(target.on)}
    )
    announce(events.ComponentInstalled(component.id, row.id, row.aircraft_id, row.parent_id, at))
    components_changed(carried([component.id]), acting_user=acting_user)
    return row


def stands_against(
    component: Component, target: Target, *, at: datetime, held: Held, declared: Position | None = None
) -> list[Finding]:
    """Everything that this room and the others say against it, refusals first. A fixed number of statements.

    What sits on the component goes along: its lives count, and others are asked about it too.
    """
    along = carried([component.id])
    lived = lives(along, at=held.now)
    names = dict(Component.objects.filter(id__in=along).values_list("id", "name"))
    unit = component.serialised_item
    asked = [
        Fitting(
            component.id, component.name, component.component_type.name, Condition(component.condition),
            component.certificate, unit.manufactured_on if unit else None, at, target.position,
            declared.accepts.name if declared is not None and declared.accepts is not None else "",
            _lives_left(component.id, lived),
        )
    ]  # fmt: skip
    inner = [
        Fitting(
            one, names[one], "", Condition.SERVICEABLE, "with its assembly", None, at, "", "", _lives_left(one, lived)
        )
        for one in sorted(along - {component.id})
    ]
    aircraft_id = target.on.id if isinstance(target.on, Aircraft) else _aircraft_of(target, held)
    found = [*own_findings([*asked, *inner]), *ask_others(along, aircraft_id=aircraft_id, at=at)]
    return sorted(found, key=lambda one: one.weight is not Weight.REFUSED)


def _lives_left(component_id: UUID, lived: Mapping[UUID, Sequence[PartLife]]) -> tuple[LifeLeft, ...]:
    from_lives = lived.get(component_id, ())
    return tuple(
        LifeLeft(part.kind.replace("_", " "), part.life.used is not None, part.life.is_used_up) for part in from_lives
    )


def _aircraft_of(target: Target, held: Held) -> UUID | None:
    return held.known.aircraft_of(target.parent.id) if target.parent is not None else None


def _declared(target: Target) -> Position | None:
    """The position as the model or the type declares it, whatever its spelling."""
    rows = Position.objects.select_related("accepts").filter(name__iexact=target.position)
    if target.aircraft is not None:
        return rows.filter(aircraft_model_id=target.aircraft.aircraft_model_id).first()
    if target.parent is None:
        raise Missing("Say what it is installed on.", field="on")
    return rows.filter(component_type_id=target.parent.component_type_id).first()


def _with_position(target: Target, declared: Position | None) -> Target:
    """Spelled as declared, with the ATA reference declared there unless one was given."""
    if declared is None:
        return target
    return Target(**{**vars(target), "position": declared.name, "ata": target.ata or declared.ata})
