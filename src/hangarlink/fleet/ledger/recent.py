"""Recent use of counters, kept on them so that a forecast reads no usage rows."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from hangarlink.fleet.ledger.arrays import literal, walled_cursor
from hangarlink.fleet.rules.recent import Window

# Of the counter `w.id`, as `u`. One that is younger than the window is averaged over the days it has, the day of its
# first entry counted whole. One without entries has no recent use, not zero use.
RECENT_USE = """
LATERAL (
  SELECT
    CASE WHEN f.day IS NULL THEN NULL ELSE %(as_of)s::date END AS as_of,
    CASE WHEN f.day IS NULL THEN 0 ELSE greatest(0, least(%(days)s, %(as_of)s::date - f.day)) END::smallint AS days,
    (coalesce((SELECT sum(e.amount) FROM usage_entry e
               WHERE e.counter_id = w.id AND e.superseded_at IS NULL AND e.at >= %(start)s AND e.at < %(end)s), 0)
     + coalesce((SELECT sum(e.added) FROM usage_entry e
                 WHERE e.counter_id = w.id AND e.superseded_at IS NULL AND e.kind <> 'flight'
                   AND e.at >= %(start)s AND e.at < %(end)s), 0))::bigint AS used
  FROM (SELECT (SELECT (e.at AT TIME ZONE 'UTC')::date FROM usage_entry e
                WHERE e.counter_id = w.id AND e.superseded_at IS NULL ORDER BY e.at LIMIT 1) AS day) f
) u
"""

_REFRESH = f"""
UPDATE counter c
SET recent_as_of = u.as_of, recent_days = u.days, recent_amount = u.used
FROM unnest(%(ids)s::uuid[]) AS w (id) CROSS JOIN {RECENT_USE}
WHERE c.id = w.id
  AND (c.recent_as_of, c.recent_days, c.recent_amount) IS DISTINCT FROM (u.as_of, u.days, u.used)
"""  # noqa: S608 constants only


def parameters(window: Window) -> dict[str, Any]:
    """What `RECENT_USE` asks for."""
    return {"as_of": window.as_of, "days": window.days, "start": window.start, "end": window.end}


def refresh(counter_ids: Iterable[UUID], window: Window) -> int:
    """Bring recent use of these counters up to date; return how many changed. One statement."""
    with walled_cursor() as cursor:
        cursor.execute(_REFRESH, {"ids": literal(counter_ids), **parameters(window)})
        return int(cursor.rowcount)
