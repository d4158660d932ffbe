"""When usage is too old to trust. Source: domain/maintenance.md 1.6: stale is unknown, not green."""

from datetime import datetime, timedelta


def is_stale(last_usage_at: datetime | None, now: datetime, days: int) -> bool:
    """Whether nothing was entered for more than `days` days, or ever."""
    return last_usage_at is None or now - last_usage_at > timedelta(days=days)
