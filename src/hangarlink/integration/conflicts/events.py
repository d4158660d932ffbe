"""The facts that conflicts announce: ids and codes only."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("conflict.raised")
class ConflictRaised(Event):
    """Somebody has to choose. `kind`: conflict, deletion, many_gone or match."""

    review_id: UUID
    connection_id: UUID
    dataset: str
    kind: str


@event("conflict.decided")
class ConflictDecided(Event):
    """`choice`: ours, theirs or merge; of a match: same or new."""

    review_id: UUID
    connection_id: UUID
    dataset: str
    choice: str
