"""The school itself: an in-memory world in which flights are flown, edited and deleted.

Invariant: on every aircraft the meters chain. The first flight starts at the opening total, each next one where the
last one ended, and the aircraft's total is the last end; a flight that is entered late, edited or deleted moves the
readings after it (those flights count as changed), unless `rechain=False` leaves the mismatch to be found.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import RLock
from typing import Any

from hangarlink.sandbox.flightlogger import demo, synthetic
from hangarlink.sandbox.flightlogger.measuring import TIMERS, measure, touchdowns
from hangarlink.sandbox.flightlogger.records import (
    RESOLUTION,
    Aircraft,
    Airport,
    ApiKey,
    Audit,
    Booking,
    Customer,
    Deletion,
    Flight,
    LogConfiguration,
    Part,
    Requirement,
    Sortie,
    User,
)
