"""What a counter is expected to gain, day by day, and the first day on which a limit would be exceeded.

Source: domain rule 1.6: planned flights first, then the pace; days in storage or maintenance have no use.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from hangarlink.maintenance.programme.rules.pace import PaceSource, Rate, Span

# Beyond a century a forecast says nothing, and a date may not exist.
FARTHEST_DAYS = 36_525


@dataclass(frozen=True)
class UsagePlan:
    """The use of one counter from a day on.

    pace     on every day of which nothing else is said
    planned  what the flights planned on a day add; such a day has nothing besides
    idle     days without use: the aircraft stands, or its flight schedule is complete and names no flight
    source   where the pace comes from, for the explanation
    """

    pace: Rate
    planned: Mapping[date, int] = field(default_factory=dict)
    idle: Sequence[Span] = ()
    source: PaceSource | None = None

    def first_day_beyond(self, remaining: int, as_of: date) -> int | None:
        """Days from `as_of` to the first day by whose end more than `remaining` (above 0) is used; None: never.

        Counted in the pace's own fraction of the unit, so exact: `remaining` times its days.
        """
        target, used = remaining * self.pace.days, 0
        for run in self._runs(as_of):
            grown = None if run.days is None else used + run.use * run.days
            if run.use and (grown is None or grown > target):
                days = run.first + (target - used) // run.use
                return days if days <= FARTHEST_DAYS else None
            if grown is None:
                return None
            used = grown
        return None

    def planned_from(self, as_of: date) -> int:
        """What all planned flights from this day on add."""
        return sum(amount for day, amount in self.planned.items() if day >= as_of)

    def _runs(self, as_of: date) -> "Iterator[_Run]":
        """The days from `as_of` on, cut where their use changes; the last run has no end."""
        marks = sorted({0, *(offset for mark in self._marks() if (offset := (mark - as_of).days) > 0)})
        for first, following in pairwise([*marks, None]):
            if first is not None:
                day = as_of + timedelta(days=first)
                yield _Run(first, None if following is None else following - first, self._use_on(day))

    def _marks(self) -> Iterator[date]:
        for day in self.planned:
            yield day
            yield day + timedelta(days=1)
        for span in self.idle:
            yield span.first
            if span.last is not None:
                yield span.last + timedelta(days=1)

    def _use_on(self, day: date) -> int:
        if day in self.planned:
            return self.planned[day] * self.pace.days
        return 0 if any(span.within(day, day) for span in self.idle) else self.pace.amount


@dataclass(frozen=True)
class _Run:
    """Days that are alike: from `first` days after today, `days` of them (None: for ever), each with this use."""

    first: int
    days: int | None
    use: int


def room_for(limit: int, planned: int) -> int:
    """The highest total from which everything planned can still be flown within the limit (E34)."""
    return limit - planned
