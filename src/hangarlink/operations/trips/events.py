"""What happens to trips: ids and codes; no names, no places, no notes."""

from uuid import UUID

from hangarlink.operations.trips.rules import Status
from hangarlink.platform.events.registry import Event, event


@event("trip.planned", version=1)
class TripPlanned(Event):
    trip_id: UUID
    aircraft_id: UUID | None
    customer_id: UUID | None
    status: Status


@event("trip.changed", version=1)
class TripChanged(Event):
    """A trip was changed. `changed`: the names of its fields that differ; "legs" for any of its legs."""

    trip_id: UUID
    aircraft_id: UUID | None
    customer_id: UUID | None
    status: Status
    changed: tuple[str, ...] = ()


@event("trip.confirmed", version=1)
class TripConfirmed(Event):
    trip_id: UUID
    aircraft_id: UUID | None
    customer_id: UUID | None
    status: Status


@event("trip.completed", version=1)
class TripCompleted(Event):
    trip_id: UUID
    aircraft_id: UUID | None
    customer_id: UUID | None
    status: Status


@event("trip.cancelled", version=1)
class TripCancelled(Event):
    trip_id: UUID
    aircraft_id: UUID | None
    customer_id: UUID | None
    status: Status


@event("trip.reopened", version=1)
class TripReopened(Event):
    trip_id: UUID
    aircraft_id: UUID | None
    customer_id: UUID | None
    status: Status
