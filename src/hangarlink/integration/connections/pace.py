"""Waiting, as something that can be given another clock in tests."""

import time
from typing import Protocol


class Pace(Protocol):
    def sleep(self, seconds: float) -> None: ...


class RealPace:
    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
