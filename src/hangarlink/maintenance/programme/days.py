"""Days of the account: due dates are plain dates in its time zone (domain rule 4.7)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from hangarlink.platform.tenancy.context import current_account


def today() -> date:
    """The date where the account is."""
    return day_of(timezone.now())


def day_of(moment: datetime) -> date:
    """The account's date of a moment."""
    return moment.astimezone(_zone()).date()


def start_of(day: date) -> datetime:
    """The first moment of a day of the account."""
    return datetime.combine(day, time(), _zone()).astimezone(UTC)


def fresh_since(as_of: date) -> datetime:
    """Usage older than this is stale as of that day: the account's number of whole days ago."""
    return start_of(as_of - timedelta(days=current_account().stale_usage_days))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_account().time_zone)
