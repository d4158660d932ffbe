"""The counters of a page: what is known of them, and writing where they stand now."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from hangarlink.fleet.ledger.arrays import literal
from hangarlink.fleet.models import Counter
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


# `total_at` is asked from the entries, so that taking back the last flight takes it back too.
_MOVE = """
UPDATE counter c
SET total = w.total, meter_offset = w.meter_offset, known_from = w.known_from, anchored_at = w.anchored_at,
    total_at = (SELECT max(e.at) FROM usage_entry e WHERE e.counter_id = c.id AND e.superseded_at IS NULL)
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
  AS w (id, total, meter_offset, known_from, anchored_at)
WHERE c.id = w.id
"""


def of_aircraft(aircraft_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """All counters of these aircraft. Call with the aircraft locked."""
    rows = Counter.objects.filter(aircraft_id__in=list(aircraft_ids)).values_list(
        "id", "aircraft_id", "unit", "total", "meter_offset", "known_from", "anchored_at"
    )
    return {row[0]: Standing(row[0], row[1], Unit(row[2]), *row[3:]) for row in rows}


def move(counters: Iterable[Standing]) -> None:
    """Write where the counters stand."""
    moved = list(counters)
    if not moved:
        return
    columns = [
        literal(c.id for c in moved),
        literal(c.total for c in moved),
        literal(c.meter_offset for c in moved),
        literal(c.known_from for c in moved),
        literal(c.anchored_at for c in moved),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, columns)
