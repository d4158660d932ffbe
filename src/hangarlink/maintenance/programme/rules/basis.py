"""From where the next interval counts: the due point or the accomplishment. Source: domain rule 1.3.

Sources disagree on purpose, so the policy is data on the limit. All four agree when the work was done exactly at the
due point. Without an earlier due point there is nothing to choose: the accomplishment itself counts.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from hangarlink.maintenance.programme.rules.dates import CalendarUnit, add, add_months, end_of_month
from hangarlink.maintenance.programme.rules.dues import AtCount, DuePoint, OnDate
from hangarlink.maintenance.programme.rules.limits import Basis, CalendarLimit, CounterLimit

IntervalLimit = CounterLimit | CalendarLimit


class Because(StrEnum):
    """Why an interval counts from where it does; the explanation turns these into sentences."""

    NO_EARLIER_DUE = "no_earlier_due"
    ON_THE_DUE_POINT = "on_the_due_point"
    POLICY = "policy"
    EARLY = "early"
    LATE = "late"
    INSIDE_WINDOW = "inside_window"
    OUTSIDE_WINDOW = "outside_window"
    EXTENDED = "extended"


@dataclass(frozen=True)
class Base:
    """The chosen point, whether it is the earlier due point, and why."""

    point: DuePoint
    from_due: bool
    because: Because


def choose(policy: Basis, limit: IntervalLimit, *, was: DuePoint | None, done: DuePoint) -> Base:
    """The point the next interval counts from.

    was   the due point the accomplishment answered, None when there was none
    done  the accomplishment on the same measure
    """
    if was is None:
        return Base(done, False, Because.NO_EARLIER_DUE)
    if done.place == was.place:
        return Base(was, True, Because.ON_THE_DUE_POINT)
    because = _verdict(policy, limit, was, done)
    from_due = because in {Because.LATE, Because.INSIDE_WINDOW} or policy is Basis.GRID
    return Base(was if from_due else done, from_due, because)


def _verdict(policy: Basis, limit: IntervalLimit, was: DuePoint, done: DuePoint) -> Because:
    if policy is Basis.MIN:
        return Because.LATE if done.place > was.place else Because.EARLY
    if policy is Basis.WINDOW:
        return Because.INSIDE_WINDOW if is_inside(limit, was, done) else Because.OUTSIDE_WINDOW
    return Because.POLICY


def window_of(limit: IntervalLimit, due: DuePoint) -> tuple[DuePoint, DuePoint] | None:
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
        return _dates_around(limit, due)
    return None


def is_inside(limit: IntervalLimit, was: DuePoint, done: DuePoint) -> bool:
    """Whether an accomplishment lies in the limit's window around the due point it answered."""
    bounds = window_of(limit, was)
    return bounds is not None and bounds[0].place <= done.place <= bounds[1].place


def advance(base: DuePoint, limit: IntervalLimit, amount: int) -> DuePoint:
    """The point `amount` after `base`, in the limit's own unit."""
    match limit, base:
        case CounterLimit(), AtCount():
            return AtCount(limit.counter, base.value + amount)
        case CalendarLimit(), OnDate():
            on = add(base.on, amount, limit.unit, anchor=base.anchor)
            return OnDate(on, on.day if limit.unit is CalendarUnit.DAYS else base.anchor)
    raise TypeError(f"a {limit.kind} limit cannot count from {base}")


def _dates_around(limit: CalendarLimit, due: OnDate) -> tuple[DuePoint, DuePoint] | None:
    window = limit.window
    if window is None:
        return None
    to_month_end = limit.unit is CalendarUnit.CALENDAR_MONTHS
    start = due.nominal if to_month_end else due.on
    if window.unit is CalendarUnit.DAYS:
        return OnDate.of(start - timedelta(days=window.before)), OnDate.of(due.on + timedelta(days=window.after))
    closes = add_months(due.on, window.after, anchor=due.anchor)
    return (
        OnDate.of(add_months(start, -window.before, anchor=due.anchor)),
        OnDate.of(end_of_month(closes) if to_month_end else closes),
    )
