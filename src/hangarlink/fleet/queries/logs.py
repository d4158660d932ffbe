"""What a flight needs to know before it can be recorded: the aircraft, and the names of its counters."""

from typing import NamedTuple
from uuid import UUID

from hangarlink.fleet.ledger.arrays import walled_cursor
from hangarlink.fleet.queries.aircraft import find_aircraft
from hangarlink.fleet.rules.texts import is_storable


class Log(NamedTuple):
    """A counter by its name: how a flight's values for it are written."""

    id: UUID
    name: str
    kind: str
    unit: str
    display: str


class LoggedAircraft(NamedTuple):
    """An aircraft and the counters configured on it, in their order."""

    id: UUID
    registration: str
    call_sign: str
    logs: tuple[Log, ...]


# The order of find_aircraft: call sign, then registration, then id. One statement, because every flight asks it.
_FIND = """
SELECT a.id, a.registration, a.call_sign, c.id, c.name, c.kind, c.unit, c.display
FROM (SELECT id, registration, call_sign FROM aircraft
      WHERE call_sign = %(name)s OR registration = %(name)s OR id = %(id)s
      ORDER BY call_sign = %(name)s DESC, registration = %(name)s DESC LIMIT 1) a
LEFT JOIN counter c ON c.aircraft_id = a.id
ORDER BY c.position, c.name
"""


def find_logs(identifier: str) -> LoggedAircraft:
    """The aircraft that find_aircraft finds, with its counters. Raises Missing as that does."""
    rows = []
    if identifier and is_storable(identifier):
        with walled_cursor() as cursor:
            cursor.execute(_FIND, {"name": identifier, "id": _as_id(identifier)})
            rows = cursor.fetchall()
    if not rows:
        found = find_aircraft(identifier)
        return LoggedAircraft(found.id, found.registration, found.call_sign, ())
    aircraft_id, registration, call_sign = rows[0][:3]
    return LoggedAircraft(
        aircraft_id, registration, call_sign, tuple(Log(*row[3:]) for row in rows if row[3] is not None)
    )


def _as_id(identifier: str) -> UUID | None:
    try:
        return UUID(identifier)
    except ValueError:
        return None
