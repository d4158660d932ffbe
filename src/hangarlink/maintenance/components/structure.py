"""What sits on what, asked of the database for any number of components at once."""

from collections.abc import Collection
from uuid import UUID

from hangarlink.fleet.ledger.arrays import literal, walled_cursor

_CARRIED = """
WITH RECURSIVE below (id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    SELECT p.component_id FROM below b
    JOIN placement p ON p.parent_id = b.id AND p.until IS NULL AND p.superseded_at IS NULL
)
SELECT id FROM below
"""

# Also what was ever on them: a corrected removal moves the totals of a part that has left since.
_EVER_CARRIED = """
WITH RECURSIVE below (id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    SELECT p.component_id FROM below b JOIN placement p ON p.parent_id = b.id
)
SELECT id FROM below
"""

_ON_AIRCRAFT = """
WITH RECURSIVE below (aircraft_id, id) AS (
    SELECT p.aircraft_id, p.component_id FROM placement p
    WHERE p.aircraft_id = ANY(%s::uuid[]) AND p.until IS NULL AND p.superseded_at IS NULL
    UNION
    SELECT b.aircraft_id, p.component_id FROM below b
    JOIN placement p ON p.parent_id = b.id AND p.until IS NULL AND p.superseded_at IS NULL
)
SELECT aircraft_id, id FROM below
"""


def carried(component_ids: Collection[UUID]) -> set[UUID]:
    """These components and everything installed on them now, however deep."""
    return _ids(_CARRIED, component_ids)


def ever_carried(component_ids: Collection[UUID]) -> set[UUID]:
    """These components and everything that was ever installed on them, however deep."""
    return _ids(_EVER_CARRIED, component_ids)


def on_aircraft(aircraft_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The components on each of these aircraft now, however deep."""
    found: dict[UUID, set[UUID]] = {one: set() for one in aircraft_ids}
    with walled_cursor() as cursor:
        cursor.execute(_ON_AIRCRAFT, [literal(aircraft_ids)])
        for aircraft_id, component_id in cursor.fetchall():
            found[aircraft_id].add(component_id)
    return found


def _ids(statement: str, component_ids: Collection[UUID]) -> set[UUID]:
    with walled_cursor() as cursor:
        cursor.execute(statement, [literal(component_ids)])
        return {row[0] for row in cursor.fetchall()}
