"""Usage entries, read and written a page at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hangarlink.fleet.ledger.arrays import array, literal, repeating, walled_cursor
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_ids


class Flown(NamedTuple):
    """What a flight added to one counter."""

    flight_id: UUID
    counter_id: UUID
    at: datetime
    amount: int


_AMOUNTS = """
SELECT flight_id, counter_id, at, amount FROM usage_entry WHERE flight_id = ANY(%s::uuid[]) AND superseded_at IS NULL
"""

_AMOUNTS_UNTIL = "SELECT counter_id, amount FROM usage_entry WHERE flight_id = %s AND superseded_at = %s"

_INSERT = """
INSERT INTO usage_entry (id, account_id, counter_id, kind, at, sequence, flight_id, amount, source,
                         recorded_at, recorded_by)
SELECT w.id, %s, w.counter_id, 'flight', w.at, 0, w.flight_id, w.amount, %s, %s, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::bigint[])
  AS w (id, flight_id, counter_id, at, amount)
"""

_SUPERSEDE = """
UPDATE usage_entry e SET superseded_at = %s
FROM unnest(%s::uuid[], %s::uuid[]) AS w (flight_id, counter_id)
WHERE e.flight_id = w.flight_id AND e.counter_id = w.counter_id AND e.superseded_at IS NULL
"""


def amounts_of(flight_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, Flown]]:
    """Per flight, what it adds to each counter now."""
    found: defaultdict[UUID, dict[UUID, Flown]] = defaultdict(dict)
    ids = list(flight_ids)
    if ids:
        with walled_cursor() as cursor:
            cursor.execute(_AMOUNTS, [literal(ids)])
            for row in cursor.fetchall():
                found[row[0]][row[1]] = Flown(*row)
    return found


def amounts_until(flight_id: UUID, superseded_at: datetime) -> dict[UUID, int]:
    """What a flight added to each counter until it was cancelled at this moment."""
    with walled_cursor() as cursor:
        cursor.execute(_AMOUNTS_UNTIL, [flight_id, superseded_at])
        return dict(cursor.fetchall())


def insert(flown: Sequence[Flown], *, source: str, now: datetime, by: Actor) -> None:
    """Write what flights added."""
    if not flown:
        return
    columns = [
        array(new_ids(len(flown))),
        repeating([f.flight_id for f in flown]),
        repeating([f.counter_id for f in flown]),
        repeating([f.at for f in flown]),
        literal([f.amount for f in flown]),
    ]
    with walled_cursor() as cursor:
        cursor.execute(_INSERT, [current_account().id, source, now, by.id, *columns])


def supersede(flown: Sequence[Flown], *, now: datetime) -> None:
    """Take back what flights added. The rows stay; they no longer count."""
    if flown:
        with walled_cursor() as cursor:
            cursor.execute(_SUPERSEDE, [now, literal(f.flight_id for f in flown), literal(f.counter_id for f in flown)])
