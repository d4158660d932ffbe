"""Moves that were recorded wrongly: at another moment, or not at all. The old rows stay, superseded."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from hangarlink.fleet.actions.refusing import existing
from hangarlink.fleet.rules.readings import check_moment, check_reason
from hangarlink.maintenance.components import events
from hangarlink.maintenance.components.derived import components_changed
from hangarlink.maintenance.components.models import ClockLink, Component, Placement
from hangarlink.maintenance.components.placing import Target, hold, possible
from hangarlink.maintenance.components.structure import ever_carried
from hangarlink.maintenance.components.vocabulary import Place
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_KEPT = (
    "component_id", "place", "aircraft_id", "parent_id", "position", "ata", "location", "work_order", "reason",
    "noted", "since", "until", "told_until_at",
)  # fmt: skip


@transaction.atomic
def correct_move(placement: Placement, *, at: datetime, reason: str, acting_user: Actor) -> Placement:
    """Say that the component came to this place at another moment. Event: component.placement_corrected.

    The place before ends then, too. Raises RuleBroken for a moment that is not between the moves before and after, and
    for one at which something else was at that position. Totals of everything it carries follow.
    """
    require(acting_user, "components.install")
    reason = check_reason(reason)
    component, before, stood, now = _around(placement)
    check_moment(at, now)
    if at == stood.since:
        return stood
    if before is not None and at <= before.since:
        raise RuleBroken(f"It came to the place before that on {before.since:%d %b %Y %H:%M}Z only.", field="at")
    if stood.until is not None and at >= stood.until:
        raise RuleBroken(f"It left this place on {stood.until:%d %b %Y %H:%M}Z already.", field="at")
    earliest, old = min(at, stood.since), stood.since
    with possible(component, _target(stood)):
        rows = [row for row in (before, stood) if row is not None]
        _supersede(rows, now)
        made = _copy(stood, acting_user, since=at)
        if before is not None:
            _copy(before, acting_user, until=at, told_until_at=now)
    record(acting_user, component, "move corrected", old={"at": old}, new={"at": at, "reason": reason})
    return _tell(component, made, earliest, acting_user)


@transaction.atomic
def undo_move(placement: Placement, *, reason: str, acting_user: Actor) -> Placement:
    """Take back the last move of a component: it is still where it was before. Returns the placement that goes on."""
    require(acting_user, "components.install")
    reason = check_reason(reason)
    component, before, stood, now = _around(placement)
    if stood.until is not None:
        raise RuleBroken("It was moved again since. Take back the later moves first.")
    if before is None:
        raise RuleBroken("This is where its record begins; there is nothing before it to go back to.")
    with possible(component, _target(before)):
        _supersede([before, stood], now)
        made = _copy(before, acting_user, until=None, told_until_at=None)
    record(acting_user, component, "move taken back", old={"place": str(stood.place), "at": stood.since},
           new={"reason": reason})  # fmt: skip
    return _tell(component, made, stood.since, acting_user)


def _around(placement: Placement) -> tuple[Component, Placement | None, Placement, datetime]:
    """The component, held; the placement before this one; this one as it stands now."""
    there = [one for one in (placement.aircraft_id,) if one is not None]
    held = hold([placement.component_id], there)
    rows = held.known.placements.get(placement.component_id, [])
    place = next((number for number, row in enumerate(rows) if row.id == placement.id), None)
    if place is None:
        raise Missing("This move was corrected or taken back already. Open the component again and look.")
    return held.components[placement.component_id], rows[place - 1] if place else None, rows[place], held.now


def _target(row: Placement) -> Target:
    return Target(Place(row.place), row.aircraft or row.parent, row.position)


def _supersede(rows: Iterable[Placement], now: datetime) -> None:
    Placement.objects.filter(pk__in=[row.pk for row in rows]).update(superseded_at=now)


def _copy(row: Placement, acting_user: Actor, **other: object) -> Placement:
    """The same placement at another time, with what drove the clocks there."""
    values = {name: getattr(row, name) for name in _KEPT} | other
    made = Placement(
        account=current_account(), recorded_by=acting_user.id, recorded_by_label=acting_user.label[:200], **values
    )
    made.save(force_insert=True)
    ClockLink.objects.bulk_create(
        ClockLink(
            account=current_account(), placement=made, counter_id=link.counter_id, driver_id=link.driver_id,
            numerator=link.numerator, denominator=link.denominator,
        )
        for link in ClockLink.objects.filter(placement_id=row.pk)
    )  # fmt: skip
    return made


def _tell(component: Component, made: Placement, since: datetime, acting_user: Actor) -> Placement:
    announce(events.PlacementCorrected(component.id, since))
    components_changed(ever_carried([component.id]), acting_user=acting_user)
    return existing(Placement.objects.filter(pk=made.pk), "placement")
