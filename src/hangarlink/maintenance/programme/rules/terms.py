"""The due point of one limit, given what was done before. Source: domain rules 1.2 and 1.10."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hangarlink.maintenance.programme.rules.basis import Base, Because, IntervalLimit, advance, choose
from hangarlink.maintenance.programme.rules.dues import (
    CALENDAR,
    Accomplishment,
    AtCount,
    Due,
    DuePoint,
    OnDate,
    Reason,
    StartPoint,
    Starts,
    Unknown,
)
from hangarlink.maintenance.programme.rules.limits import Basis, CounterLimit, DateLimit, Leaf, Start


class Rule(StrEnum):
    """Which rule gave a term its due point."""

    FIXED_DATE = "fixed_date"
    THRESHOLD = "threshold"
    FROM_START = "from_start"
    REPEAT = "repeat"


@dataclass(frozen=True)
class Term:
    """One open limit with its absolute due point and how it was found.

    amount  what was added to `base` to get `due`
    base    the point it was added to; None for a fixed date and where it is unknown
    step    number of the threshold from 1; 0 when it is not one
    was     the due point the last accomplishment answered
    """

    path: str
    limit: Leaf
    due: Due
    rule: Rule
    amount: int = 0
    base: Base | StartPoint | None = None
    policy: Basis | None = None
    was: DuePoint | None = None
    step: int = 0

    @property
    def measure(self) -> str:
        """The counter of this limit, or `calendar`."""
        return measure_of(self.limit)


@dataclass(frozen=True)
class Past:
    """What is known when the next due point is worked out.

    was  the due points the last accomplishment answered, by path
    met  thresholds met so far, by path
    """

    starts: Starts
    done: int = 0
    last: Accomplishment | None = None
    was: Mapping[str, Due] = field(default_factory=dict)
    met: Mapping[str, int] = field(default_factory=dict)


def measure_of(limit: Leaf) -> str:
    """What a limit is measured on: its counter, or `calendar`."""
    return limit.counter if isinstance(limit, CounterLimit) else CALENDAR


def open_term(path: str, limit: Leaf, policy: Basis, past: Past) -> Term | None:
    """The open term of a limit; None when it has ended.

    policy  the schedule's basis, unless the limit has its own
    """
    if isinstance(limit, DateLimit):
        return None if past.done else Term(path, limit, OnDate.of(limit.on), Rule.FIXED_DATE)
    met = max(past.met.get(path, 0), len(_passed(limit, past)))
    if met < len(limit.thresholds):
        return _from_start(path, limit, limit.thresholds[met], past.starts, step=met + 1)
    if limit.every is None:
        return None
    if past.last is None:
        return _from_start(path, limit, limit.every, past.starts)
    return _repeat(path, limit, limit.every, limit.basis or policy, past)


def thresholds_met(term: Term, past: Past) -> int:
    """Thresholds met by the last accomplishment: the one it was due at, and every one it has already passed."""
    if isinstance(term.limit, DateLimit):
        return 0
    return max(len(_passed(term.limit, past)), term.step or len(term.limit.thresholds))


def _from_start(path: str, limit: IntervalLimit, amount: int, starts: Starts, *, step: int = 0) -> Term:
    rule = Rule.THRESHOLD if step else Rule.FROM_START
    point = _start_point(limit, starts)
    if isinstance(point, Unknown):
        return Term(path, limit, point, rule, amount, step=step)
    where = _at_start(limit, point)
    due = where if isinstance(where, Unknown) else advance(where, limit, amount)
    return Term(path, limit, due, rule, amount, base=point, step=step)


def _start_point(limit: IntervalLimit, starts: Starts) -> StartPoint | Unknown:
    if limit.start is Start.LAST_DONE:
        return Unknown(Reason.NO_ACCOMPLISHMENT)
    if limit.start is Start.ZERO:
        return StartPoint(values={measure_of(limit): 0})
    return starts.get(limit.start) or Unknown(Reason.NO_START, limit.start.value)


def _at_start(limit: IntervalLimit, point: StartPoint) -> Due:
    if isinstance(limit, CounterLimit):
        value = point.values.get(limit.counter)
        return Unknown(Reason.NO_VALUE_AT_START, limit.counter) if value is None else AtCount(limit.counter, value)
    return OnDate.of(point.on) if point.on else Unknown(Reason.NO_DATE_AT_START, limit.start.value)


def _repeat(path: str, limit: IntervalLimit, every: int, policy: Basis, past: Past) -> Term:
    was, done = _answered(path, limit, past), _done_at(limit, past)
    if done is not None:
        base = choose(policy, limit, was=was, done=done)
    elif was is not None and policy is Basis.GRID:
        base = Base(was, True, Because.POLICY)
    else:
        missing = Unknown(Reason.NO_VALUE_AT_ACCOMPLISHMENT, measure_of(limit))
        return Term(path, limit, missing, Rule.REPEAT, every, policy=policy, was=was)
    return Term(path, limit, advance(base.point, limit, every), Rule.REPEAT, every, base, policy, was)


def _done_at(limit: IntervalLimit, past: Past) -> DuePoint | None:
    if past.last is None:
        return None
    if not isinstance(limit, CounterLimit):
        return OnDate.of(past.last.on)
    value = past.last.values.get(limit.counter)
    return None if value is None else AtCount(limit.counter, value)


def _answered(path: str, limit: IntervalLimit, past: Past) -> DuePoint | None:
    """The due point the last accomplishment answered on this limit.

    That of the same path when it is on the same measure; else, after a change of tree or revision, that of the only
    term on the same measure. With several thresholds passed at once, the highest of them.
    """
    candidates = {place: due for place, due in past.was.items() if _is_on(limit, due)}
    same = candidates.get(path) or (next(iter(candidates.values())) if len(candidates) == 1 else None)
    if same is None or isinstance(same, Unknown):
        return None
    return max([same, *_passed(limit, past)], key=lambda point: point.place)


def _is_on(limit: IntervalLimit, due: Due) -> bool:
    if isinstance(limit, CounterLimit):
        return isinstance(due, AtCount) and due.counter == limit.counter
    return isinstance(due, OnDate)


def _passed(limit: IntervalLimit, past: Past) -> list[DuePoint]:
    """The threshold points the last accomplishment had reached."""
    done = _done_at(limit, past)
    dues = [_from_start("", limit, amount, past.starts, step=1).due for amount in limit.thresholds]
    return [due for due in dues if not isinstance(due, Unknown) and done is not None and due.place <= done.place]
