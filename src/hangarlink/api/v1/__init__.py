"""Version 1. Importing this package declares every operation on `api`."""

from hangarlink.api.v1 import (  # noqa: F401 - importing declares
    aircraft,
    aircraft_models,
    airworthiness,
    component_moves,
    components,
    customers,
    defects,
    diagnosis,
    directives,
    expenses,
    flight_logs,
    hours_cycles,
    invoices,
    payments,
    programmes,
    programmes,
    trips,
    webhook_endpoints,
)
from hangarlink.api.v1.api import api

__all__ = ["api"]
