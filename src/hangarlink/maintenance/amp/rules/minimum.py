"""Is an interval at least as strict as the minimum programme's? Source: domain rule 1.9 (GM1 ML.A.302(c)(3)).

Mechanical and on the safe side: what cannot be shown to come no later than the minimum is refused. FIRST is the
smallest of its limits and LAST the largest, so with both trees as FIRST over clauses of LAST, the alternative is never
later when each clause of the minimum has a clause of the alternative each of whose limits is no later than one of its
own.
"""

from collections.abc import Iterable
from datetime import date

from hangarlink.maintenance.programme.rules.dates import CalendarUnit, add
from hangarlink.maintenance.programme.rules.limits import CalendarLimit, CounterLimit, DateLimit, Leaf, Schedule, Tree
from hangarlink.maintenance.programme.rules.trees import clauses, leaves

# Four years from each day of a month that is long or short: every length that months can have.
_DAYS = [date(year, month, day) for year in range(2023, 2027) for month in range(1, 13) for day in (1, 28)]


def weaknesses(alternative: Schedule, minimum: Schedule) -> list[str]:
    """What in the alternative may come later than the minimum, one sentence each; nothing when nothing does."""
    found = []
    stages = (
        ("the first time", alternative.initial or alternative.repeat, minimum.initial or minimum.repeat),
        ("the repeat", alternative.repeat, minimum.repeat),
    )
    for when, own, least in stages:
        if least is not None and (own is None or not _never_later(own, least)):
            found.append(f"{when} may come later than the minimum programme's")
    often = alternative.times
    if minimum.repeat is not None and often is not None and (minimum.times is None or often < minimum.times):
        found.append(f"it ends after {often} times, the minimum programme's goes on")
    return found


def _never_later(own: Tree, least: Tree) -> bool:
    mine, theirs = _clauses(own), _clauses(least)
    return all(any(_clause_never_later(a, m) for a in mine) for m in theirs)


def _clause_never_later(own: Iterable[Leaf], least: Iterable[Leaf]) -> bool:
    bounds = list(least)
    return all(any(_limit_never_later(one, bound) for bound in bounds) for one in own)


def _clauses(tree: Tree) -> list[list[Leaf]]:
    by_path = dict(leaves(tree, "t"))
    return [[by_path[path] for path in clause] for clause in clauses(tree, "t", by_path)]


def _limit_never_later(own: Leaf, least: Leaf) -> bool:
    if isinstance(own, DateLimit) and isinstance(least, DateLimit):
        return own.on <= least.on
    if isinstance(own, CounterLimit) and isinstance(least, CounterLimit):
        return own.counter == least.counter and own.start == least.start and _steps_never_later(own, least)
    if isinstance(own, CalendarLimit) and isinstance(least, CalendarLimit):
        return own.start == least.start and _steps_never_later(own, least)
    return False


def _steps_never_later(own: CounterLimit | CalendarLimit, least: CounterLimit | CalendarLimit) -> bool:
    """Thresholds one by one, then the repeat. Another number of thresholds cannot be compared."""
    if len(own.thresholds) != len(least.thresholds):
        return False
    if not all(_no_more(own, a, least, b) for a, b in zip(own.thresholds, least.thresholds, strict=True)):
        return False
    return least.every is None or (own.every is not None and _no_more(own, own.every, least, least.every))


def _no_more(own: CounterLimit | CalendarLimit, amount: int, least: CounterLimit | CalendarLimit, bound: int) -> bool:
    if isinstance(own, CalendarLimit) and isinstance(least, CalendarLimit) and own.unit is not least.unit:
        return _longest(amount, own.unit) <= _shortest(bound, least.unit) or _months_in_calendar_months(
            own, amount, least, bound
        )
    return amount <= bound


def _months_in_calendar_months(own: CalendarLimit, amount: int, least: CalendarLimit, bound: int) -> bool:
    """The same day n months on is never after the end of that month."""
    return (own.unit, least.unit) == (CalendarUnit.MONTHS, CalendarUnit.CALENDAR_MONTHS) and amount <= bound


def _longest(amount: int, unit: CalendarUnit) -> int:
    return max((add(day, amount, unit) - day).days for day in _DAYS)


def _shortest(amount: int, unit: CalendarUnit) -> int:
    return min((add(day, amount, unit) - day).days for day in _DAYS)
