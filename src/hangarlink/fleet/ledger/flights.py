"""Flights, read and written a page at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from hangarlink.fleet.facts import FlightFact
from hangarlink.fleet.ledger.arrays import hexed, literal, texts, walled_cursor
from hangarlink.fleet.rules.flights import PLACE_LENGTH
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account


class Recorded(NamedTuple):
    """A flight as it is recorded now."""

    id: UUID
    aircraft_id: UUID
    source: str
    external_id: str
    started_at: datetime
    ended_at: datetime
    departure: str
    arrival: str
    content_hash: bytes | None
    cancelled_at: datetime | None
    decided_here: bool


class Told(NamedTuple):
    """As much of a recorded flight as shows whether its source says the same again."""

    id: UUID
    aircraft_id: UUID
    content_hash: bytes | None
    cancelled_at: datetime | None
    decided_here: bool


_COLUMNS = (
    "f.id, f.aircraft_id, f.source, f.external_id, f.started_at, f.ended_at, f.departure, f.arrival, "
    "f.content_hash, f.cancelled_at, f.decided_here"
)

# The last condition is there for the planner: the index holds named flights only.
_KNOWN = f"""
SELECT {_COLUMNS} FROM flight f WHERE f.source = %s AND f.external_id = ANY(%s::text[]) AND f.external_id <> ''
"""  # noqa: S608 constants only

_TOLD = """
SELECT f.external_id, f.id, f.aircraft_id, f.content_hash, f.cancelled_at, f.decided_here
FROM flight f WHERE f.source = %s AND f.external_id = ANY(%s::text[]) AND f.external_id <> ''
"""

# Flights that stand never share time: of those that started earlier only the last one can reach into a span. Lateral,
# because a planner without statistics would rather read every flight of the account than look up a few.
_NEAR = f"""
SELECT DISTINCT ON (f.id) {_COLUMNS}
FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[]) AS w (aircraft_id, started_at, ended_at)
CROSS JOIN LATERAL (
  (SELECT * FROM flight f
   WHERE f.aircraft_id = w.aircraft_id AND f.started_at >= w.started_at AND f.started_at <= w.ended_at
     AND (f.started_at = w.started_at AND f.ended_at = w.ended_at
          OR f.cancelled_at IS NULL AND f.started_at < w.ended_at AND f.ended_at > w.started_at)
   OFFSET 0)
  UNION ALL
  SELECT * FROM (SELECT * FROM flight f
                 WHERE f.aircraft_id = w.aircraft_id AND f.started_at < w.started_at AND f.cancelled_at IS NULL
                   AND f.ended_at > f.started_at
                 ORDER BY f.started_at DESC LIMIT 1) f
  WHERE f.ended_at > w.started_at
) f
"""  # noqa: S608 constants only

_INSERT = """
INSERT INTO flight (id, account_id, aircraft_id, source, external_id, started_at, ended_at, departure, arrival,
                    content_hash, recorded_at, recorded_by, decided_here)
SELECT w.id, %s, w.aircraft_id, %s, w.external_id, w.started_at, w.ended_at, w.departure, w.arrival,
       w.content_hash, %s, %s, false
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[],
            %s::bytea[])
  AS w (id, aircraft_id, external_id, started_at, ended_at, departure, arrival, content_hash)
ON CONFLICT DO NOTHING
RETURNING id
"""

_REWRITE = """
UPDATE flight f
SET aircraft_id = w.aircraft_id, started_at = w.started_at, ended_at = w.ended_at,
    departure = w.departure, arrival = w.arrival, content_hash = w.content_hash, cancelled_at = NULL,
    decided_here = f.decided_here OR %s
FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[], %s::bytea[])
  AS w (id, aircraft_id, started_at, ended_at, departure, arrival, content_hash)
