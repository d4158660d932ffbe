"""Where a requirement stands on one object: the absolute limit of every open term, from the history alone.

A pure fold. Nothing here knows the present: what is left and how it looks today is `status.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hangarlink.maintenance.programme.rules.basis import Base, Because, advance, choose, is_inside
from hangarlink.maintenance.programme.rules.dues import (
    CALENDAR,
    Accomplishment,
    AtCount,
    Due,
    OnDate,
    Point,
    Reason,
    Starts,
    Unknown,
)
from hangarlink.maintenance.programme.rules.limits import (
    Basis,
    CalendarLimit,
    CounterLimit,
    DateLimit,
    Leaf,
    Schedule,
    Start,
    Tree,
)
from hangarlink.maintenance.programme.rules.trees import leaves


class Rule(StrEnum):
    """Which rule gave a term its due point."""

    FIXED_DATE = "fixed_date"
    THRESHOLD = "threshold"
    FROM_START = "from_start"
    REPEAT = "repeat"


@dataclass(frozen=True)
class Term:
    """One open limit and its absolute due point.

    amount  what was added to `base` to get `due`
    base    the point it was added to; None for a fixed date and where it is unknown
    step    1-based number of the threshold, 0 when it is not one
    """

    path: str
    limit: Leaf
    due: Due
    rule: Rule
    amount: int = 0
    base: Base | Point | None = None
    policy: Basis | None = None
    was: Due | None = None
    step: int = 0

    @property
    def measure(self) -> str:
        """The counter of this limit, or `calendar`."""
        return self.limit.counter if isinstance(self.limit, CounterLimit) else CALENDAR


@dataclass(frozen=True)
class Standing:
    """The open terms of a requirement after its history. No terms: the control has ended.

    root  `initial` or `repeat`: which tree of the schedule is in force
    """

    schedule: Schedule
    root: str
    tree: Tree | None
    terms: tuple[Term, ...]
    done: int
    last: Accomplishment | None

    @property
    def ended(self) -> bool:
        """Nothing remains to be done under this requirement."""
        return not self.terms

    def dues(self) -> dict[str, Due]:
        """Due points by path, as an accomplishment keeps them."""
        return {term.path: term.due for term in self.terms}


@dataclass(frozen=True)
class _History:
    """What the fold carries: accomplishments so far, the last with its old dues filled in, thresholds met per path."""

    done: int = 0
    last: Accomplishment | None = None
    was: Mapping[str, Due] | None = None
    met: Mapping[str, int] | None = None


def standing(schedule: Schedule, history: Sequence[Accomplishment], starts: Starts) -> Standing:
    """Next limits of a requirement.

    history  accomplishments in any order; those of one instant are ordered by their sequence
    starts   the known starting points; a missing one makes the terms that need it unknown
    """
    carried = _History()
    for accomplishment in sorted(history, key=lambda done: (done.at, done.sequence, done.id)):
        before = _stand(schedule, carried, starts)
        was = before.dues() if accomplishment.was_due is None else accomplishment.was_due
        met = {term.path: _thresholds_met(term, accomplishment, starts) for term in before.terms}
        carried = _History(carried.done + 1, accomplishment, was, {**(carried.met or {}), **met})
    return _stand(schedule, carried, starts)


def _stand(schedule: Schedule, carried: _History, starts: Starts) -> Standing:
    root, tree = _tree_in_force(schedule, carried.done)
    found = [_term(schedule, path, leaf, carried, starts) for path, leaf in leaves(tree, root)] if tree else []
    terms = tuple(term for term in found if term is not None)
    return Standing(schedule, root, tree, terms, carried.done, carried.last)


def _tree_in_force(schedule: Schedule, done: int) -> tuple[str, Tree | None]:
    if schedule.times is not None and done >= schedule.times:
        return "repeat", None
    if schedule.initial is not None and done == 0:
        return "initial", schedule.initial
    if schedule.initial is None or done > 0:
        return "repeat", schedule.repeat
    return "repeat", None


def _term(schedule: Schedule, path: str, leaf: Leaf, carried: _History, starts: Starts) -> Term | None:
    """The open term of one limit; None when it has ended."""
    if isinstance(leaf, DateLimit):
        return None if carried.done else Term(path, leaf, OnDate(leaf.on, leaf.on.day), Rule.FIXED_DATE)
    met = max((carried.met or {}).get(path, 0), _passed(leaf, carried.last, starts))
    if met < len(leaf.thresholds):
        return _from_start(path, leaf, starts, Rule.THRESHOLD, leaf.thresholds[met], step=met + 1)
    if leaf.every is None:
        return None
    if carried.last is None:
        return _from_start(path, leaf, starts, Rule.FROM_START, leaf.every)
    return _repeated(path, leaf, leaf.every, leaf.basis or schedule.basis, carried.last, carried.was or {}, starts)


def _from_start(
    path: str, leaf: CounterLimit | CalendarLimit, starts: Starts, rule: Rule, amount: int, *, step: int = 0
) -> Term:
    if leaf.start is Start.LAST_DONE:
        return Term(path, leaf, Unknown(Reason.NO_ACCOMPLISHMENT), rule, amount)
    if leaf.start is Start.ZERO:
        point: Point | None = Point(values={leaf.counter: 0}) if isinstance(leaf, CounterLimit) else None
    else:
        point = starts.get(leaf.start)
    if point is None:
        return Term(path, leaf, Unknown(Reason.NO_START, leaf.start), rule, amount, step=step)
    where = _where(leaf, point)
    due = where if isinstance(where, Unknown) else advance(where, leaf, amount)
    return Term(path, leaf, due, rule, amount, base=point, step=step)


def _where(leaf: CounterLimit | CalendarLimit, point: Point) -> AtCount | OnDate | Unknown:
    if isinstance(leaf, CalendarLimit):
        return OnDate(point.on, point.on.day) if point.on else Unknown(Reason.NO_DATE_AT_START, leaf.start)
    value = point.values.get(leaf.counter)
    return Unknown(Reason.NO_VALUE_AT_START, leaf.counter) if value is None else AtCount(leaf.counter, value)


def _repeated(
    path: str,
    leaf: CounterLimit | CalendarLimit,
    every: int,
    policy: Basis,
    last: Accomplishment,
    was_due: Mapping[str, Due],
    starts: Starts,
) -> Term:
    was = _answered(path, leaf, was_due, last, starts)
    done = _done_at(leaf, last)
    if done is not None:
        base = choose(policy, was=was, done=done, inside_window=is_inside(leaf, was, done))
    elif was is not None and policy is Basis.GRID:
        base = Base(was, True, Because.POLICY)
    else:
        return Term(path, leaf, Unknown(Reason.NO_VALUE_AT_ACCOMPLISHMENT, _counter(leaf)), Rule.REPEAT, every, policy=policy)
    return Term(path, leaf, advance(base.point, leaf, every), Rule.REPEAT, every, base, policy, was)


def _done_at(leaf: CounterLimit | CalendarLimit, last: Accomplishment) -> AtCount | OnDate | None:
    if isinstance(leaf, CalendarLimit):
        return OnDate(last.on, last.on.day)
    value = last.values.get(leaf.counter)
    return None if value is None else AtCount(leaf.counter, value)


def _answered(
    path: str, leaf: CounterLimit | CalendarLimit, was_due: Mapping[str, Due], last: Accomplishment, starts: Starts
) -> AtCount | OnDate | None:
    """The due point the last accomplishment answered on this limit.

    That of the same path when it is on the same measure; else, after a change of tree or revision, that of the only
    term on the same measure. Several thresholds passed at once: the highest of them.
    """
    same = was_due.get(path)
    if not _measures(leaf, same):
        candidates = [due for due in was_due.values() if _measures(leaf, due)]
        same = candidates[0] if len(candidates) == 1 else None
    if not isinstance(same, AtCount | OnDate):
        return None
    points = _threshold_points(leaf, starts)[: _passed(leaf, last, starts)]
    return max([same, *points], key=_order)


def _measures(leaf: CounterLimit | CalendarLimit, due: Due | None) -> bool:
    if isinstance(leaf, CounterLimit):
        return isinstance(due, AtCount) and due.counter == leaf.counter
    return isinstance(due, OnDate)


def _thresholds_met(term: Term, done: Accomplishment, starts: Starts) -> int:
    """An accomplishment meets the threshold it was due at, and every one it has already passed."""
    leaf = term.limit
    if isinstance(leaf, DateLimit) or not leaf.thresholds:
        return 0
    return max(_passed(leaf, done, starts), term.step or len(leaf.thresholds))


def _passed(leaf: CounterLimit | CalendarLimit, done: Accomplishment | None, starts: Starts) -> int:
    at = _done_at(leaf, done) if done else None
    return sum(_reached(point, at) for point in _threshold_points(leaf, starts))


def _threshold_points(leaf: CounterLimit | CalendarLimit, starts: Starts) -> list[AtCount | OnDate]:
    dues = [_from_start("", leaf, starts, Rule.THRESHOLD, amount).due for amount in leaf.thresholds]
    return [due for due in dues if isinstance(due, AtCount | OnDate)]


def _reached(point: AtCount | OnDate, done: AtCount | OnDate | None) -> bool:
    return done is not None and _order(point) <= _order(done)


def _order(point: AtCount | OnDate) -> int:
    return point.value if isinstance(point, AtCount) else point.on.toordinal()


def _counter(leaf: CounterLimit | CalendarLimit) -> str:
    return leaf.counter if isinstance(leaf, CounterLimit) else CALENDAR
