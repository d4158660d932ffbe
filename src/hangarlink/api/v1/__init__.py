"""Version 1. Importing this package declares every operation on `api`."""

from hangarlink.api.v1 import aircraft, aircraft_models, defects, diagnosis, flight_logs, hours_cycles  # noqa: F401
from hangarlink.api.v1.api import api

__all__ = ["api"]
