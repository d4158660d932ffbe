"""What a visit may be. Pure."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hangarlink.platform.errors import RuleBroken

LONGEST = timedelta(days=366)
REASON_LENGTH = 300


class Status(StrEnum):
    """CANCELLED is final; the row stays, so that who was told of it can be told again."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raises RuleBroken naming the field."""
    if ends_at <= starts_at:
        raise RuleBroken("A visit ends after it starts. Give a later end.", field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise RuleBroken(f"A visit lasts at most {LONGEST.days} days. Plan a second one for the rest.", field="ends_at")


def whole_days(starts_at: datetime, ends_at: datetime) -> tuple[date, date] | None:
    """The first and the last day that lie wholly inside a stay, in its own time zone; None: it may fly on all of them.

    A day on which it goes in or comes out is left out, so that a forecast never sees a limit too late.
    """
    first = starts_at.date() if starts_at.time() == time() else starts_at.date() + timedelta(days=1)
    last = ends_at.date() - timedelta(days=1)
    return (first, last) if first <= last else None


def checked_reason(reason: str) -> str:
    """What is to be done, in a line. Raises RuleBroken."""
    reason = " ".join(reason.split())
    if not reason:
        raise RuleBroken("Say what the aircraft is in for, such as 100-hour inspection.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise RuleBroken(f"At most {REASON_LENGTH} characters; these are {len(reason)}.", field="reason")
    return reason


def check_open(status: str) -> None:
    if status != Status.PLANNED:
        raise RuleBroken("This visit was cancelled. Plan another one.")
