"""States of given items, for telling what a change did to them. Staleness is left out: it is no property of a limit."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries.scores import OF_ITEMS, SCORED
from hangarlink.maintenance.programme.queries.statements import rows_of_prepared
from hangarlink.maintenance.programme.rules.states import State

_STATES = f"""
WITH gauge AS MATERIALIZED (
  SELECT c.id, CASE WHEN o.id IS NULL THEN c.total ELSE o.total END AS total, false AS stale, 0 AS pace, 1 AS days,
         NULL::int[] AS plan_first, NULL::bigint[] AS plan_used, NULL::bigint[] AS plan_use
  FROM counter c LEFT JOIN unnest(%(counters)s::uuid[], %(totals)s::bigint[]) AS o (id, total) ON o.id = c.id
  WHERE c.aircraft_id IN (SELECT aircraft_id FROM due_item WHERE id = ANY(%(items)s))
), near AS ({OF_ITEMS}), {SCORED.format(items="near")}
SELECT item_id, state FROM scored
"""  # noqa: S608 - constants only


def states_of(
    item_ids: Collection[UUID], *, totals: Mapping[UUID, int | None] | None = None, as_of: date | None = None
) -> dict[UUID, State]:
    """The state of each of these items that has open terms.

    totals  totals to assume for some counters instead of the present ones; None: unknown
    """
    if not item_ids:
        return {}
    assumed = totals or {}
    parameters = {
        "items": list(item_ids),
        "counters": list(assumed),
        "totals": list(assumed.values()),
        "today": as_of or today(),
    }
    return {item: State(state) for item, state in rows_of_prepared(_STATES, parameters)}
