"""State and forecast of items as SQL: the same answers as `rules.status` and `rules.forecast`, for a million items.

Tests compare both on random programmes. Everything is worked out when read, from absolute limits and present totals.

A **gauge** is a counter as it stands and goes on (`gauges.py`). A **score** is a term's state and when it will be
reached, as one number that keeps the order of `rules.forecast.Forecast`:

    negative and even  passed, that many half-days ago      -1            unknown
    zero or more, even half-days from now                    2147483647    never reached

A score is odd for unknown alone, so FIRST is the smallest and LAST the largest, exactly as for states.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hangarlink.maintenance.programme.days import fresh_since, start_of
from hangarlink.maintenance.programme.queries.gauges import GAUGES as GAUGES
from hangarlink.maintenance.programme.queries.gauges import PARKED as PARKED
from hangarlink.maintenance.programme.queries.gauges import PLANNED_DAYS, PLANNED_NEVER, PLANNED_WITHIN
from hangarlink.maintenance.programme.queries.gauges import stale as stale
from hangarlink.platform.tenancy.context import current_account

NEVER = 2_147_483_647
UNKNOWN = -1

# What nothing drives stands where it was when its terms were written (`held_at`), and is not used.
# The boundaries of rules.status.state_of; a limit passed on stale usage is passed, anything else on it is unknown.
STATE = """
CASE WHEN t.unknown_reason <> '' THEN 3
     WHEN t.awaits <> '' THEN 0
     WHEN t.limit_date IS NOT NULL THEN
       CASE WHEN t.limit_date < %(today)s THEN 4 WHEN t.limit_date = %(today)s THEN 2
            WHEN t.alert_date <= %(today)s THEN 1 ELSE 0 END
     WHEN coalesce(g.total, t.held_at) IS NULL THEN 3
     WHEN coalesce(g.total, t.held_at) > t.limit_value THEN 4
     WHEN g.stale THEN 3
     WHEN coalesce(g.total, t.held_at) = t.limit_value THEN 2
     WHEN coalesce(g.total, t.held_at) >= t.alert_value THEN 1
     ELSE 0 END
"""

# Whole numbers throughout; division of a negative is turned round because SQL cuts towards zero and we need the floor.
SCORE = f"""
CASE WHEN t.unknown_reason <> '' THEN -1
     WHEN t.awaits <> '' THEN 2147483647
     WHEN t.limit_date IS NOT NULL THEN 2 * (t.limit_date - %(today)s)
     WHEN coalesce(g.total, t.held_at) IS NULL THEN -1
     WHEN coalesce(g.total, t.held_at) > t.limit_value THEN
       CASE WHEN coalesce(g.pace, 0) = 0 THEN -2
            ELSE 2 * greatest(-(((g.total - t.limit_value) * g.days + g.pace - 1) / g.pace), -36525) END
     WHEN g.stale THEN -1
     WHEN coalesce(g.total, t.held_at) = t.limit_value THEN 0
     WHEN g.plan_used IS NOT NULL THEN
       CASE WHEN {PLANNED_NEVER} THEN 2147483647
            WHEN {PLANNED_DAYS} > 36525 THEN 2147483647
            ELSE 2 * ({PLANNED_DAYS}) END
     WHEN coalesce(g.pace, 0) = 0 OR (t.limit_value - g.total) * g.days / g.pace > 36525 THEN 2147483647
     ELSE 2 * ((t.limit_value - g.total) * g.days / g.pace) END
