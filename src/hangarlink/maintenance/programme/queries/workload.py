"""How many items fall due in each week, month or year to come: the workload chart and the forecast calendar.

An item counts once, in the period of its forecast: what it will demand after that depends on when it is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries import scores
from hangarlink.maintenance.programme.queries.listing import Narrow, joins_for, where_of
from hangarlink.maintenance.programme.queries.scores import GAUGES, SCORE, SCORED, UNKNOWN, moment
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.dates import add_months
from hangarlink.platform.errors import RuleBroken

MOST_PERIODS = 120
EVERYTHING = Narrow()


class Step(StrEnum):
    """The length of a period. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def start_of(self, day: date) -> date:
        """The first day of the period of a day."""
        match self:
            case Step.WEEK:
                return day - timedelta(days=day.weekday())
            case Step.MONTH:
                return day.replace(day=1)
            case Step.YEAR:
                return day.replace(month=1, day=1)
        return day

    def after(self, first: date) -> date:
        """The first day of the next period."""
        match self:
            case Step.WEEK:
                return first + timedelta(days=7)
            case Step.MONTH:
                return add_months(first, 1)
            case Step.YEAR:
                return add_months(first, 12)
        return first + timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """One period, both days included, and how many items fall due in it."""

    first: date
    last: date
    items: int


@dataclass(frozen=True)
class Workload:
    """Items by period of their forecast.

    periods  from the one of `as_of` on, without gaps
    passed   limits that are passed already; they are in no period
    unknown  nobody can tell when; they are in no period either
    """

    periods: tuple[Period, ...]
    passed: int
    unknown: int
    as_of: date

    @property
    def items(self) -> int:
        """Those in the periods."""
        return sum(period.items for period in self.periods)


# Counted by day: whatever the period, a year is 366 rows at most, and there is one statement to be right.
_COUNT = """
{ctes}
SELECT CASE WHEN s.score = -1 THEN -1 WHEN s.score < 0 THEN -2 ELSE s.score / 2 END AS days, count(*)
FROM scored s {joins} {where} GROUP BY days
"""
# Every item in one pass over its terms. The earliest term is the item's where each clause has one term, which is nearly
# always; clauses are numbered from 0 without gaps, so more terms than clauses show the others, and only those are
# looked at once more. Closed and ended items have no terms.
_ALL = f"""
WITH {GAUGES.format(where="")}, flat AS MATERIALIZED (
  SELECT t.item_id, min({SCORE}) AS score, count(*) > max(t.clause) + 1 AS nested
  FROM due_term t LEFT JOIN gauge g ON g.id = t.counter_id GROUP BY t.item_id
), near AS (SELECT item_id FROM flat WHERE nested), {SCORED.format(items="near").replace("scored AS", "deep AS")},
scored AS (
  SELECT item_id, score FROM flat WHERE NOT nested UNION ALL SELECT item_id, score FROM deep
)
"""  # noqa: S608 - constants only


def workload(
    step: Step, periods: int, narrow: Narrow = EVERYTHING, *, as_of: date | None = None, since: date | None = None
) -> Workload:
    """What falls due in the coming periods. One statement.

    periods  1 to 120
    since    a day of the first period, default `as_of`; what falls due before it is in none
    Raises RuleBroken for a number of periods out of range.
    """
    if not 1 <= periods <= MOST_PERIODS:
        raise RuleBroken(f"{periods} periods; ask for 1 to {MOST_PERIODS}.", field="periods")
    as_of = as_of or today()
    firsts = _firsts(step, since or as_of, periods)
    horizon = (step.after(firsts[-1]) - as_of).days - 1
    found = _counted(narrow, as_of, horizon)
    by_first = dict.fromkeys(firsts, 0)
    for days, items in found.items():
        first = step.start_of(as_of + timedelta(days=days)) if days >= 0 else None
        if first in by_first:
            by_first[first] += items
    listed = tuple(Period(first, step.after(first) - timedelta(days=1), by_first[first]) for first in firsts)
    return Workload(listed, found.get(-2, 0), found.get(UNKNOWN, 0), as_of)


def _firsts(step: Step, day: date, periods: int) -> list[date]:
    firsts = [step.start_of(day)]
    while len(firsts) < periods:
        firsts.append(step.after(firsts[-1]))
    return firsts


def _counted(narrow: Narrow, as_of: date, horizon: int) -> Mapping[int, int]:
    """Items by days from today of their forecast; -2: passed, -1: unknown."""
    where, parameters = where_of(narrow, max(0, horizon))
    ctes = scores.AIRCRAFT.ctes if narrow.aircraft_id else scores.ALL.ctes if narrow.states else _ALL
    return dict(rows(_COUNT.format(ctes=ctes, joins=joins_for(where), where=where), moment(as_of, **parameters)))
