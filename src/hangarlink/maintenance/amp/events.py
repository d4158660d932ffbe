"""What becomes of maintenance programmes: ids, numbers and moments only."""

from datetime import date
from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("programme.added")
class ProgrammeAdded(Event):
    programme_id: UUID


@event("programme.changed")
class ProgrammeChanged(Event):
    """`changed`: the names of the fields that differ."""

    programme_id: UUID
    changed: tuple[str, ...] = ()


@event("programme.assigned")
class ProgrammeAssigned(Event):
    """It holds for an aircraft model or for one aircraft from now on; the other id is None."""

    programme_id: UUID
    aircraft_model_id: UUID | None
    aircraft_id: UUID | None


@event("programme.unassigned")
class ProgrammeUnassigned(Event):
    """It no longer holds for that aircraft model or aircraft."""

    programme_id: UUID
    aircraft_model_id: UUID | None
    aircraft_id: UUID | None


@event("programme.revision_moved")
class RevisionMoved(Event):
    """A revision went on its way: `stage` is draft, in_review, approved, active, superseded or discarded."""

    programme_id: UUID
    revision_id: UUID
    number: int
    stage: str


@event("programme.task_changed")
class TaskChanged(Event):
    """A task of a draft was put in, changed or taken out."""

    programme_id: UUID
    revision_id: UUID
    task_id: UUID


@event("programme.reviewed")
class ProgrammeReviewed(Event):
    """The yearly review was held; the next one is to be held by `next_on`."""

    programme_id: UUID
    review_id: UUID
    held_on: date
    next_on: date
    remains_fit: bool
