"""From where the next interval counts: the due point or the accomplishment. Source: domain rule 1.3.

Sources disagree on purpose, so the policy is data on the limit. All four agree when the work was done exactly at the
due point. Without an earlier due point there is nothing to choose: the accomplishment itself counts.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from hangarlink.maintenance.programme.rules.dates import CalendarUnit, add, add_months, end_of_month
from hangarlink.maintenance.programme.rules.dues import AtCount, OnDate
from hangarlink.maintenance.programme.rules.limits import Basis, CalendarLimit, CounterLimit


class Because(StrEnum):
    """Why an interval counts from where it does; the explanation turns these into sentences."""

    NO_EARLIER_DUE = "no_earlier_due"
    ON_THE_DUE_POINT = "on_the_due_point"
    POLICY = "policy"
    EARLY = "early"
    LATE = "late"
    INSIDE_WINDOW = "inside_window"
    OUTSIDE_WINDOW = "outside_window"


Where = AtCount | OnDate


@dataclass(frozen=True)
class Base:
    """The chosen point, whether it is the earlier due point, and why."""

    point: AtCount | OnDate
    from_due: bool
    because: Because


def choose(policy: Basis, *, was: Where | None, done: Where, inside_window: bool) -> Base:
    """The point the next interval counts from.

    was            the due point the accomplishment answered, None when there was none
    inside_window  whether `done` lies in the window around `was`; only WINDOW asks
    """
    if was is None:
        return Base(done, False, Because.NO_EARLIER_DUE)
    if _place(done) == _place(was):
        return Base(was, True, Because.ON_THE_DUE_POINT)
    if policy is Basis.GRID:
        return Base(was, True, Because.POLICY)
    if policy is Basis.MIN:
        late = _place(done) > _place(was)
        return Base(was, True, Because.LATE) if late else Base(done, False, Because.EARLY)
    if policy is Basis.WINDOW:
        return Base(was, True, Because.INSIDE_WINDOW) if inside_window else Base(done, False, Because.OUTSIDE_WINDOW)
    return Base(done, False, Because.POLICY)


def window_of(limit: CounterLimit | CalendarLimit, due: AtCount | OnDate) -> tuple[AtCount, AtCount] | tuple[OnDate, OnDate] | None:
    """The first and last point of the window around a due point, bounds included; None without a window.

    With calendar months the window opens from the day before rounding to the end of the month and closes at a month's
    end: 12 calendar months from 10 May, one month either side, is 10 April to 30 June (Pilatus PC-12 AMM 05, E09).
    """
    if isinstance(limit, CounterLimit) and isinstance(due, AtCount) and limit.window:
        return (
            AtCount(due.counter, due.value - limit.window.before),
            AtCount(due.counter, due.value + limit.window.after),
        )
    if isinstance(limit, CalendarLimit) and isinstance(due, OnDate) and limit.window:
        window = limit.window
        if window.unit is CalendarUnit.DAYS:
            opens, closes = due.nominal - timedelta(days=window.before), due.on + timedelta(days=window.after)
        else:
            opens = add_months(due.nominal, -window.before, anchor=due.anchor)
            closes = add_months(due.on, window.after, anchor=due.anchor)
            closes = end_of_month(closes) if limit.unit is CalendarUnit.CALENDAR_MONTHS else closes
        return OnDate(opens, opens.day), OnDate(closes, closes.day)
    return None


def is_inside(limit: CounterLimit | CalendarLimit, was: AtCount | OnDate | None, done: AtCount | OnDate) -> bool:
    """Whether an accomplishment lies in the limit's window around the due point it answered."""
    bounds = window_of(limit, was) if was else None
    return bounds is not None and _place(bounds[0]) <= _place(done) <= _place(bounds[1])


def advance(base: AtCount | OnDate, limit: CounterLimit | CalendarLimit, amount: int) -> AtCount | OnDate:
    """The point `amount` after `base`, in the limit's own unit."""
    if isinstance(limit, CounterLimit):
        assert isinstance(base, AtCount)
        return AtCount(limit.counter, base.value + amount)
    assert isinstance(base, OnDate)
    on = add(base.on, amount, limit.unit, anchor=base.anchor)
    return OnDate(on, on.day if limit.unit is CalendarUnit.DAYS else base.anchor)


def _place(point: AtCount | OnDate) -> int:
    return point.value if isinstance(point, AtCount) else point.on.toordinal()
