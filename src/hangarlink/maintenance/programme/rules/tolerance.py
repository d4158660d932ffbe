"""Tolerance: how far an approved, one-time variation may extend a due point, and where it may never. Domain rule 1.3.

A tolerance is not part of a due point. It is used only through a recorded approval, for one aircraft and once, and it
is refused for airworthiness limitations, certification maintenance and life limits, and for a directive whose own text
grants none.
"""

from datetime import date

from hangarlink.maintenance.programme.rules.dates import CalendarUnit, add_months, end_of_month
from hangarlink.maintenance.programme.rules.dues import AtCount, DuePoint, OnDate, Variation
from hangarlink.maintenance.programme.rules.limits import CalendarLimit, Leaf


def extended(due: DuePoint, limit: Leaf, variation: Variation) -> DuePoint:
    """A due point with its variation. Months end on a month's last day where the limit's do."""
    if isinstance(due, AtCount):
        return AtCount(due.counter, due.value + variation.amount)
    if not variation.months:
        return OnDate.of(date.fromordinal(due.place + variation.amount))
    moved = add_months(due.on, variation.amount, anchor=due.anchor)
    to_month_end = isinstance(limit, CalendarLimit) and limit.unit is CalendarUnit.CALENDAR_MONTHS
    return OnDate(end_of_month(moved) if to_month_end else moved, due.anchor)
