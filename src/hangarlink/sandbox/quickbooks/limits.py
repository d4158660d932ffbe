"""How often an app may call, and how much an answer holds. The documented numbers, and all of them settable."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Limits:
    """Calls count per company and app; an answer of CDC holds so many objects over all entities."""

    calls_per_second: int = 10
    calls_per_minute: int = 500
    cdc_objects: int = 1_000
    cdc_days: int = 30
    max_body_bytes: int = 500_000


UNLIMITED = Limits(calls_per_second=1_000_000, calls_per_minute=1_000_000)


class Throttle:
    def __init__(self, limits: Limits, ticks: Callable[[], float] = time.monotonic) -> None:
        self._windows = ((1.0, limits.calls_per_second), (60.0, limits.calls_per_minute))
        self._ticks = ticks
        self._calls: dict[str, deque[float]] = {}
        self._lock = Lock()

    def take(self, realm_id: str) -> bool:
        """Count a call; whether it may go on."""
        with self._lock:
            now = self._ticks()
            calls = self._calls.setdefault(realm_id, deque())
            while calls and now - calls[0] >= self._windows[-1][0]:
                calls.popleft()
            allowed = all(sum(now - call < span for call in calls) < most for span, most in self._windows)
            if allowed:
                calls.append(now)
            return allowed
