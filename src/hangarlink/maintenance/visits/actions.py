"""Plan, change, cancel."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.transaction import atomic

from hangarlink.fleet.actions import follow_parking
from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rows import locked, write
from hangarlink.maintenance.visits import events, rules
from hangarlink.maintenance.visits.models import Visit
from hangarlink.maintenance.visits.queries import overlapping
from hangarlink.maintenance.visits.rules import Status
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@atomic
def plan_visit(aircraft: Aircraft, *, starts_at: datetime, ends_at: datetime, reason: str, acting_user: Actor) -> Visit:
    """Plan a stay in the workshop. Event: visit.planned. Raises RuleBroken naming the field, NotPermitted."""
    require(acting_user, "visits.manage")
    rules.check_times(starts_at, ends_at)
    reason = rules.checked_reason(reason)
    _one_at_a_time(aircraft)
    _refuse_overlap(aircraft, starts_at, ends_at)
    visit = Visit.objects.create(
        account=current_account(),
        aircraft=aircraft,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        status=Status.PLANNED,
    )
    record(acting_user, visit, "planned", new={"starts_at": starts_at, "ends_at": ends_at, "reason": reason})
    _park(visit, acting_user)
    announce(events.VisitPlanned(visit.id, aircraft.id))
    return visit


@atomic
def change_visit(visit: Visit, *, starts_at: datetime, ends_at: datetime, reason: str, acting_user: Actor) -> Visit:
    """Move a planned visit, or say something else of it. Event: visit.changed, unless nothing differs."""
    require(acting_user, "visits.manage")
    rules.check_times(starts_at, ends_at)
    reason = rules.checked_reason(reason)
    _one_at_a_time(visit.aircraft)
    held = locked(visit, "visit")
    rules.check_open(held.status)
    _refuse_overlap(visit.aircraft, starts_at, ends_at, but=held)
    told = {"starts_at": starts_at, "ends_at": ends_at, "reason": reason}
    if changed := write(held, told, "changed", acting_user):
        _park(held, acting_user)
        announce(events.VisitChanged(held.id, held.aircraft_id, changed))
    return held


@atomic
def cancel_visit(visit: Visit, *, acting_user: Actor) -> Visit:
    """Call it off. Event: visit.cancelled. Raises RuleBroken when it was cancelled before."""
    require(acting_user, "visits.manage")
    held = locked(visit, "visit")
    rules.check_open(held.status)
    write(held, {"status": Status.CANCELLED}, "cancelled", acting_user)
    _park(held, acting_user)
    announce(events.VisitCancelled(held.id, held.aircraft_id))
    return held


def _park(visit: Visit, acting_user: Actor) -> None:
    """On the days that it is in the workshop from midnight to midnight, the aircraft stands in every forecast."""
    zone = ZoneInfo(current_account().time_zone)
    days = rules.whole_days(visit.starts_at.astimezone(zone), visit.ends_at.astimezone(zone))
    span = days if visit.status == Status.PLANNED else None
    follow_parking("visits", str(visit.id), visit.aircraft_id, span, acting_user=acting_user)


def _one_at_a_time(aircraft: Aircraft) -> None:
    """Two planners at once see each other's visit."""
    Aircraft.objects.select_for_update(no_key=True).filter(pk=aircraft.pk).values_list("pk").first()


def _refuse_overlap(aircraft: Aircraft, starts_at: datetime, ends_at: datetime, *, but: Visit | None = None) -> None:
    other = overlapping(aircraft, starts_at, ends_at, but=but)
    if other is not None:
        raise RuleBroken(
            f"{aircraft} is in the workshop then already: {other.reason}, {other.starts_at:%d %b %H:%M}Z to "
            f"{other.ends_at:%d %b %H:%M}Z. Change that visit, or choose another time.",
            field="starts_at",
        )
