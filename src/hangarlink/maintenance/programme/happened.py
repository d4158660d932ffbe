"""Which items count from events: those whose limits, in force or at an accomplishment, name the event's code."""

from collections.abc import Collection
from uuid import UUID

from hangarlink.maintenance.programme.queries.statements import rows

# Every `event` of a schedule, however deep, is the code of an event.
_NAMES = "jsonb_path_exists(r.schedule, '$.**.event ? (@ == $code)', jsonb_build_object('code', e.code))"
_CONCERNED = f"""
SELECT i.id FROM event e
JOIN due_item i ON i.aircraft_id = e.aircraft_id AND i.closed_at IS NULL
JOIN requirement_revision r ON r.id = i.revision_id
WHERE {_NAMES}
UNION
SELECT i.id FROM event e
JOIN due_item i ON i.aircraft_id = e.aircraft_id AND i.closed_at IS NULL
JOIN accomplishment a ON a.item_id = i.id AND a.superseded_at IS NULL AND NOT a.is_withdrawn
JOIN requirement_revision r ON r.id = a.revision_id AND r.id <> i.revision_id
WHERE {_NAMES}
"""  # noqa: S608 - constants only
_OF_ONE = f"WITH event AS (SELECT %(aircraft)s::uuid AS aircraft_id, %(code)s::text AS code) {_CONCERNED}"
_OF_RECORDED = f"WITH event AS (SELECT aircraft_id, code FROM event_record WHERE id = ANY(%(events)s)) {_CONCERNED}"  # noqa: S608

_CODES = """
SELECT DISTINCT code #>> '{}' FROM requirement q
JOIN requirement_revision r ON r.requirement_id = q.id AND r.number = q.current
CROSS JOIN LATERAL jsonb_path_query(r.schedule, '$.**.event') AS code
WHERE q.retired_at IS NULL ORDER BY 1
"""


def items_naming(aircraft_id: UUID, code: str) -> list[UUID]:
    """Open items of an aircraft that an event of this code concerns."""
    return [item for (item,) in rows(_OF_ONE, {"aircraft": aircraft_id, "code": code})]


def items_of_events(event_ids: Collection[UUID]) -> list[UUID]:
    """Open items that these events concern."""
    return [item for (item,) in rows(_OF_RECORDED, {"events": list(event_ids)})] if event_ids else []


def codes_named() -> list[str]:
    """The codes of events that requirements in force name."""
    return [code for (code,) in rows(_CODES, {})]
