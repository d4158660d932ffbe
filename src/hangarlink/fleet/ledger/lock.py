"""Row locks on aircraft: taken once per transaction, all at once, in the order of their ids, so nobody deadlocks."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from hangarlink.fleet.ledger.arrays import literal
from hangarlink.fleet.models import Aircraft

_LOCK = """
SELECT id, registration FROM aircraft
WHERE id = ANY(%s::uuid[])
   OR id IN (SELECT aircraft_id FROM flight WHERE source = %s AND external_id = ANY(%s))
ORDER BY id FOR NO KEY UPDATE
"""

_LOCK_FREE = "SELECT id FROM aircraft WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"


def lock_aircraft(ids: Iterable[UUID], *, source: str = "", external_ids: Sequence[str] = ()) -> dict[UUID, Aircraft]:
    """Lock these aircraft and those that a source's flights belong to now. Other accounts' ids are simply not found.

    The aircraft come back with id and registration only. Call it once per transaction: a second call may wait for
    somebody who waits for what the first one locked, and PostgreSQL then aborts one of the two.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [literal(sorted(ids)), source, list(external_ids)])
        return {row[0]: Aircraft(id=row[0], registration=row[1]) for row in cursor.fetchall()}


def lock_free_aircraft(ids: Iterable[UUID]) -> set[UUID]:
    """Lock those of these aircraft that nobody else holds, and wait for none."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_FREE, [literal(ids)])
        return {row[0] for row in cursor.fetchall()}
