"""The due list: across the fleet or of one aircraft, filtered, sorted, by the page.

By forecast, a page is found through the indexes on absolute limits: look a few days ahead, and further only while the
page is not full. The work follows the number of items that are nearly due, not of items there are.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries import scores
from hangarlink.maintenance.programme.queries.rows import ITEM_COLUMNS, ITEM_JOINS, DueRow, due_rows
from hangarlink.maintenance.programme.queries.scores import Scope, moment
from hangarlink.maintenance.programme.queries.statements import Row, rows
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.states import State

# Days from today to look at first, second, ...; then at everything. Long passed limits come first in the list, so a
# fleet with many of them is not looked through for its first page.
HORIZONS = (-1_000, -200, -40, -8, -1, 0, 7, 30, 120, 500)
SMALL = 5_000
MOST_ROWS = 1_000


class Sort(StrEnum):
    """What comes first. Within one aircraft or requirement: by forecast."""

    FORECAST = "forecast"
    AIRCRAFT = "aircraft"
    REQUIREMENT = "requirement"


@dataclass(frozen=True)
class Narrow:
    """Which items a list shows; what is empty narrows nothing.

    text                           part of a reference, title or registration, in any case
    forecast_from, forecast_until  days between which the forecast lies, both included; unknown and never are left out
    """

    aircraft_id: UUID | None = None
    aircraft_model_id: UUID | None = None
    requirement_id: UUID | None = None
    states: Collection[State] = ()
    classes: Collection[MandatoryClass] = ()
    text: str = ""
    forecast_from: date | None = None
    forecast_until: date | None = None


@dataclass(frozen=True)
class DuePage:
    """Some rows of a list, and whether there are more behind them."""

    rows: list[DueRow]
    has_more: bool
    as_of: date


_CONDITIONS = {
    "aircraft_id": "i.aircraft_id = %(aircraft_id)s",
    "aircraft_model_id": "a.aircraft_model_id = %(aircraft_model_id)s",
    "requirement_id": "i.requirement_id = %(requirement_id)s",
    "states": "s.state = ANY(%(states)s)",
    "classes": "r.mandatory_class = ANY(%(classes)s)",
    # Unknown is -1, never the greatest there is.
    "forecast_from": "s.score <> -1 AND s.score BETWEEN 2 * (%(forecast_from)s::date - %(today)s) AND 2147483646",
    "forecast_until": "s.score <> -1 AND s.score <= 2 * (%(forecast_until)s::date - %(today)s)",
    "text": "(q.reference ILIKE %(text)s OR r.title ILIKE %(text)s OR a.registration ILIKE %(text)s)",
}
_BY_FORECAST = "s.score, s.state DESC, s.item_id"
_ORDER = {
    Sort.FORECAST: _BY_FORECAST,
    Sort.AIRCRAFT: f"a.registration, {_BY_FORECAST}",
    Sort.REQUIREMENT: f"q.reference, {_BY_FORECAST}",
}


def due_list(
    narrow: Narrow = Narrow(),
    *,
    sort: Sort = Sort.FORECAST,
    offset: int = 0,
    limit: int = 50,
    as_of: date | None = None,
) -> DuePage:
    """A page of what is due, soonest first.

    Passed limits come first, then items nobody can tell about, then what lies ahead, then what is never reached.
    limit  1 to 1,000
    """
    as_of = as_of or today()
    limit = max(1, min(limit, MOST_ROWS))
    found = _first_rows(narrow, _Slice(sort, max(0, offset), limit + 1, as_of))
    return DuePage(due_rows(found[:limit], as_of), len(found) > limit, as_of)


@dataclass(frozen=True)
class _Slice:
    sort: Sort
    offset: int
    limit: int
    as_of: date


def _first_rows(narrow: Narrow, wanted: _Slice) -> list[Row]:
    scope = _small_scope(narrow)
    if narrow.forecast_until and not scope:
        return _rows(scores.NEAR, narrow, wanted, horizon=max(0, (narrow.forecast_until - wanted.as_of).days))
    if scope or wanted.sort is not Sort.FORECAST or _is_small():
        return _rows(scope or scores.ALL, narrow, wanted)
    for horizon in HORIZONS:
        # Nothing is unknown before today: an unknown limit may be passed, so it comes right after those that are.
        found = _rows(scores.NEAR if horizon >= 0 else scores.PASSED, narrow, wanted, horizon=horizon)
        if len(found) == wanted.limit:
            return found
    return _rows(scores.ALL, narrow, wanted)


def _is_small() -> bool:
    """So few items that working out all of them is quicker than looking ahead step by step."""
    found = DueItem.objects.filter(closed_at__isnull=True, ended=False).values("id")[: SMALL + 1]
    return found.count() <= SMALL


def _small_scope(narrow: Narrow) -> Scope | None:
    """A scope that holds every item asked for and is small by itself."""
    if narrow.aircraft_id:
        return scores.AIRCRAFT
    if narrow.states and State.OK not in narrow.states:
        return scores.ALERTING
    return None


def _rows(scope: Scope, narrow: Narrow, wanted: _Slice, *, horizon: int | None = None) -> list[Row]:
    where, chosen = where_of(narrow, horizon)
    parameters = moment(wanted.as_of, offset=wanted.offset, limit=wanted.limit, **chosen)
    order = _ORDER[wanted.sort]
    # The page is cut before its details are joined: only what a filter or the order speaks of is joined for every item.
    statement = f"""
        {scope.ctes}, page AS MATERIALIZED (
          SELECT s.* FROM scored s {joins_for(where + order)} {where} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT {ITEM_COLUMNS} FROM page s {joins_for(ITEM_COLUMNS)} ORDER BY {order}
    """  # noqa: S608 - constants only
    return rows(statement, parameters)


def where_of(narrow: Narrow, horizon: int | None = None) -> tuple[str, dict[str, Any]]:
    """The WHERE of what is asked for over `scored s`, and its parameters.

    horizon  only what is reached within so many days; what is unknown or passed is, too
    """
    conditions = [text for name, text in _CONDITIONS.items() if getattr(narrow, name)]
    if horizon is not None:
        conditions.append("s.score <= 2 * %(horizon)s")
    parameters = {
        "horizon": horizon,
        "aircraft": [narrow.aircraft_id],
        "aircraft_id": narrow.aircraft_id,
        "aircraft_model_id": narrow.aircraft_model_id,
        "requirement_id": narrow.requirement_id,
        "states": [int(state) for state in narrow.states],
        "classes": [one.value for one in narrow.classes],
        "text": f"%{_literally(narrow.text)}%",
        "forecast_from": narrow.forecast_from,
        "forecast_until": narrow.forecast_until,
    }
    return f"WHERE {' AND '.join(conditions)}" if conditions else "", parameters


def joins_for(text: str) -> str:
    """The joins that a piece of SQL needs, by the aliases in it."""
    wanted = {alias for alias in ITEM_JOINS if f"{alias}." in text}
    return " ".join(join for alias, join in ITEM_JOINS.items() if alias in wanted or (alias == "i" and wanted))


def _literally(text: str) -> str:
    """Text for LIKE in which nothing is a wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
