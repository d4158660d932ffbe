"""Flight logs: which counters an aircraft is kept by (contracts/flightlogger.md 2.4)."""

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1 import usage
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import AircraftName, FlightLogOut
from hangarlink.fleet.models import Counter

EXAMPLE_LOG = {
    "id": "0197379e-3c11-7a02-8a7d-5b1f0e2d4c33",
    "name": "Hobbs",
    "kind": "hobbs",
    "unit": "seconds",
    "display": "decimal_hours",
    "slot": "primary",
    "total": 17324280,
    "total_shown": "4812.3",
    "total_at": "2026-06-03T09:12:00Z",
}


def flight_log_out(counter: Counter) -> FlightLogOut:
    return FlightLogOut(
        id=counter.id,
        name=counter.name,
        kind=counter.kind,
        unit=counter.unit,
        display=counter.display,
        slot=counter.slot or None,
        total=counter.total,
        total_shown=None if counter.total is None else usage.shown(counter.total, counter.unit, counter.display),
        total_at=counter.total_at,
    )
