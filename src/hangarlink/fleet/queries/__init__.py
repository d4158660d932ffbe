"""What pages, API and sync read of the fleet. Every function is a fixed, small number of statements."""

from hangarlink.fleet.queries.aircraft import FleetRow, find_aircraft, fleet, last_usage
from hangarlink.fleet.queries.flights import FlightRow, recent_flights
from hangarlink.fleet.queries.logs import Log, LoggedAircraft, find_logs
from hangarlink.fleet.queries.planning import flight_amounts, parkings, planned_flights, schedule_complete_until
from hangarlink.fleet.queries.records import corrections, discrepancies, entries
from hangarlink.fleet.queries.totals import DayOfUse, totals_at, usage_history

__all__ = [
    "DayOfUse",
    "FleetRow",
    "FlightRow",
    "Log",
    "LoggedAircraft",
    "corrections",
    "discrepancies",
    "entries",
    "find_aircraft",
    "find_logs",
    "fleet",
    "flight_amounts",
    "last_usage",
    "parkings",
    "planned_flights",
    "recent_flights",
    "schedule_complete_until",
    "totals_at",
    "usage_history",
]
