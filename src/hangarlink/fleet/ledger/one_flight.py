"""One new flight in as few statements as it takes: what stands, and writing flight and amounts at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hangarlink.fleet.facts import FlightFact
from hangarlink.fleet.ledger.arrays import literal, walled_cursor
from hangarlink.fleet.ledger.counters import Standing
from hangarlink.fleet.rules.flights import LONGEST, PLACE_LENGTH
from hangarlink.fleet.vocabulary import Unit
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_id


class Place(NamedTuple):
    """Where a flight would go.

    standing  the aircraft's counters
    is_plain  nothing is recorded under the flight's name, nor anything of the aircraft that touches its time
    """

    standing: dict[UUID, Standing]
    is_plain: bool


_LOOK = f"""
SELECT c.id, c.aircraft_id, c.unit, c.total, c.meter_offset, c.known_from, c.anchored_at,
       NOT EXISTS (SELECT FROM flight f WHERE f.source = %(source)s AND f.external_id = %(name)s
                       AND f.external_id <> '')
       AND NOT EXISTS (SELECT FROM flight f WHERE f.aircraft_id = %(aircraft)s AND f.ended_at >= %(started)s
                       AND f.started_at BETWEEN %(started)s - interval '{LONGEST.days} days' AND %(ended)s)
FROM counter c WHERE c.aircraft_id = %(aircraft)s
"""  # noqa: S608 constants only

_WRITE = """
WITH flown AS (
    INSERT INTO flight (id, account_id, aircraft_id, source, external_id, started_at, ended_at, departure, arrival,
                        content_hash, recorded_at, recorded_by, decided_here)
    VALUES (%(id)s, %(account)s, %(aircraft)s, %(source)s, %(name)s, %(started)s, %(ended)s, %(departure)s,
            %(arrival)s, %(hash)s, %(now)s, %(by)s, false)
    ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO usage_entry (id, account_id, counter_id, kind, at, sequence, flight_id, amount, source,
                         recorded_at, recorded_by)
SELECT w.id, %(account)s::uuid, w.counter_id, 'flight', %(ended)s::timestamptz, 0, flown.id, w.amount, %(source)s,
       %(now)s::timestamptz, %(by)s::uuid
FROM flown CROSS JOIN unnest(%(entries)s::uuid[], %(counters)s::uuid[], %(amounts)s::bigint[])
  AS w (id, counter_id, amount)
"""


def look(fact: FlightFact, *, source: str) -> Place:
    """What stands where this flight would go. Call with the aircraft locked."""
    with walled_cursor() as cursor:
        cursor.execute(
            _LOOK,
            {
                "source": source,
                "name": fact.external_id,
                "aircraft": fact.aircraft_id,
                "started": fact.started_at,
                "ended": fact.ended_at,
            },
        )
        rows: Sequence[tuple[object, ...]] = cursor.fetchall()
    standing = [Standing(row[0], row[1], Unit(row[2]), *row[3:7]) for row in rows]  # type: ignore[arg-type]
    return Place({counter.id: counter for counter in standing}, bool(rows) and bool(rows[0][7]))


def write(fact: FlightFact, *, source: str, now: datetime, by: Actor) -> UUID | None:
    """Write the flight and what it adds; return its id. None when another delivery took its name meanwhile."""
    flight_id = new_id()
    with walled_cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "id": flight_id,
                "account": current_account().id,
                "aircraft": fact.aircraft_id,
                "source": source,
                "name": fact.external_id,
                "started": fact.started_at,
                "ended": fact.ended_at,
                "departure": fact.departure[:PLACE_LENGTH],
                "arrival": fact.arrival[:PLACE_LENGTH],
                "hash": fact.content_hash,
                "now": now,
                "by": by.id,
                "entries": literal(new_id() for _ in fact.amounts),
                "counters": literal(fact.amounts),
                "amounts": literal(fact.amounts.values()),
            },
        )
        return flight_id if cursor.rowcount else None
