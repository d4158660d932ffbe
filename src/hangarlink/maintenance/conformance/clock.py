"""The day on which a case is played. Its steps lie anywhere between 1903 and far ahead of us, and so must "now"."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest import mock

from django.utils import timezone


class Clock:
    """Stands still until it is set on, and never goes back: what is recorded later is recorded later."""

    def __init__(self) -> None:
        self.now = datetime(1903, 12, 17, 12, tzinfo=UTC)

    def reach(self, moment: datetime) -> None:
        """It is this moment now, unless it was later already."""
        self.now = max(self.now, moment)


@contextmanager
def played_by(clock: Clock) -> Iterator[Clock]:
    """Within, the product asks this clock what time it is.

    The product has one clock, `django.utils.timezone.now`, and it is replaced for the whole process: only for a command
    or a test, which do nothing else meanwhile.
    """

    def now() -> datetime:
        return clock.now

    with mock.patch.object(timezone, "now", now):
        yield clock
