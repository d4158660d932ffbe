"""The facts the fleet announces: ids, codes, numbers and moments only."""

from datetime import datetime
from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("aircraft_model.added")
class AircraftModelAdded(Event):
    """An aircraft model was added."""

    aircraft_model_id: UUID


@event("aircraft_model.changed")
class AircraftModelChanged(Event):
    """An aircraft model was changed. `changed`: the names of its fields that are not what they were."""

    aircraft_model_id: UUID
    changed: tuple[str, ...] = ()


@event("aircraft.added")
class AircraftAdded(Event):
    """An aircraft was added to the fleet."""

    aircraft_id: UUID
    aircraft_model_id: UUID


@event("aircraft.changed")
class AircraftChanged(Event):
    """An aircraft was changed. `status` is the status after it, `changed` the names of its fields that differ."""

    aircraft_id: UUID
    status: str
    changed: tuple[str, ...] = ()


@event("aircraft.plan_changed")
class PlanChanged(Event):
    """What an aircraft is planned to do is not what it was, so forecasts may differ. `changed`: flights, parking (days
    on which it stands), schedule (up to which day the plan is complete), ratio (of one counter to another)."""

    aircraft_id: UUID
    changed: tuple[str, ...] = ()


@event("counter.added")
class CounterAdded(Event):
    """An aircraft is kept by another counter from now on, such as airborne hours or landings."""

    counter_id: UUID
    aircraft_id: UUID
    kind: str


@event("counter.changed")
class CounterChanged(Event):
    """A counter was changed. `changed`: the names of its fields that differ."""

    counter_id: UUID
    aircraft_id: UUID
    changed: tuple[str, ...] = ()


@event("flight.recorded")
class FlightRecorded(Event):
    """A flight was recorded and its amounts were added to the counters."""

    flight_id: UUID
    aircraft_id: UUID
    ended_at: datetime


@event("flight.corrected")
class FlightCorrected(Event):
    """A recorded flight has other values now; totals follow, told as usage.corrected."""

    flight_id: UUID
    aircraft_id: UUID


@event("flight.cancelled")
class FlightCancelled(Event):
    """A recorded flight no longer counts."""

    flight_id: UUID
    aircraft_id: UUID


@event("opening.set")
class OpeningSet(Event):
    """A counter has a total from now on, or its opening balance was corrected."""

    counter_id: UUID
    aircraft_id: UUID


@event("reading.recorded")
class ReadingRecorded(Event):
    """Somebody read a counter; its total is what they read from then on."""

    counter_id: UUID
    aircraft_id: UUID
    entry_id: UUID


@event("instrument.replaced")
class InstrumentReplaced(Event):
    """The instrument of a counter was replaced; the total goes on across it."""

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
    """Usage from two sources does not agree, and somebody has to look. `code` says in which way."""

    discrepancy_id: UUID
    counter_id: UUID
    code: str


@event("discrepancy.settled")
class DiscrepancySettled(Event):
    """Somebody looked at a discrepancy and said what holds."""

    discrepancy_id: UUID
    counter_id: UUID
    code: str
