"""Every open item worked out, none left out: for whole-fleet figures and to check what the indexes find.

Most items are plain: whichever of single limits comes first, on one counter. What their terms come to stands on the
item itself (`DueItem.is_plain`), so one scan of the items answers for them; only the others are looked at term by term.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import MappingProxyType

from django.db import connection

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries.scores import GAUGES, SCORE, SCORED, STATE, moment
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.states import State

# The columns of a term that STATE and SCORE ask for, as a plain item has them. What is constant is folded away.
_NOTHING: Mapping[str, str] = MappingProxyType(
    {
        "unknown_reason": "''",
        "awaits": "''",
        "held_at": "NULL::bigint",
        "limit_value": "NULL::bigint",
        "alert_value": "NULL::bigint",
        "limit_date": "NULL::date",
        "alert_date": "NULL::date",
    }
)
_ON_COUNTER = {**_NOTHING, "limit_value": "i.first_limit", "alert_value": "i.first_alert"}
_ON_CALENDAR = {**_NOTHING, "limit_date": "i.first_date", "alert_date": "i.first_alert_date"}


def _of_item(expression: str, columns: Mapping[str, str]) -> str:
    for name, value in columns.items():
        expression = expression.replace(f"t.{name}", value)
    return expression


def _plain(expression: str, absent: int) -> tuple[str, str]:
    """An expression over a term, for both axes of a plain item; `absent` where it has no limit on one."""
    count, calendar = _of_item(expression, _ON_COUNTER), _of_item(expression, _ON_CALENDAR)
    return (
        f"CASE WHEN i.first_limit IS NULL THEN {absent} ELSE {count} END",
        f"CASE WHEN i.first_date IS NULL THEN {absent} ELSE {calendar} END",
    )


_OPEN = "i.closed_at IS NULL AND NOT i.ended"
_NOT_PLAIN = f"SELECT i.id AS item_id FROM due_item i WHERE NOT i.is_plain AND {_OPEN}"  # noqa: S608 - constants only

_BY_TERMS = SCORED.format(items="others").replace("scored AS", "by_terms AS")

# `scored` with every open item of the account, to select from: item_id, state, score (as in `scores`).
CTES = f"""
WITH {GAUGES.format(where="")}, others AS ({_NOT_PLAIN}), {_BY_TERMS},
scored AS (
  SELECT i.id AS item_id, greatest({", ".join(_plain(STATE, 0))}) AS state,
         least({", ".join(_plain(SCORE, 2_147_483_647))}) AS score
  FROM due_item i LEFT JOIN gauge g ON g.id = i.first_counter
  WHERE i.is_plain AND {_OPEN}
  UNION ALL
  SELECT item_id, state, score FROM by_terms
)
"""  # noqa: S608 - constants only

_COUNT = f"{CTES} SELECT state, count(*) FROM scored GROUP BY state"  # noqa: S608 - constants only


def census(*, as_of: date | None = None) -> dict[State, int]:
    """How many open items are in which state, by looking at every one. One statement; every state is present."""
    with room_for_all():
        found: dict[int, int] = dict(rows(_COUNT, moment(as_of or today())))
    return {state: found.get(int(state), 0) for state in State}


@contextmanager
def room_for_all() -> Iterator[None]:
    """Let one statement of this transaction group the whole fleet in memory instead of on disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('work_mem'), set_config('work_mem', '64MB', true)")
        (usual, _) = cursor.fetchone()
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [usual])
