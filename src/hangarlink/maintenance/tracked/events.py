"""What becomes of items tracked elsewhere, told to the world: ids and codes; no titles, no figures."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("tracked_item.appeared", version=1)
class TrackedItemAppeared(Event):
    """A partner tells of it for the first time, or again after it was gone."""

    item_id: UUID
    aircraft_id: UUID
    source_id: UUID
    state: str


@event("tracked_item.changed", version=1)
class TrackedItemChanged(Event):
    """The partner says something else of it than before. `state` follows from what it says now."""

    item_id: UUID
    aircraft_id: UUID
    source_id: UUID
    state: str


@event("tracked_item.gone", version=1)
class TrackedItemGone(Event):
    """It was missing from a complete listing: done with, or no longer tracked there."""

    item_id: UUID
    aircraft_id: UUID
    source_id: UUID
