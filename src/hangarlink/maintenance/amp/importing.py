"""Tasks of a file into a draft: planned first, by doing it and taking it back, then done by the same code."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from hangarlink.maintenance.amp.actions.tasks import TasksRefused, put_tasks
from hangarlink.maintenance.amp.contents import compared_content, tasks_of
from hangarlink.maintenance.amp.models import Revision
from hangarlink.maintenance.amp.rules.difference import Fate, TaskDifference, differences
from hangarlink.maintenance.amp.sheets import Problem, Row, read_rows
from hangarlink.maintenance.programme.counters import units_by_name
from hangarlink.platform.people.permissions import Actor

_COLUMNS = {
    "reference": "Task", "title": "Title", "mandatory_class": "Class", "ata": "ATA", "schedule": "Limit 1",
    "source_document": "Source document", "source_paragraph": "Paragraph", "effective_on": "Effective date",
    "effectivity": "Serial numbers", "minimum_task": "Stands for", "alerts": "Due soon (JSON)",
    "tolerance": "Tolerance class", "tolerance_source": "Tolerance granted in",
}  # fmt: skip


@dataclass(frozen=True)
class ImportPlan:
    """What an import changes in the draft; with problems it changes nothing."""

    differences: list[TaskDifference]
    problems: list[Problem]

    def count(self, fate: Fate) -> int:
        """Tasks with this fate."""
        return sum(one.fate is fate for one in self.differences)


def import_tasks(
    revision: Revision, rows: Sequence[tuple[int, Row]], *, replace: bool, dry_run: bool, acting_user: Actor
) -> ImportPlan:
    """Put the tasks of numbered rows into a draft; with `replace`, take out those that are not in the file.

    dry_run  nothing is kept. Raises RuleBroken when the revision is no draft, NotPermitted.
    """
    sheet = read_rows(rows, units_by_name())
    before = {reference: compared_content(task) for reference, task in tasks_of(revision).items()}
    problems = list(sheet.problems)
    with transaction.atomic():
        try:
            put_tasks(revision, sheet.tasks, replace=replace and not problems, acting_user=acting_user)
        except TasksRefused as refused:
            told = {problem.line for problem in problems}
            problems += [
                Problem(sheet.lines[reference], _COLUMNS.get(one.field, "Task"), str(one))
                for reference, one in refused.problems.items()
                if sheet.lines[reference] not in told
            ]
        after = {reference: compared_content(task) for reference, task in tasks_of(revision).items()}
        if dry_run or problems:
            transaction.set_rollback(True)
    return ImportPlan(differences(before, after), sorted(problems, key=lambda one: one.line))
