"""The facts the fleet announces: ids, codes, numbers and moments only."""

from datetime import datetime
from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("aircraft_model.added")
class AircraftModelAdded(Event):
    aircraft_model_id: UUID


@event("aircraft_model.changed")
class AircraftModelChanged(Event):
    aircraft_model_id: UUID


@event("aircraft.added")
class AircraftAdded(Event):
    aircraft_id: UUID
    aircraft_model_id: UUID


@event("aircraft.changed")
class AircraftChanged(Event):
    """`status` is the status after the change."""

    aircraft_id: UUID
    status: str


@event("counter.added")
class CounterAdded(Event):
    counter_id: UUID
    aircraft_id: UUID
    kind: str


@event("counter.changed")
class CounterChanged(Event):
    counter_id: UUID
    aircraft_id: UUID


@event("flight.recorded")
class FlightRecorded(Event):
    flight_id: UUID
    aircraft_id: UUID
    ended_at: datetime


@event("flight.corrected")
class FlightCorrected(Event):
    flight_id: UUID
    aircraft_id: UUID


@event("flight.cancelled")
class FlightCancelled(Event):
    flight_id: UUID
    aircraft_id: UUID


@event("opening.set")
class OpeningSet(Event):
    """A counter has a total from now on, or its opening balance was corrected."""

    counter_id: UUID
    aircraft_id: UUID


@event("reading.recorded")
class ReadingRecorded(Event):
    counter_id: UUID
    aircraft_id: UUID
    entry_id: UUID


@event("instrument.replaced")
class InstrumentReplaced(Event):
    counter_id: UUID
    aircraft_id: UUID
    entry_id: UUID


@event("usage.corrected")
class UsageCorrected(Event):
    """Totals from `since` on are not what they were: a correction, a cancellation or a late flight.

    old_total, new_total  current totals in seconds or counts; None: unknown
    """

    counter_id: UUID
    aircraft_id: UUID
    since: datetime
    old_total: int | None
    new_total: int | None


@event("discrepancy.raised")
class DiscrepancyRaised(Event):
    discrepancy_id: UUID
    counter_id: UUID
    code: str


@event("discrepancy.settled")
class DiscrepancySettled(Event):
    discrepancy_id: UUID
    counter_id: UUID
    code: str
