"""Report, rectify, close, reopen."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.defects import events, rules
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.rules import Known, MatchedBy, Report, Status
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_id

MANUAL = "manual"


class Verdict(StrEnum):
    """What a report did. COMPLETED: it was of a known defect and filled in what had been empty."""

    CREATED = "created"
    COMPLETED = "completed"
    KNOWN = "known"


@dataclass(frozen=True)
class ReportOutcome:
    """The defect a report led to. `matched_by` is None for a new one."""

    defect: Defect
    verdict: Verdict
    matched_by: MatchedBy | None = None


@atomic
def report_defect(
    aircraft: Aircraft,
    *,
    description: str,
    reported_at: datetime,
    reported_by: str = "",
    due_date: date | None = None,
    ata: str = "",
    external_id: str = "",
    source: str = MANUAL,
    acting_user: Actor,
) -> ReportOutcome:
    """Record what was found, unless it is a defect we have. Events: defect.reported or defect.completed.

    reported_at  aware; the day of it (UTC) takes part in matching
    A report from a partner (any other source than "manual") is matched by rules.find_match. A match changes nothing
    but fields that were empty: what a defect says is a safety record, and only maintenance goes on with it.
    A person's report is never matched: they see the list. Raises RuleBroken, NotPermitted.
    """
    require(acting_user, "defects.report")
    description = rules.checked_description(description)
    rules.check_reported_at(reported_at, timezone.now())
    told = {
        "reported_by": reported_by.strip(),
        "due_date": due_date,
        "ata": rules.checked_ata(ata.strip()),
        "external_id": external_id.strip(),
    }
    _check_lengths(told)
    report = Report(source, external_id.strip(), rules.description_key(description), reported_at.astimezone(UTC).date())
    if source != MANUAL:
        _one_at_a_time(aircraft)
        match = rules.find_match(report, _known(aircraft, report))
        if match is not None:
            return _complete(match[0].id, match[1], told, source, acting_user)
    defect = Defect.objects.create(
        account=current_account(),
        number=_next_number(),
        aircraft=aircraft,
        description=description,
        description_key=report.key,
        reported_at=reported_at,
        source=source,
        status=Status.OPEN,
        recorded_by=acting_user.id,
        **told,
    )
    shown = {name: value for name, value in told.items() if value}
    record(acting_user, defect, "reported", new={"description": description, "reported_at": reported_at, **shown})
    announce(events.DefectReported(defect.id, aircraft.id))
    return ReportOutcome(defect, Verdict.CREATED)


@atomic
def rectify_defect(defect: Defect, *, rectification: str, at: datetime | None = None, acting_user: Actor) -> Defect:
    """Say how it was put right. Events: defect.rectified."""
    require(acting_user, "defects.manage")
    if not rectification.strip():
        raise RuleBroken("Say what was done to put it right.", field="rectification")
    moment = at or timezone.now()
    if moment > timezone.now() + rules.CLOCK_SKEW:
        raise RuleBroken("A repair cannot lie in the future. Give the moment it was done.", field="at")
    new = {"rectification": rectification.strip(), "rectified_at": moment}
    return _step(defect, "rectify", new, events.DefectRectified, acting_user)


@atomic
def close_defect(defect: Defect, *, acting_user: Actor) -> Defect:
    """Complete the record of a rectified defect. Events: defect.closed."""
    require(acting_user, "defects.manage")
    return _step(defect, "close", {"closed_at": timezone.now()}, events.DefectClosed, acting_user)


@atomic
def reopen_defect(defect: Defect, *, reason: str, acting_user: Actor) -> Defect:
    """The repair did not hold. Reason and earlier rectification stay in the audit trail. Events: defect.reopened."""
    require(acting_user, "defects.manage")
    if not reason.strip():
        raise RuleBroken("Say why the defect is open again.", field="reason")
    new = {"rectification": "", "rectified_at": None}
    return _step(defect, "reopen", new, events.DefectReopened, acting_user, reason=reason.strip())


def _step(defect: Defect, action: str, new: dict[str, Any], fact: Any, acting_user: Actor, **noted: str) -> Defect:
    held = Defect.objects.select_for_update().get(pk=defect.pk)
    old, new = changes(held, {**new, "status": rules.step(Status(held.status), action)})
    for name, value in new.items():
        setattr(held, name, value)
    held.save(update_fields=list(new))
    record(acting_user, held, action, old=old, new={**new, **noted})
    announce(fact(held.id, held.aircraft_id))
    return held


def _one_at_a_time(aircraft: Aircraft) -> None:
    """Two identical reports that race: the second waits here and then finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"defects:{aircraft.id}"])


def _known(aircraft: Aircraft, report: Report) -> list[Known]:
    """Defects of the aircraft that share the external id or the description."""
    alike = Q(description_key=report.key)
    if report.external_id:
        alike |= Q(external_id=report.external_id)
    rows = Defect.objects.filter(alike, aircraft=aircraft).only(
        "source", "external_id", "description_key", "reported_at", "status"
    )
    return [
        Known(
            row.source,
            row.external_id,
            row.description_key,
            row.reported_at.astimezone(UTC).date(),
            row.id,
            Status(row.status),
        )
        for row in rows
    ]


def _complete(defect_id: UUID, by: MatchedBy, told: dict[str, Any], source: str, acting_user: Actor) -> ReportOutcome:
    """Fill in what was empty, while the defect is not rectified."""
    defect = Defect.objects.select_for_update().get(pk=defect_id)
    missing = {name: value for name, value in told.items() if value and not getattr(defect, name)}
    if defect.source != source:
        missing.pop("external_id", None)
    if not missing or Status(defect.status) not in rules.UNRECTIFIED:
        return ReportOutcome(defect, Verdict.KNOWN, by)
    old, new = changes(defect, missing)
    for name, value in new.items():
        setattr(defect, name, value)
    defect.save(update_fields=list(new))
    record(acting_user, defect, "completed", old=old, new=new)
    announce(events.DefectCompleted(defect.id, defect.aircraft_id))
    return ReportOutcome(defect, Verdict.COMPLETED, by)


def _next_number() -> int:
    """One up, without gaps that a refused report would leave; later reports of the account wait for the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO defect_last_number AS last (id, account_id, number) VALUES (%s, %s, 1) "
            "ON CONFLICT (account_id) DO UPDATE SET number = last.number + 1 RETURNING number",
            [new_id(), current_account().id],
        )
        return int(cursor.fetchone()[0])


def _check_lengths(told: dict[str, Any]) -> None:
    for name, limit in (("reported_by", 200), ("external_id", 120)):
        if len(told[name]) > limit:
            raise RuleBroken(f"{name} has {len(told[name])} characters; at most {limit} fit.", field=name)
