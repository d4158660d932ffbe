"""What becomes of visits: ids only."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("visit.planned", version=1)
class VisitPlanned(Event):
    """An aircraft will be in the workshop."""

    visit_id: UUID
    aircraft_id: UUID


@event("visit.changed", version=1)
class VisitChanged(Event):
    """A planned visit was moved or says something else. `changed`: the names of the fields that differ."""

    visit_id: UUID
    aircraft_id: UUID
    changed: tuple[str, ...] = ()


@event("visit.cancelled", version=1)
class VisitCancelled(Event):
    """It will not take place."""

    visit_id: UUID
    aircraft_id: UUID
