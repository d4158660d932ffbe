"""When a limit will be reached: `days_to = floor(remaining / rate)`, exact. Source: domain rule 1.6."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from hangarlink.maintenance.programme.rules.dues import OnDate
from hangarlink.maintenance.programme.rules.status import Status, TermStatus
from hangarlink.maintenance.programme.rules.trees import combine

# Beyond a century a forecast says nothing, and a date may not exist.
FARTHEST_DAYS = 36_525


@dataclass(frozen=True)
class Rate:
    """Usage of a counter: `amount` of its unit in `days` days. Two whole numbers: nothing is rounded too early."""

    amount: int
    days: int = 1

    def __post_init__(self) -> None:
        if self.amount < 0 or self.days <= 0:
            raise ValueError(f"a rate needs an amount of 0 or more in 1 day or more, not {self.amount} in {self.days}")


class Certainty(IntEnum):
    """In the order of time: an unknown limit may already be passed, a limit without usage is never reached."""

    UNKNOWN = 0
    DATED = 1
    NEVER = 2


@dataclass(frozen=True, order=True)
class Forecast:
    """A day, or why there is none. Ordered by time, so FIRST is `min` and LAST is `max`."""

    certainty: Certainty
    day: date = date.min

    @property
    def on(self) -> date | None:
        """The day, None when unknown or never."""
        return self.day if self.certainty is Certainty.DATED else None


UNKNOWN = Forecast(Certainty.UNKNOWN)
NEVER = Forecast(Certainty.NEVER)


def days_to(remaining: int, rate: Rate) -> int | None:
    """Full days until the limit would be exceeded; 0 when nothing is left; None when it never is at this rate."""
    if remaining <= 0:
        return 0
    if rate.amount == 0:
        return None
    days = remaining * rate.days // rate.amount
    return days if days <= FARTHEST_DAYS else None


def forecast_term(status: TermStatus, rates: Mapping[str, Rate], as_of: date) -> Forecast:
    """Counter: the first day on which the limit would be exceeded, `as_of` when used up. Calendar: the due date."""
    if status.unknown or status.remaining is None:
        return UNKNOWN
    if isinstance(status.term.due, OnDate):
        return Forecast(Certainty.DATED, status.term.due.on)
    days = days_to(status.remaining, rates.get(status.term.measure, Rate(0)))
    return NEVER if days is None else Forecast(Certainty.DATED, as_of + timedelta(days=days))


def forecast(status: Status, rates: Mapping[str, Rate]) -> Forecast:
    """The day the whole requirement falls due, with the earliest (FIRST) or the latest (LAST) of its terms."""
    if status.standing.tree is None:
        return NEVER
    by_path = {term.term.path: forecast_term(term, rates, status.today) for term in status.terms}
    found = combine(status.standing.tree, status.standing.root, by_path, first=min, last=max)
    return NEVER if found is None else found
