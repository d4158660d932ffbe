"""Tasks of a draft."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Unpack, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from hangarlink.maintenance.amp import events
from hangarlink.maintenance.amp.actions.revisions import held_revision
from hangarlink.maintenance.amp.models import Revision, Task
from hangarlink.maintenance.amp.rules.life import Step
from hangarlink.maintenance.programme.actions.requirements import NEEDED, Content, checked_content, known_counters
from hangarlink.maintenance.programme.texts import line
from hangarlink.platform.audit.actions import entry, record, record_many
from hangarlink.platform.errors import Missing, Refused, RuleBroken
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

_REFERENCE = 38
MOST_TASKS = 2_000


class TaskValues(Content, total=False):
    """What a task says: all of it, each time. `minimum_task` names the task of the minimum programme it stands for."""

    minimum_task: str


class TasksRefused(RuleBroken):
    """Tasks that cannot be taken, each with its problem."""

    def __init__(self, problems: Mapping[str, Refused]) -> None:
        super().__init__("; ".join(f"{reference}: {problem}" for reference, problem in problems.items()))
        self.problems = problems


@transaction.atomic
def put_task(revision: Revision, reference: str, *, acting_user: Actor, **values: Unpack[TaskValues]) -> Task:
    """Put a task into a draft, or say anew what one of its tasks says. Event: programme.task_changed.

    Raises RuleBroken naming the field; `field` is the task's, such as `schedule`.
    """
    held = held_revision(revision, Step.EDIT, acting_user)
    reference = _reference(reference)
    row = _task(held, reference, values, known_counters())
    stands = held.tasks.filter(reference=reference).first()
    _write(held, {reference: stands} if stands else {}, [row], acting_user)
    return held.tasks.get(reference=reference)


@transaction.atomic
def put_tasks(
    revision: Revision, tasks: Mapping[str, TaskValues], *, replace: bool = False, acting_user: Actor
) -> None:
    """Put many tasks into a draft in one go; with `replace`, take out those that are not given.

    Raises TasksRefused with every problem; then nothing is written.
    """
    held = held_revision(revision, Step.EDIT, acting_user)
    if len(tasks) > MOST_TASKS:
        raise RuleBroken(f"These are {len(tasks)} tasks; a programme has at most {MOST_TASKS}.")
    rows, problems, counters = [], {}, known_counters()
    for given, values in tasks.items():
        try:
            rows.append(_task(held, _reference(given), values, counters))
        except Refused as refused:
            problems[given] = refused
    if problems:
        raise TasksRefused(problems)
    stands = {one.reference: one for one in held.tasks.all()}
    _write(held, stands, rows, acting_user)
    if replace:
        _remove([one for reference, one in stands.items() if reference not in tasks], held, acting_user)


@transaction.atomic
def remove_task(task: Task, *, acting_user: Actor) -> None:
    """Take a task out of its draft. Event: programme.task_changed."""
    held = held_revision(task.revision, Step.EDIT, acting_user)
    found = held.tasks.filter(pk=task.pk).first()
    if found is None:
        raise Missing("This task was taken out of the draft already.")
    _remove([found], held, acting_user)


def _task(revision: Revision, reference: str, values: TaskValues, counters: Collection[str]) -> Task:
    given = dict(values)
    minimum = line("minimum_task", str(given.pop("minimum_task", "")), _REFERENCE)
    if minimum and revision.programme.minimum is None:
        raise RuleBroken(
            f"{revision.programme} has no minimum programme, so no task stands for its {minimum}. Name one at the "
            "programme first.",
            field="minimum_task",
        )
    content = checked_content(cast(Content, given), needed=NEEDED, counters=counters)
    return Task(
        account=current_account(), revision=revision, reference=reference, content=_plain(content), minimum_task=minimum
    )


def _write(revision: Revision, stands: Mapping[str, Task], rows: list[Task], acting_user: Actor) -> None:
    """Insert the tasks that are new, update those that say something else."""
    changed, entries = [], []
    for row in rows:
        old = stands.get(row.reference)
        new = {**row.content, "minimum_task": row.minimum_task}
        if old is None:
            changed.append(row)
            entries.append(entry(acting_user, row, "added", new=new))
            continue
        before = {**old.content, "minimum_task": old.minimum_task}
        if before != new:
            row.pk = old.pk
            changed.append(row)
            entries.append(entry(acting_user, row, "changed", old=before, new=new))
    Task.objects.bulk_create(
        changed, batch_size=500, update_conflicts=True, unique_fields=["revision", "reference"],
        update_fields=["content", "minimum_task"],
    )  # fmt: skip
    record_many(entries)
    announce_many(events.TaskChanged(revision.programme_id, revision.id, row.pk) for row in changed)


def _remove(tasks: list[Task], revision: Revision, acting_user: Actor) -> None:
    for task in tasks:
        record(acting_user, task, "removed", old={**task.content, "minimum_task": task.minimum_task})
    announce_many(events.TaskChanged(revision.programme_id, revision.id, task.pk) for task in tasks)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).delete()


def _reference(said: str) -> str:
    reference = line("reference", said, _REFERENCE)
    if not reference:
        raise RuleBroken("A task needs a reference, such as 05-20-01.", field="reference")
    return reference


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON gives it back and without what is empty, so that what is stored and what is new compare."""
    plain: dict[str, Any] = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    return {name: value for name, value in plain.items() if value not in (None, "", {})}
