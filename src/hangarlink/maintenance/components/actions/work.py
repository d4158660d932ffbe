"""Shop work that life is counted from, and what papers say of the time before us."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet.actions.refusing import existing, refusing
from hangarlink.fleet.models import Counter
from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.readings import check_amount, check_moment, check_reason
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.components import events
from hangarlink.maintenance.components.derived import components_changed
from hangarlink.maintenance.components.models import Component, PastRecord, Work, WorkValue
from hangarlink.maintenance.components.placing import hold
from hangarlink.maintenance.components.vocabulary import Condition, WorkKind
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

# What a release after such work says of the unit.
_AFTER = {WorkKind.OVERHAUL: Condition.OVERHAULED, WorkKind.REPAIR: Condition.REPAIRED}


@transaction.atomic
def record_work(
    component: Component, *, kind: str, at: datetime, scope: str = "", certificate: str = "", work_order: str = "",
    values: Mapping[UUID, int] | None = None, acting_user: Actor,
) -> Work:  # fmt: skip
    """Record an overhaul, a repair or other shop work, released at this moment. Event: component.work_recorded.

    values  totals at that moment as its papers state them, by counter; what is left out follows from the clock

    TSN and CSN go on. Time since overhaul counts from here after an overhaul only; a repair does not reset it.
    Source: domain/maintenance.md 1.4. Raises RuleBroken for work before manufacture or in the future.
    """
    require(acting_user, "components.record")
    held = hold([component.id])
    component = held.components[component.id]
    check_moment(at, held.now)
    word = texts.word(WorkKind, kind, field="kind")
    unit = component.serialised_item
    if unit is not None and unit.manufactured_on is not None and at.date() < unit.manufactured_on:
        raise RuleBroken(f"{component} was made on {unit.manufactured_on:%d %b %Y}, after that.", field="at")
    row = Work(
        account=current_account(), component=component, kind=word, at=at,
        scope=texts.line(scope, field="scope", limit=300),
        certificate=texts.line(certificate, field="certificate", limit=120),
        work_order=texts.line(work_order, field="work_order", limit=60), recorded_by=acting_user.id,
        recorded_by_label=acting_user.label[:200],
    )  # fmt: skip
    text = f"This {word.label.lower()} of {component} is on record already for that moment."
    with refusing({"component_work_once": ("at", text)}):
        row.save(force_insert=True)
    stated = _stated(component, values or {})
    WorkValue.objects.bulk_create(
        WorkValue(account=current_account(), work=row, counter=counter, value=value)
        for counter, value in stated.items()
    )
    old, new = _release(component, word, row)
    told = {"kind": word.value, "at": at, "scope": row.scope, "certificate": row.certificate,
            "values": {c.name: v for c, v in stated.items()}}  # fmt: skip
    record(acting_user, component, "work recorded", old=old or None, new={**told, **new})
    announce(events.WorkRecorded(component.id, row.id, word.value, at))
    components_changed([component.id], acting_user=acting_user)
    return row


def _stated(component: Component, values: Mapping[UUID, int]) -> dict[Counter, int]:
    counters = Counter.objects.filter(component_id=component.id).in_bulk(list(values))
    for counter_id, value in values.items():
        if counter_id not in counters:
            raise RuleBroken(f"{component} has no such counter.", field="values")
        check_amount(value, Unit(counters[counter_id].unit), field="values")
    return {counters[counter_id]: value for counter_id, value in values.items()}


def _release(component: Component, word: WorkKind, row: Work) -> tuple[dict[str, object], dict[str, object]]:
    """The latest release says in which condition the unit is and which paper it came with."""
    later = Work.objects.filter(component=component, at__gt=row.at, superseded_at__isnull=True).exists()
    said: dict[str, object] = {}
    if not later and word in _AFTER:
        said["condition"] = _AFTER[word].value
    if not later and row.certificate:
        said |= {"certificate": row.certificate, "certified_on": row.at.date()}
    old, new = changes(component, said)
    for name, value in new.items():
        setattr(component, name, value)
    if new:
        component.save(update_fields=[*new, "updated_at"])
    return old, new


@transaction.atomic
def add_past_record(
    component: Component, *, since: date, until: date, holder: str, rating: str = "",
    begun: Mapping[UUID, int] | None = None, ended: Mapping[UUID, int] | None = None, document: str = "",
    acting_user: Actor,
) -> PastRecord:  # fmt: skip
    """Record what a paper says of a time before or without us. Gaps and overlaps are shown, not refused.

    holder       who had it: operator, registration or shop
    begun, ended  totals on both days by counter, as far as the paper states them
    """
    require(acting_user, "components.record")
    held = hold([component.id])
    component = held.components[component.id]
    if until < since:
        raise RuleBroken("This ends before it begins. Check both days.", field="until")
    if until > held.now.date():
        raise RuleBroken("A record of the past ends today at the latest.", field="until")
    first, last = _stated(component, begun or {}), _stated(component, ended or {})
    for counter, total in first.items():
        if counter in last and last[counter] < total:
            raise RuleBroken(f"{counter.name} ends below where it begins; a total never falls.", field="ended")
    row = PastRecord(
        account=current_account(), component=component, since=since, until=until,
        holder=texts.line(holder, field="holder", limit=200), rating=texts.line(rating, field="rating", limit=20),
        begun={str(c.id): v for c, v in first.items()}, ended={str(c.id): v for c, v in last.items()},
        document=texts.line(document, field="document", limit=200), recorded_by=acting_user.id,
    )  # fmt: skip
    if not row.holder:
        raise RuleBroken("Say who had it: operator, registration or shop.", field="holder")
    row.save(force_insert=True)
    record(acting_user, component, "past recorded", new={"since": since, "until": until, "document": row.document})
    announce(events.ComponentChanged(component.id, ("past",)))
    return row


@transaction.atomic
def withdraw_past_record(row: PastRecord, *, reason: str, acting_user: Actor) -> None:
    """Take back what a paper was taken to say. The row stays, superseded."""
    require(acting_user, "components.record")
    reason = check_reason(reason)
    stood = existing(
        PastRecord.objects.filter(pk=row.pk, superseded_at__isnull=True).select_related("component"), "record"
    )
    PastRecord.objects.filter(pk=stood.pk).update(superseded_at=timezone.now())
    old = {"since": stood.since, "until": stood.until, "document": stood.document}
    record(acting_user, stood.component, "past withdrawn", old=old, new={"reason": reason})
    announce(events.ComponentChanged(stood.component_id, ("past",)))
