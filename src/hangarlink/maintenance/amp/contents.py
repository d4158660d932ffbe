"""Tasks as the engine and people want them: content out of JSON, references of requirements."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from hangarlink.maintenance.amp.models import Programme, Revision, Task, TaskRequirement
from hangarlink.maintenance.amp.rules.difference import TaskDifference, differences
from hangarlink.maintenance.amp.rules.life import Stage

MINIMUM_TASK = "minimum_task"


def content_of(task: Task) -> dict[str, Any]:
    """What the task says, as a requirement takes it."""
    said = dict(task.content)
    if said.get("effective_on"):
        said["effective_on"] = date.fromisoformat(said["effective_on"])
    return said


def compared_content(task: Task) -> dict[str, Any]:
    """What two revisions are compared by: the content, and what of the minimum programme it stands for."""
    return {**task.content, MINIMUM_TASK: task.minimum_task}


def requirement_reference(programme: Programme, task_reference: str) -> str:
    """How the requirement is named in lists: "AMP-172 05-20-01"."""
    return f"{programme.code} {task_reference}"


def requirements_of(programme: Programme) -> dict[str, UUID]:
    """Requirements of the programme by task reference, also those that are retired."""
    rows = TaskRequirement.objects.filter(programme=programme)
    return dict(rows.values_list("reference", "requirement_id"))


def programme_keeping(requirement_id: UUID) -> Programme | None:
    """The programme whose task this requirement is."""
    rows = TaskRequirement.objects.filter(requirement_id=requirement_id).select_related("programme")
    found = rows.first()
    return found.programme if found else None


def active_revision(programme: Programme) -> Revision | None:
    """The revision in force."""
    return programme.revisions.filter(stage=Stage.ACTIVE).first()


def tasks_of(revision: Revision | None) -> dict[str, Task]:
    """Tasks by reference; none of no revision."""
    if revision is None:
        return {}
    return {task.reference: task for task in revision.tasks.order_by("reference")}


def before(revision: Revision) -> Revision | None:
    """What it is compared with: the active revision, or for an old one the one it superseded."""
    earlier = revision.programme.revisions.filter(
        number__lt=revision.number, stage__in=[Stage.ACTIVE, Stage.SUPERSEDED]
    )
    return earlier.order_by("-number").first()


def difference_to(revision: Revision, old: Revision | None) -> list[TaskDifference]:
    """What a revision changes."""
    return differences(_compared(tasks_of(old)), _compared(tasks_of(revision)))


def _compared(tasks: Mapping[str, Task]) -> dict[str, dict[str, Any]]:
    return {reference: compared_content(task) for reference, task in tasks.items()}
