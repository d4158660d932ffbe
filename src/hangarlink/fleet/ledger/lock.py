"""Row locks on aircraft: taken once per transaction, all at once, in the order of their ids, so nobody deadlocks."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from hangarlink.fleet.ledger.arrays import literal, texts, walled_cursor
from hangarlink.fleet.models import Aircraft

_LOCK = """
SELECT a.id, a.registration FROM aircraft a
WHERE a.id IN (SELECT unnest(%s::uuid[])
               UNION SELECT f.aircraft_id FROM flight f
                     WHERE f.source = %s AND f.external_id = ANY(%s::text[]) AND f.external_id <> '')
ORDER BY a.id FOR NO KEY UPDATE OF a
"""

_LOCK_FREE = "SELECT id FROM aircraft WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"


def lock_aircraft(ids: Iterable[UUID], *, source: str = "", external_ids: Sequence[str] = ()) -> dict[UUID, Aircraft]:
    """Lock these aircraft and those that a source's flights belong to now. Other accounts' ids are simply not found.

    The aircraft come back with id and registration only. Call it once per transaction: a second call may wait for
    somebody who waits for what the first one locked, and PostgreSQL then aborts one of the two.
    """
    with walled_cursor() as cursor:
        cursor.execute(_LOCK, [literal(sorted(ids)), source, texts(external_ids)])
        return {row[0]: Aircraft(id=row[0], registration=row[1]) for row in cursor.fetchall()}


def lock_free_aircraft(ids: Iterable[UUID]) -> set[UUID]:
    """Lock those of these aircraft that nobody else holds, and wait for none."""
    with walled_cursor() as cursor:
        cursor.execute(_LOCK_FREE, [literal(ids)])
        return {row[0] for row in cursor.fetchall()}
