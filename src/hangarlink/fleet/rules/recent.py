"""The window of recent use that forecasts take their average from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days (UTC) before `as_of`. Today is left out: half a day of flying is no day's average."""

    as_of: date
    days: int

    @property
    def start(self) -> datetime:
        return datetime.combine(self.as_of, time(), UTC) - timedelta(days=self.days)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.as_of, time(), UTC)


def window(now: datetime, days: int) -> Window:
    """The last `days` whole days before today."""
    return Window(now.astimezone(UTC).date(), days)
