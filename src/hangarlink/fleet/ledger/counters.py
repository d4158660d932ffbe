"""The counters of a page: what is known of them, and writing where they stand now."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hangarlink.fleet.ledger.arrays import literal, walled_cursor
from hangarlink.fleet.ledger.recent import RECENT_USE, parameters
from hangarlink.fleet.rules.recent import Window
from hangarlink.fleet.vocabulary import Unit


class Standing(NamedTuple):
    """Where a counter stands."""

    id: UUID
    aircraft_id: UUID
    unit: Unit
    total: int | None
    meter_offset: int | None
    known_from: datetime | None
    anchored_at: datetime | None


_OF_AIRCRAFT = """
SELECT id, aircraft_id, unit, total, meter_offset, known_from, anchored_at
FROM counter WHERE aircraft_id = ANY(%s::uuid[]) AND formula IS NULL
"""

# `total_at` is asked from the entries, so that taking back the last flight takes it back too. Recent use is written
# along: a second update would leave a second dead row behind.
_MOVE = f"""
UPDATE counter c
SET total = w.total, meter_offset = w.meter_offset, known_from = w.known_from, anchored_at = w.anchored_at,
    total_at = (SELECT e.at FROM usage_entry e WHERE e.counter_id = w.id AND e.superseded_at IS NULL
                ORDER BY e.at DESC LIMIT 1),
    recent_as_of = u.as_of, recent_days = u.days, recent_amount = u.used
FROM unnest(%(ids)s::uuid[], %(totals)s::bigint[], %(offsets)s::bigint[], %(known_from)s::timestamptz[],
            %(anchored_at)s::timestamptz[]) AS w (id, total, meter_offset, known_from, anchored_at)
CROSS JOIN {RECENT_USE}
WHERE c.id = w.id
"""  # noqa: S608 constants only


def of_aircraft(aircraft_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """All counters of these aircraft that usage moves; derived ones follow. Call with the aircraft locked."""
    with walled_cursor() as cursor:
        cursor.execute(_OF_AIRCRAFT, [literal(aircraft_ids)])
        return {row[0]: Standing(row[0], row[1], Unit(row[2]), *row[3:]) for row in cursor.fetchall()}


def move(counters: Iterable[Standing], window: Window) -> None:
    """Write where the counters stand, and their recent use."""
    moved = list(counters)
    if not moved:
        return
    values = {
        "ids": literal(c.id for c in moved),
        "totals": literal(c.total for c in moved),
        "offsets": literal(c.meter_offset for c in moved),
        "known_from": literal(c.known_from for c in moved),
        "anchored_at": literal(c.anchored_at for c in moved),
    }
    with walled_cursor() as cursor:
        cursor.execute(_MOVE, {**values, **parameters(window)})
