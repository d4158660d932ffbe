"""Totals of the past, and use per day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from hangarlink.fleet.ledger.arrays import literal, walled_cursor
from hangarlink.fleet.models import Counter


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """One day (UTC) of a counter.

    used   seconds or counts added on that day
    total  at the end of the day; None: unknown then
    """

    day: date
    used: int
    total: int | None


# The nearest opening, reading or replacement, and the flights since then. A flight at the very moment of one of those
# comes before it, so it is in `total_after` already.
_TOTALS = """
SELECT CASE WHEN a.total_after IS NULL THEN NULL ELSE a.total_after + coalesce((
         SELECT sum(f.amount) FROM usage_entry f
         WHERE f.counter_id = w.counter_id AND f.superseded_at IS NULL AND f.at > a.at AND f.at <= w.at), 0)::bigint END
FROM unnest(%s::uuid[], %s::timestamptz[]) WITH ORDINALITY AS w (counter_id, at, place)
LEFT JOIN LATERAL (
  SELECT e.at, e.total_after FROM usage_entry e
  WHERE e.counter_id = w.counter_id AND e.superseded_at IS NULL AND e.kind <> 'flight' AND e.at <= w.at
  ORDER BY e.at DESC, e.sequence DESC LIMIT 1) a ON true
ORDER BY w.place
"""

_DAYS = """
SELECT (at AT TIME ZONE 'UTC')::date AS day, sum(coalesce(amount, 0) + coalesce(added, 0))::bigint
FROM usage_entry WHERE counter_id = %s AND superseded_at IS NULL AND at >= %s AND at < %s
GROUP BY day
"""


def totals_at(pairs: Sequence[tuple[UUID, datetime]]) -> list[int | None]:
    """Where counters stood at moments: seconds or counts, None where unknown, in the order asked. One statement.

    A flight that ends at the very moment asked for is in the total. Counters of other accounts are unknown.
    """
    if not pairs:
        return []
    with walled_cursor() as cursor:
        cursor.execute(_TOTALS, [literal(c for c, _ in pairs), literal(at for _, at in pairs)])
        return [row[0] for row in cursor.fetchall()]


def usage_history(counter: Counter, days: int, *, today: date | None = None) -> list[DayOfUse]:
    """The last `days` days up to and with today (UTC), each with its use and its total at the end. Two statements."""
    last = today or timezone.now().astimezone(UTC).date()
    listed = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    if not listed:
        return []
    with walled_cursor() as cursor:
        cursor.execute(_DAYS, [counter.id, _midnight(listed[0]), _midnight(last + timedelta(days=1))])
        used = dict(cursor.fetchall())
    ends = [_midnight(day + timedelta(days=1)) - timedelta(microseconds=1) for day in listed]
    totals = totals_at([(counter.id, end) for end in ends])
    return [DayOfUse(day, used.get(day, 0), total) for day, total in zip(listed, totals, strict=True)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
