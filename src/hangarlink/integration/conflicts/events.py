"""The facts that conflicts announce: ids and codes only."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("conflict.raised")
class ConflictRaised(Event):
    """Somebody has to choose. `kind`: conflict, deletion or many_gone."""

    review_id: UUID
    connection_id: UUID
    dataset: str
    kind: str


@event("conflict.decided")
class ConflictDecided(Event):
    """`choice`: ours, theirs or merge."""

    review_id: UUID
    connection_id: UUID
    dataset: str
    choice: str
