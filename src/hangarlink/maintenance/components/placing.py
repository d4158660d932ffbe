"""Writing placements: locks, the rows, the links, and telling who has to know. For the actions of this room."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from hangarlink.fleet.actions.refusing import refusing
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.rules.readings import check_moment
from hangarlink.maintenance.components.facts import Known, read_facts
from hangarlink.maintenance.components.models import Clock, ClockLink, Component, Placement
from hangarlink.maintenance.components.rules.driving import Wheel, drivers
from hangarlink.maintenance.components.vocabulary import Place, Source
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

_AT_ONCE = "SET CONSTRAINTS placement_without_gap IMMEDIATE; SET CONSTRAINTS placement_without_gap DEFERRED"


@dataclass(frozen=True)
class Target:
    """Where a component goes.

    on        what it is installed on; None for a place where nothing runs
    drivers   chosen driving counters, by the component's counter; None stands still there
    """

    place: Place
    on: Aircraft | Component | None = None
    position: str = ""
    ata: str = ""
    location: str = ""
    work_order: str = ""
    reason: str = ""
    drivers: Mapping[UUID, UUID | None] = field(default_factory=dict)
    noted: Sequence[Mapping[str, str]] = ()

    @property
    def aircraft(self) -> Aircraft | None:
        return self.on if isinstance(self.on, Aircraft) else None

    @property
    def parent(self) -> Component | None:
        return self.on if isinstance(self.on, Component) else None


@dataclass(frozen=True)
class Held:
    """Components locked until the transaction ends, with what is known of them."""

    components: Mapping[UUID, Component]
    known: Known
    now: datetime

    def here(self, component: Component) -> Placement:
        """Where it is now."""
        found = self.known.now_at(component.id)
        if found is None:
            raise Missing(f"Nobody knows where {component} is.")
        return found


def hold(component_ids: Collection[UUID], aircraft_ids: Collection[UUID] = ()) -> Held:
    """Lock aircraft, then components, each in the order of their ids: usage and placements stand still meanwhile.

    The aircraft that the components are on now are locked with those that are named. Raises Missing.
    """
    before = read_facts(component_ids)
    touched = {one for c in component_ids if (one := before.aircraft_of(c)) is not None} | set(aircraft_ids)
    if len(lock_aircraft(touched)) < len(touched):
        raise Missing("There is no such aircraft in this account.")
    rows = Component.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=list(component_ids))
    components = {row.id: row for row in rows.select_related("component_type", "serialised_item__item").order_by("id")}
    if len(components) < len(set(component_ids)):
        raise Missing("There is no such component in this account.")
    known = read_facts(component_ids)
    if any(known.aircraft_of(c) not in {None, *touched} for c in component_ids):
        raise RuleBroken("Somebody moved this component just now. Look where it is and try again.")
    return Held(components, known, timezone.now())


def place(
    component: Component, target: Target, *, at: datetime, acting_user: Actor, now: datetime, ends: Placement | None
) -> Placement:
    """End where it was and begin where it goes. Call inside `possible`."""
    if ends is not None:
        Placement.objects.filter(pk=ends.pk).update(until=at, told_until_at=now)
    row = Placement(
        account=current_account(), component=component, place=target.place, aircraft=target.aircraft,
        parent=target.parent, position=target.position, ata=target.ata, location=target.location,
        work_order=target.work_order, reason=target.reason, noted=list(target.noted), since=at,
        recorded_by=acting_user.id, recorded_by_label=acting_user.label[:200],
    )  # fmt: skip
    row.save(force_insert=True)
    if target.on is not None:
        ClockLink.objects.bulk_create(links(component, row, target.on, target.drivers))
    return row


def links(
    component: Component, row: Placement, on: Aircraft | Component, chosen: Mapping[UUID, UUID | None],
    *, clocks: Collection[Clock] | None = None,
) -> list[ClockLink]:  # fmt: skip
    """What drives its counters there, unsaved. Raises RuleBroken for a counter that nothing would drive.

    clocks  only these; by default all of the component's that have no meter of their own
    """
    given = Clock.objects.filter(component=component).select_related("counter") if clocks is None else clocks
    driven = [clock for clock in given if clock.source == Source.PARENT]
    wheels = [Wheel(c.counter_id, c.counter.name, c.counter.kind, c.driver_kind) for c in driven]
    found = drivers(wheels, offered(on), chosen, on=str(on))
    return [
        ClockLink(
            account=current_account(), placement=row, counter_id=clock.counter_id,
            driver_id=found[clock.counter_id], numerator=clock.numerator, denominator=clock.denominator,
        )
        for clock in driven
    ]  # fmt: skip


def drivers_taken_over(here: Placement, component: Component) -> dict[UUID, UUID | None]:
    """For a component that takes the place of another: what drove the other's counter of the same kind there."""
    drove = {
        link.counter.kind: link.driver_id for link in ClockLink.objects.filter(placement=here).select_related("counter")
    }
    driven = Clock.objects.filter(component=component, source=Source.PARENT).select_related("counter")
    return {clock.counter_id: drove[clock.counter.kind] for clock in driven if clock.counter.kind in drove}


def offered(on: Aircraft | Component) -> list[Wheel]:
    """The counters that may drive what is installed on it. A derived one may not: it is worked out above this room."""
    rows = (
        Counter.objects.filter(aircraft=on) if isinstance(on, Aircraft) else Counter.objects.filter(component_id=on.id)
    )
    rows = rows.filter(formula__isnull=True).order_by("position", "name")
    return [Wheel(row.id, row.name, row.kind) for row in rows]


@contextmanager
def possible(component: Component, target: Target) -> Iterator[None]:
    """Within it, what the database refuses of placements becomes a sentence."""
    where = f"{target.position} of {target.on}"
    refusals: dict[str, tuple[str, str]] = {
        "placement_one_place": (
            "at", f"{component} was somewhere else at that moment already. Look at its history and choose another one."
        ),
        "placement_one_per_position": (
            "position", f"Another component is at {where} at that time. Remove or exchange it first."
        ),
        "placement_without_circle": (
            "on", f"{target.on} is installed on {component}, directly or through others: neither can carry the other."
        ),
        "placement_not_on_itself": ("on", f"{component} cannot be installed on itself."),
        "placement_after_manufacture": ("at", f"{component} was not made yet at that time. Check both dates."),
        "placement_without_gap": ("at", f"This would leave {component} nowhere for a time."),
        "placement_begins_once": ("at", f"{component} was moved at that very moment already. Choose a later one."),
        "placement_ends_after_start": ("at", f"{component} came to where it is later than that. Choose a later one."),
    }  # fmt: skip
    with refusing(refusals):
        yield
        with connection.cursor() as cursor:
            cursor.execute(_AT_ONCE)


def check_at(at: datetime, here: Placement, now: datetime) -> None:
    """A move is recorded after it happened, and after the one before."""
    check_moment(at, now)
    if at <= here.since:
        raise RuleBroken(
            f"It has been there since {here.since:%d %b %Y %H:%M}Z only. Give a later moment, or correct "
            "that one first.",
            field="at",
        )


def told(placement: Placement) -> dict[str, Any]:
    """A placement for the audit trail."""
    values = {
        "place": str(placement.place), "aircraft_id": placement.aircraft_id, "parent_id": placement.parent_id,
        "position": placement.position, "location": placement.location, "work_order": placement.work_order,
        "reason": placement.reason, "at": placement.since, "noted": placement.noted,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}
