"""Version 1. Importing this package declares every operation on `api`."""

from hangarlink.api.v1 import (  # noqa: F401 - importing declares
    aircraft,
    aircraft_events,
    aircraft_models,
    airworthiness,
    component_moves,
    components,
    corrections,
    customers,
    defects,
    diagnosis,
    directives,
    due_items,
    expenses,
    flight_logs,
    forecast,
    hours_cycles,
    invoices,
    payments,
    programmes,
    trips,
    variations,
    webhook_endpoints,
    work,
)
from hangarlink.api.v1.api import api

__all__ = ["api"]
