"""Moments limits count from: manufacture, overhaul, installation and the like."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.announcing import announcing_changes
from hangarlink.maintenance.programme.days import start_of, today
from hangarlink.maintenance.programme.models import Baseline, DueItem, Requirement
from hangarlink.maintenance.programme.readings import complete
from hangarlink.maintenance.programme.recompute import recompute
from hangarlink.maintenance.programme.rules.checks import EARLIEST
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.texts import line
from hangarlink.maintenance.programme.versions import BaselineDraft, write_baselines
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def set_baseline(
    aircraft: Aircraft,
    start: Start,
    *,
    on: date,
    acting_user: Actor,
    at: datetime | None = None,
    values: Mapping[UUID, int] | None = None,
    requirement: Requirement | None = None,
    source: str = "",
) -> Baseline:
    """Say when something happened to an aircraft, and what its counters showed. Replaces what was said before.

    at           the moment whose totals count; by default the start of the day, because the lower total is the safer
    values       totals then, by counter id, as certificates or logbooks say; others follow from usage where it can tell
    requirement  holds for this requirement only, such as the effective date of one directive
    source       where it is written

    Events: baseline.set, due.state_changed.
    """
    require(acting_user, "programme.record")
    if not start.is_baseline:
        raise RuleBroken(f"{start.value} is not a moment that is said once for an aircraft.", field="start")
    if not EARLIEST.date() <= on <= today():
        raise RuleBroken(f"{on} is in the future or before the first powered flight.", field="on")
    if not lock_aircraft([aircraft.pk]):
        raise Missing("There is no such aircraft in this account.")
    row = Baseline(
        account=current_account(), aircraft=aircraft, requirement=requirement, start=start.value, on=on,
        at=at or start_of(on), source=line("source", source, 200), recorded_by=acting_user.id,
    )  # fmt: skip
    readings = complete(aircraft, values or {}, row.at)
    stands = Baseline.objects.filter(
        aircraft=aircraft, requirement=requirement, start=start.value, superseded_at__isnull=True
    )
    items = _items(aircraft, requirement)
    with announcing_changes(items):
        write_baselines([BaselineDraft(row, readings)], replaces=list(stands.values_list("id", flat=True)))
        recompute(items, reason=f"Baseline {start.value} set.", acting_user=acting_user)
    shown = {str(counter): reading.value for counter, reading in readings.items()}
    record(acting_user, row, "set", new={"start": start.value, "on": on, "values": shown, "source": row.source})
    announce(events.BaselineSet(row.id, aircraft.pk, requirement.pk if requirement else None, start.value, on))
    return row


def _items(aircraft: Aircraft, requirement: Requirement | None) -> list[UUID]:
    found = DueItem.objects.filter(aircraft=aircraft, component__isnull=True, closed_at__isnull=True)
    if requirement is not None:
        found = found.filter(requirement=requirement)
    return list(found.values_list("id", flat=True))
