"""How fast a counter grows: set by a planner, averaged over recent use, or in a ratio to another counter.

Source: domain rule 1.6. Exact: a rate is two whole numbers and nothing is rounded too early.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class Rate:
    """Usage of a counter: `amount` of its unit in `days` days. Two whole numbers: nothing is rounded too early."""

    amount: int
    days: int = 1

    def __post_init__(self) -> None:
        if self.amount < 0 or self.days <= 0:
            raise ValueError(f"a rate needs an amount of 0 or more in 1 day or more, not {self.amount} in {self.days}")


@dataclass(frozen=True)
class Ratio:
    """`use` of a counter's own unit for each `per` of the unit of the counter it follows."""

    use: int
    per: int

    def of(self, rate: Rate) -> Rate:
        """The pace of the follower where the other one has this pace."""
        return Rate(rate.amount * self.use, rate.days * self.per)

    def of_amount(self, amount: int) -> int:
        """What the follower gains with this much of the other one, rounded up: a limit is never seen too late."""
        return -(-amount * self.use // self.per)


class PaceSource(StrEnum):
    """Where a pace comes from, in the order in which they are looked for (planned flights come before them all).

    NONE: nothing was set, used or followed, so nobody can say when a limit is reached.
    """

    SET = "set"
    AVERAGE = "average"
    RATIO = "ratio"
    NONE = "none"


@dataclass(frozen=True)
class Pace:
    """A rate and where it comes from."""

    rate: Rate
    source: PaceSource


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included; no `last`: for ever."""

    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"a span ends on or after its first day, not {self.last} after {self.first}")

    def within(self, first: date, last: date) -> "Span | None":
        """Its part between two days, both included."""
        begin, end = max(self.first, first), last if self.last is None else min(self.last, last)
        return Span(begin, end) if begin <= end else None


def days_in(spans: Iterable[Span], first: date, last: date) -> int:
    """How many days between two, both included, lie in any of the spans; one that lies in several counts once."""
    parts = [part for span in spans if (part := span.within(first, last))]
    found, free = 0, first
    for part in sorted(parts, key=lambda one: one.first):
        if part.last is not None and part.last >= free:
            found += (part.last - max(part.first, free)).days + 1
            free = part.last + timedelta(days=1)
    return found


def average(amount: int, days: int, parked: int = 0) -> Rate | None:
    """Use per day over a window of so many days, those on which the aircraft stood left out. None: nothing to average.

    Days in storage or maintenance are no use, and counting them makes the average lie (domain rule 1.6).
    """
    flown = days - parked
    return Rate(amount, flown) if flown > 0 else None


def pace_of(set_per_day: int | None, recent: Rate | None, followed: tuple[Ratio, Pace] | None = None) -> Pace:
    """The pace of a counter on a day nobody planned: the set rate, else the average, else the ratio, else none.

    recent    the average of the window; one without any use gives way to a ratio, where there is one
    followed  the ratio, and the pace of the other counter by its own set rate or average
    """
    if set_per_day is not None:
        return Pace(Rate(set_per_day), PaceSource.SET)
    if recent is not None and (recent.amount > 0 or followed is None):
        return Pace(recent, PaceSource.AVERAGE)
    if followed is not None:
        ratio, other = followed
        return Pace(ratio.of(other.rate), PaceSource.RATIO)
    return Pace(Rate(0), PaceSource.NONE)
