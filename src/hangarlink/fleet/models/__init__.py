"""The fleet's tables."""

from hangarlink.fleet.models.aircraft import Aircraft, AircraftModel, ExpectedCounter
from hangarlink.fleet.models.planning import FlightSchedule, Parking, PlannedFlight, PlannedUse, UseRatio
from hangarlink.fleet.models.usage import Correction, Counter, Discrepancy, Flight, UsageEntry

__all__ = [
    "Aircraft", "AircraftModel", "Correction", "Counter", "Discrepancy", "ExpectedCounter", "Flight",
    "FlightSchedule", "Parking", "PlannedFlight", "PlannedUse", "UsageEntry", "UseRatio",
]  # fmt: skip
