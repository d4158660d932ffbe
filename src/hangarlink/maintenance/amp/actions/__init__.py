"""What is done with maintenance programmes."""

from hangarlink.maintenance.amp.actions.assignments import assign_programme, unassign_programme
from hangarlink.maintenance.amp.actions.programmes import add_programme, change_programme
from hangarlink.maintenance.amp.actions.reviews import record_review
from hangarlink.maintenance.amp.actions.revisions import (
    activate_revision,
    approve_revision,
    discard_revision,
    draft_revision,
    return_revision,
    submit_revision,
    summarise_revision,
)
from hangarlink.maintenance.amp.actions.tasks import TaskValues, put_task, put_tasks, remove_task

__all__ = [
    "TaskValues", "activate_revision", "add_programme", "approve_revision", "assign_programme", "change_programme",
    "discard_revision", "draft_revision", "put_task", "put_tasks", "record_review", "remove_task", "return_revision",
    "submit_revision", "summarise_revision", "unassign_programme",
]  # fmt: skip
