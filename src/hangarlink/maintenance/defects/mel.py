"""How long a defect may stay open under a minimum equipment list. Pure. Source: FAA PL-25; domain/maintenance.md 1.7.

The day of recording does not count, and it is the day on which the malfunction was written up first: neither a placard
that came the next morning nor a second deferral starts the clock again. The last day counts to its end.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hangarlink.platform.errors import RuleBroken

MOST_DAYS = 3_660


class Category(StrEnum):
    """Repair categories. A: as the remarks of the item say; the others have fixed numbers of consecutive days."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


REPAIR_DAYS = {Category.B: 3, Category.C: 10, Category.D: 120}


def last_day(category: Category, first_recorded: datetime, *, day_zone: str = "UTC", days: int | None = None) -> date:
    """The last day on which the item may still be open, in the operator's day policy.

    first_recorded  the first write-up (aware), never the placard
    day_zone        whose days count, an operator's choice: `UTC` or the zone of its base
    days            of category A, as the remarks say; the other categories take none
    """
    if first_recorded.tzinfo is None:
        raise RuleBroken(f"{first_recorded:%Y-%m-%d %H:%M} has no time zone.", field="first_recorded")
    return first_recorded.astimezone(ZoneInfo(day_zone)).date() + timedelta(days=_allowed(category, days))


def expiry(category: Category, first_recorded: datetime, *, day_zone: str = "UTC", days: int | None = None) -> datetime:
    """The first moment at which the item may no longer be open: the end of `last_day`, aware, in that zone."""
    after = last_day(category, first_recorded, day_zone=day_zone, days=days) + timedelta(days=1)
    return datetime.combine(after, time(), ZoneInfo(day_zone))


def _allowed(category: Category, days: int | None) -> int:
    fixed = REPAIR_DAYS.get(category)
    if fixed is not None:
        if days is not None:
            raise RuleBroken(
                f"Category {category} has {fixed} days by definition. Give a number of days for category A only.",
                field="days",
            )
        return fixed
    if days is None or not 1 <= days <= MOST_DAYS:
        raise RuleBroken(
            f"Category A lasts as long as the remarks of the item say. Give that number of days, 1 to {MOST_DAYS}.",
            field="days",
        )
    return days