WHERE f.id = w.id
"""

_CANCEL = """
UPDATE flight SET cancelled_at = %s, decided_here = decided_here OR %s WHERE id = ANY(%s::uuid[])
"""

_REHASH = """
UPDATE flight f SET content_hash = w.content_hash
FROM unnest(%s::uuid[], %s::bytea[]) AS w (id, content_hash) WHERE f.id = w.id
"""


def _places_and_hashes(facts: Sequence[FlightFact]) -> list[str]:
    return [
        texts(f.departure[:PLACE_LENGTH] for f in facts),
        texts(f.arrival[:PLACE_LENGTH] for f in facts),
        hexed(f.content_hash for f in facts),
    ]


def known(source: str, external_ids: Sequence[str]) -> dict[str, Recorded]:
    """The flights recorded from a source under these names."""
    if not external_ids:
        return {}
    with walled_cursor() as cursor:
        cursor.execute(_KNOWN, [source, texts(external_ids)])
        return {row[3]: _recorded(row) for row in cursor.fetchall()}


def told_before(source: str, external_ids: Sequence[str]) -> dict[str, Told]:
    """The same in brief: most of what is told again has not changed, and needs no more than this."""
    if not external_ids:
        return {}
    with walled_cursor() as cursor:
        cursor.execute(_TOLD, [source, texts(external_ids)])
        return {row[0]: Told(*row[1:]) for row in cursor.fetchall()}


def by_id(flight_id: UUID) -> Recorded | None:
    """One flight."""
    with walled_cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM flight f WHERE f.id = %s", [flight_id])  # noqa: S608 constants only
        row = cursor.fetchone()
    return None if row is None else _recorded(row)


def near(facts: Iterable[FlightFact]) -> list[Recorded]:
    """Flights that share time with these facts on the same aircraft; cancelled ones if the times are the very same."""
    wanted = list(facts)
    if not wanted:
        return []
    columns = [
        literal(f.aircraft_id for f in wanted),
        literal(f.started_at for f in wanted),
        literal(f.ended_at for f in wanted),
    ]
    with walled_cursor() as cursor:
        cursor.execute(_NEAR, columns)
        return [_recorded(row) for row in cursor.fetchall()]


def insert(flights: Sequence[tuple[UUID, FlightFact]], *, source: str, now: datetime, by: Actor) -> set[UUID]:
    """Write new flights; return the ids written. One that another delivery wrote at the same moment is left out."""
    if not flights:
        return set()
    facts = [fact for _, fact in flights]
    columns: list[Any] = [
        literal(flight_id for flight_id, _ in flights),
        literal(f.aircraft_id for f in facts),
        texts(f.external_id for f in facts),
        literal(f.started_at for f in facts),
        literal(f.ended_at for f in facts),
        *_places_and_hashes(facts),
    ]
    with walled_cursor() as cursor:
        cursor.execute(_INSERT, [current_account().id, source, now, by.id, *columns])
        return {row[0] for row in cursor.fetchall()}


def rewrite(flights: Sequence[tuple[UUID, FlightFact]], *, decided_here: bool) -> None:
    """Give recorded flights the values of a fact; a cancelled one stands again."""
    if not flights:
        return
    facts = [fact for _, fact in flights]
    columns: list[Any] = [
        literal(flight_id for flight_id, _ in flights),
        literal(f.aircraft_id for f in facts),
        literal(f.started_at for f in facts),
        literal(f.ended_at for f in facts),
        *_places_and_hashes(facts),
    ]
    with walled_cursor() as cursor:
        cursor.execute(_REWRITE, [decided_here, *columns])


def cancel(flight_ids: Sequence[UUID], *, now: datetime, decided_here: bool) -> None:
    """Mark flights as cancelled."""
    if flight_ids:
        with walled_cursor() as cursor:
            cursor.execute(_CANCEL, [now, decided_here, literal(flight_ids)])


def rehash(hashes: Sequence[tuple[UUID, bytes | None]]) -> None:
    """Remember that a source says the same in other words, so that the next delivery costs nothing."""
    if hashes:
        with walled_cursor() as cursor:
            cursor.execute(_REHASH, [literal(flight_id for flight_id, _ in hashes), [said for _, said in hashes]])


def _recorded(row: tuple[object, ...]) -> Recorded:
    found = Recorded(*row)  # type: ignore[arg-type]
    return found if found.content_hash is None else found._replace(content_hash=bytes(found.content_hash))
