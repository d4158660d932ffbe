"""Revisions on their way: drafted, submitted, approved, activated; returned or discarded."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from hangarlink.maintenance.amp import events
from hangarlink.maintenance.amp.actions.programmes import locked_programme
from hangarlink.maintenance.amp.activation import put_in_force
from hangarlink.maintenance.amp.contents import active_revision, before, difference_to
from hangarlink.maintenance.amp.minimum import weaker_tasks
from hangarlink.maintenance.amp.models import OPEN_STAGES, Programme, Revision, Task
from hangarlink.maintenance.amp.report import as_json, report_of
from hangarlink.maintenance.amp.rules.difference import Fate
from hangarlink.maintenance.amp.rules.life import Stage, Step, transition
from hangarlink.maintenance.programme.texts import line, reason_given
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def draft_revision(programme: Programme, *, acting_user: Actor, summary: str = "") -> Revision:
    """Begin the next revision with the tasks of the active one. Event: programme.revision_moved.

    Raises RuleBroken while another revision is on its way.
    """
    require(acting_user, "amp.edit")
    programme = locked_programme(programme)
    underway = programme.revisions.filter(stage__in=OPEN_STAGES).first()
    if underway:
        raise RuleBroken(
            f"{programme} {underway} is {underway.get_stage_display().replace('_', ' ')}. Finish or discard it before "
            "the next one is drafted."
        )
    last = programme.revisions.order_by("-number").first()
    row = Revision.objects.create(
        account=current_account(), programme=programme, number=last.number + 1 if last else 1,
        summary=line("summary", summary, 300), created_by_label=acting_user.label[:200],
    )  # fmt: skip
    stands = active_revision(programme)
    if stands:
        Task.objects.bulk_create(
            Task(
                account=current_account(), revision=row, reference=task.reference, content=task.content,
                minimum_task=task.minimum_task,
            )
            for task in stands.tasks.order_by("reference")
        )  # fmt: skip
    record(acting_user, row, "drafted", new={"number": row.number, "summary": row.summary})
    _announce(row)
    return row


@transaction.atomic
def summarise_revision(revision: Revision, *, summary: str, acting_user: Actor) -> Revision:
    """Say what a draft changes and why."""
    held = held_revision(revision, Step.EDIT, acting_user)
    said = line("summary", summary, 300)
    if said != held.summary:
        record(acting_user, held, "summarised", old={"summary": held.summary}, new={"summary": said})
        held.summary = said
        held.save(update_fields=["summary"])
    return held


@transaction.atomic
def submit_revision(revision: Revision, *, acting_user: Actor) -> Revision:
    """Hand a draft over for review. Event: programme.revision_moved.

    Raises RuleBroken when it has no task, changes nothing, or an interval is weaker than the minimum programme's.
    """
    held = held_revision(revision, Step.SUBMIT, acting_user)
    if not held.tasks.exists():
        raise RuleBroken("There is no task in this revision. Add one, or import a spreadsheet.")
    stands = before(held)
    if stands and all(one.fate is Fate.SAME for one in difference_to(held, stands)):
        raise RuleBroken(f"This revision says the same as {stands}. Change a task first, or discard it.")
    _check_minimum(held)
    return _move(held, Step.SUBMIT, acting_user, submitted_at=timezone.now(), note="")


@transaction.atomic
def return_revision(revision: Revision, *, reason: str, acting_user: Actor) -> Revision:
    """Make it a draft again; an approval is void. Event: programme.revision_moved."""
    held = held_revision(revision, Step.RETURN, acting_user)
    return _move(
        held, Step.RETURN, acting_user, note=reason_given(reason), report=None, reference="", submitted_at=None,
        approved_at=None, approved_by=None, approved_by_label="",
    )  # fmt: skip


@transaction.atomic
def discard_revision(revision: Revision, *, reason: str, acting_user: Actor) -> Revision:
    """Give it up; it stays for the record. Event: programme.revision_moved."""
    held = held_revision(revision, Step.DISCARD, acting_user)
    return _move(held, Step.DISCARD, acting_user, note=reason_given(reason), ended_at=timezone.now())


@transaction.atomic
def approve_revision(revision: Revision, *, digest: str, acting_user: Actor, reference: str = "") -> Revision:
    """Approve what was read. It demands nothing yet. Event: programme.revision_moved.

    digest     of the report that was read (`report.Report`)
    reference  of the approval

    Raises RuleBroken when the report is another one by now, or an interval is weaker than the minimum programme's.
    """
    held = held_revision(revision, Step.APPROVE, acting_user)
    require(acting_user, "programme.view")
    _check_minimum(held)
    report = report_of(held, acting_user=acting_user)
    if report.digest != digest:
        raise RuleBroken(
            "What this revision would move is no longer what you read: usage, work or an assignment changed meanwhile. "
            "Read the report again, then approve.",
            field="digest",
        )
    return _move(
        held, Step.APPROVE, acting_user, reference=line("reference", reference, 120), approved_at=timezone.now(),
        approved_by=acting_user.id, approved_by_label=acting_user.label[:200], report=as_json(report),
    )  # fmt: skip


@transaction.atomic
def activate_revision(revision: Revision, *, acting_user: Actor) -> Revision:
    """Bring it into force; the one before is superseded and every due item is worked out anew.

    Events: programme.revision_moved, requirement.*, due.state_changed.
    """
    held = held_revision(revision, Step.ACTIVATE, acting_user)
    _check_minimum(held)
    stands = active_revision(held.programme)
    put_in_force(held, acting_user=acting_user)
    if stands:
        _move(stands, Step.SUPERSEDE, acting_user, ended_at=timezone.now())
    return _move(held, Step.ACTIVATE, acting_user, activated_at=timezone.now())


def held_revision(revision: Revision, step: Step, acting_user: Actor) -> Revision:
    """The revision as it is now, its programme held, for a step that its stage allows this person.

    Raises NotPermitted, Missing, RuleBroken.
    """
    programme = locked_programme(revision.programme)
    found = Revision.objects.select_for_update(no_key=True).filter(pk=revision.pk, programme=programme).first()
    if found is None:
        raise Missing("There is no such revision in this account.")
    found.programme = programme
    stage = Stage(found.stage)
    require(acting_user, transition(stage, step).permission)
    return found


def _move(held: Revision, step: Step, acting_user: Actor, **values: Any) -> Revision:
    old = held.stage
    values = {**values, "stage": transition(Stage(old), step).after.value}
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=list(values))
    noted = {name: value for name, value in values.items() if name not in {"stage", "report"} and value}
    record(acting_user, held, step.value, old={"stage": old}, new={"stage": held.stage, **noted})
    _announce(held)
    return held


def _announce(row: Revision) -> None:
    announce(events.RevisionMoved(row.programme_id, row.id, row.number, row.stage))


def _check_minimum(held: Revision) -> None:
    found = weaker_tasks(held)
    if found:
        said = "; ".join(f"{reference}: {', '.join(why)}" for reference, why in found.items())
        raise RuleBroken(
            f"Weaker than {held.programme.minimum}: {said}. An alternative may not be weaker than the minimum "
            "inspection programme (ML.A.302(c)); shorten the interval or name the task it stands for."
        )
