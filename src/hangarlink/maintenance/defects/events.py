"""What happens to defects, told to the world: ids and codes; no description, no names."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("defect.reported", version=1)
class DefectReported(Event):
    """A defect was reported on an aircraft."""

    defect_id: UUID
    aircraft_id: UUID


@event("defect.completed", version=1)
class DefectCompleted(Event):
    """A repeated report filled in what the first one had left empty."""

    defect_id: UUID
    aircraft_id: UUID


@event("defect.rectified", version=1)
class DefectRectified(Event):
    """A defect was rectified."""

    defect_id: UUID
    aircraft_id: UUID


@event("defect.closed", version=1)
class DefectClosed(Event):
    """A defect was closed."""

    defect_id: UUID
    aircraft_id: UUID


@event("defect.reopened", version=1)
class DefectReopened(Event):
    """A defect that had been rectified or closed is open again."""

    defect_id: UUID
    aircraft_id: UUID