"""

# {items}: the name of a relation with a column item_id. An item is FIRST over its clauses of LAST over their terms.
SCORED = f"""
scored AS (
  SELECT item_id, max(state) AS state, min(score) AS score
  FROM (SELECT t.item_id, t.clause, min({STATE}) AS state, max({SCORE}) AS score
        FROM {{items}} w JOIN due_term t ON t.item_id = w.item_id LEFT JOIN gauge g ON g.id = t.counter_id
        GROUP BY t.item_id, t.clause) clauses
  GROUP BY item_id
)
"""  # noqa: S608 - constants only

# How to find the items worth scoring: relations with one column item_id, once each. The indexes on absolute limits make
# their cost follow the items that are found, not the items there are. OFFSET 0 keeps the planner from turning the look
# into each counter's index range into one merge of whole indexes: it cannot know how narrow the ranges are.

# Every item whose score is at most 2 * %(horizon)s (days from today) has one of these terms. The largest remaining with
# floor(remaining * days / pace) within the horizon is ceil((horizon + 1) * pace / days) - 1.
WITHIN_HORIZON = f"""
  SELECT DISTINCT item_id FROM (
    SELECT t.item_id FROM gauge g CROSS JOIN LATERAL (
      SELECT d.item_id FROM due_term d
      WHERE d.counter_id = g.id AND d.limit_value <= g.total + CASE
        WHEN g.plan_used IS NOT NULL AND %(horizon)s >= 0 THEN {PLANNED_WITHIN}
        WHEN g.pace = 0 THEN CASE WHEN %(horizon)s < 0 THEN -1 ELSE 0 END
        WHEN %(horizon)s < 0 THEN ((%(horizon)s + 1) * g.pace - g.days) / g.days
        ELSE ((%(horizon)s + 1) * g.pace - 1) / g.days END
      OFFSET 0) t
    UNION ALL
    SELECT item_id FROM due_term WHERE account_id = %(account)s AND limit_date <= %(today)s + %(horizon)s::int
    UNION ALL
    SELECT item_id FROM due_term
    WHERE account_id = %(account)s AND held_at > limit_value + CASE WHEN %(horizon)s < 0 THEN 0 ELSE -1 END
    {{unknown}}
  ) found
"""  # noqa: S608 - constants only

# Items that are unknown for want of a limit, of a total or of fresh usage.
_UNKNOWN = """
    UNION ALL
    SELECT t.item_id FROM gauge g CROSS JOIN LATERAL (
      SELECT d.item_id FROM due_term d WHERE d.counter_id = g.id AND d.limit_value IS NOT NULL OFFSET 0) t
    WHERE g.stale OR g.total IS NULL
    UNION ALL
    SELECT item_id FROM due_term WHERE account_id = %(account)s AND unknown_reason <> ''
"""

# Every item that is not OK has one of these terms.
NOT_OK = f"""
  SELECT DISTINCT item_id FROM (
    SELECT t.item_id FROM gauge g CROSS JOIN LATERAL (
      SELECT d.item_id FROM due_term d WHERE d.counter_id = g.id AND d.alert_value <= g.total OFFSET 0) t
    UNION ALL
    SELECT item_id FROM due_term WHERE account_id = %(account)s AND alert_date <= %(today)s
    UNION ALL
    SELECT item_id FROM due_term WHERE account_id = %(account)s AND held_at >= alert_value
    {_UNKNOWN}
  ) found
"""  # noqa: S608 - constants only

EVERYTHING = "SELECT id AS item_id FROM due_item WHERE closed_at IS NULL AND NOT ended"
OF_AIRCRAFT = f"{EVERYTHING} AND aircraft_id = ANY(%(aircraft)s)"
OF_ITEMS = "SELECT id AS item_id FROM due_item WHERE id = ANY(%(items)s)"

GAUGES_OF_AIRCRAFT = "WHERE c.aircraft_id = ANY(%(aircraft)s)"
GAUGES_OF_ITEMS = "WHERE c.aircraft_id IN (SELECT aircraft_id FROM due_item WHERE id = ANY(%(items)s))"


@dataclass(frozen=True)
class Scope:
    """Which items a query scores, and which gauges that takes."""

    items: str
    gauges: str = ""

    @property
    def ctes(self) -> str:
        """`WITH gauge, near, scored`: the scored items, to select from."""
        return f"WITH {GAUGES.format(where=self.gauges)}, near AS ({self.items}), {SCORED.format(items='near')}"


PASSED = Scope(WITHIN_HORIZON.format(unknown=""))
NEAR = Scope(WITHIN_HORIZON.format(unknown=_UNKNOWN))
ALERTING = Scope(NOT_OK)
ALL = Scope(EVERYTHING)
AIRCRAFT = Scope(OF_AIRCRAFT, GAUGES_OF_AIRCRAFT)
ITEMS = Scope(OF_ITEMS, GAUGES_OF_ITEMS)


def moment(as_of: date, **more: Any) -> dict[str, Any]:
    """The parameters every one of these queries takes."""
    account = current_account()
    return {
        "today": as_of,
        "day_starts": start_of(as_of),
        "fresh_since": fresh_since(as_of),
        "stale_days": account.stale_usage_days,
        "zone": account.time_zone,
        "account": account.id,
        **more,
    }
