"""Calendar arithmetic for due dates. Three kinds, never turned into one another (domain rule 1.2.5)."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum


class CalendarUnit(StrEnum):
    """How a calendar interval is counted.

    DAYS             days
    MONTHS           same day n months on, clamped to the month; the day first meant is kept (31 Jan, 28 Feb, 31 Mar)
    CALENDAR_MONTHS  through the last day of the month n months on (14 CFR 91.409(a): 17 Mar 2025 + 12 is 31 Mar 2026)
    """

    DAYS = "days"
    MONTHS = "months"
    CALENDAR_MONTHS = "calendar_months"


def add_months(day: date, months: int, *, anchor: int | None = None) -> date:
    """The same day `months` on, or back, clamped to the month's length.

    anchor  the day of month first meant, when `day` itself was clamped: 28 Feb anchored at 31, plus 1, is 31 Mar
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(anchor or day.day, monthrange(year, month0 + 1)[1]))


def end_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add(day: date, amount: int, unit: CalendarUnit, *, anchor: int | None = None) -> date:
    """`day` plus an interval. Rounding to the end of the month is the last step, never followed by adding days."""
    if unit is CalendarUnit.DAYS:
        return day + timedelta(days=amount)
    moved = add_months(day, amount, anchor=anchor)
    return end_of_month(moved) if unit is CalendarUnit.CALENDAR_MONTHS else moved
