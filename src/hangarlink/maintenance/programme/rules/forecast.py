"""When a limit will be reached: `days_to = floor(remaining / rate)`, exact. Source: domain rule 1.6.

A counter's use is a `Rate`, or a `UsagePlan` where flights are planned or the aircraft will stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from hangarlink.maintenance.programme.rules.dues import Awaiting, OnDate
from hangarlink.maintenance.programme.rules.pace import Rate as Rate
from hangarlink.maintenance.programme.rules.plan import FARTHEST_DAYS, UsagePlan
from hangarlink.maintenance.programme.rules.status import Status, TermStatus
from hangarlink.maintenance.programme.rules.trees import combine

Use = Rate | UsagePlan


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


def reached_in(remaining: int, use: Use, as_of: date) -> int | None:
    """Days from `as_of` to the first day on which the limit is exceeded, as `days_to` where nothing is planned.

    What is planned lies ahead: a limit that is passed was passed at the usual pace.
    """
    if isinstance(use, Rate):
        return days_to(remaining, use)
    return use.first_day_beyond(remaining, as_of) if remaining > 0 else days_to(remaining, use.pace)


def forecast_term(status: TermStatus, rates: Mapping[str, Use], as_of: date) -> Forecast:
    """Counter: the first day on which the limit is exceeded, estimated also when passed. Calendar: the due date.

    A limit that waits for an event is never reached: FIRST goes by the others, LAST waits with it.
    """
    due = status.term.effective
    if isinstance(due, Awaiting):
        return NEVER
    if status.unknown or status.remaining is None:
        return UNKNOWN
    certainty = Certainty.PASSED if status.remaining < 0 else Certainty.AHEAD
    if isinstance(due, OnDate):
        return Forecast(certainty, due.on)
    days = reached_in(status.remaining, rates.get(status.term.measure, Rate(0)), as_of)
    return NEVER if days is None else Forecast(certainty, as_of + timedelta(days=days))


def forecast(status: Status, rates: Mapping[str, Use]) -> Forecast:
    """The day the whole requirement falls due, with the earliest (FIRST) or the latest (LAST) of its terms."""
    if status.standing.tree is None:
        return NEVER
    by_path = {term.term.path: forecast_term(term, rates, status.today) for term in status.terms}
    found = combine(status.standing.tree, status.standing.root, by_path, first=min, last=max)
    return NEVER if found is None else found
