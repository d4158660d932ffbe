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
    """In the order of time, and in step with the order of states.

    A passed limit (OVERDUE) comes before an unknown one, which may be passed, and that before one that is not passed;
    a limit without usage is never reached.
    """

    PASSED = 0
    UNKNOWN = 1
    AHEAD = 2
    NEVER = 3


@dataclass(frozen=True, order=True)
class Forecast:
    """A day, or why there is none. Ordered by time, so FIRST is `min` and LAST is `max`."""

    certainty: Certainty
    day: date = date.min

    @property
    def on(self) -> date | None:
        """The day, None when unknown or never."""
        return self.day if self.certainty in {Certainty.PASSED, Certainty.AHEAD} else None


UNKNOWN = Forecast(Certainty.UNKNOWN)
NEVER = Forecast(Certainty.NEVER)


def days_to(remaining: int, rate: Rate) -> int | None:
    """Full days until the limit would be exceeded: `floor(remaining / rate)`, 0 when nothing is left.

    Negative when it is passed: as many days ago as the excess takes at this rate, at least one. None when it is never
    reached at this rate.
    """
    if remaining == 0:
        return 0
    if rate.amount == 0:
        return None if remaining > 0 else -1
    days = max(remaining * rate.days // rate.amount, -FARTHEST_DAYS)
    return days if days <= FARTHEST_DAYS else None


def forecast_term(status: TermStatus, rates: Mapping[str, Rate], as_of: date) -> Forecast:
    """Counter: the first day on which the limit is exceeded, estimated also when passed. Calendar: the due date."""
    if status.unknown or status.remaining is None:
        return UNKNOWN
    certainty = Certainty.PASSED if status.remaining < 0 else Certainty.AHEAD
    if isinstance(status.term.due, OnDate):
        return Forecast(certainty, status.term.due.on)
    days = days_to(status.remaining, rates.get(status.term.measure, Rate(0)))
    return NEVER if days is None else Forecast(certainty, as_of + timedelta(days=days))


def forecast(status: Status, rates: Mapping[str, Rate]) -> Forecast:
    """The day the whole requirement falls due, with the earliest (FIRST) or the latest (LAST) of its terms."""
    if status.standing.tree is None:
        return NEVER
    by_path = {term.term.path: forecast_term(term, rates, status.today) for term in status.terms}
    found = combine(status.standing.tree, status.standing.root, by_path, first=min, last=max)
    return NEVER if found is None else found
