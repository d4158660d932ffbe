"""The due point of one limit, given what was done before. Source: domain rules 1.2 and 1.10."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hangarlink.maintenance.programme.rules.basis import Base, Because, IntervalLimit, advance, choose
from hangarlink.maintenance.programme.rules.dues import (
    CALENDAR,
    Accomplishment,
    AtCount,
    Awaiting,
    Due,
    DuePoint,
    Happening,
    OnDate,
    Reason,
    StartPoint,
    Starts,
    Unknown,
    Variation,
)
from hangarlink.maintenance.programme.rules.limits import Basis, CounterLimit, DateLimit, EventLimit, Leaf, Start
from hangarlink.maintenance.programme.rules.tolerance import extended


class Rule(StrEnum):
    """Which rule gave a term its due point."""

    FIXED_DATE = "fixed_date"
    THRESHOLD = "threshold"
    FROM_START = "from_start"
    REPEAT = "repeat"
    EVENT = "event"


@dataclass(frozen=True)
class Term:
    """One open limit with its absolute due point and how it was found.

    due        without any tolerance, as it is displayed
    amount     what was added to `base` to get `due`
    base       the point it was added to; None for a fixed date and where it is unknown
    step       number of the threshold from 1; 0 when it is not one
    was        the due point the last accomplishment answered
    variation  the approved extension that holds for it
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
    variation: Variation | None = None

    @property
    def measure(self) -> str:
        """The counter of this limit, or `calendar`."""
        return measure_of(self.limit)

    @property
    def effective(self) -> Due:
        """The due point with the approved variation: what the state is judged by."""
        if self.variation is None or isinstance(self.due, Unknown | Awaiting):
            return self.due
        return extended(self.due, self.limit, self.variation)

    @property
    def extension(self) -> int:
        """How far the variation moves the due point, in the counter's unit or in days; 0 without one."""
        due, effective = self.due, self.effective
        if isinstance(due, Unknown | Awaiting) or isinstance(effective, Unknown | Awaiting):
            return 0
        return effective.place - due.place


@dataclass(frozen=True)
class Past:
    """What is known when the next due point is worked out.

    was         the due points the last accomplishment answered, by path
    met         thresholds met so far, by mark (`_mark`)
    happened    events recorded so far, by code, in order
    running     the event of each code that limits count from: the first one nobody has answered, else the last answered
    variations  those the last accomplishment was done under, by path
    ever_found  whether any accomplishment so far found something; None when it is not known
    """

    starts: Starts
    done: int = 0
    last: Accomplishment | None = None
    was: Mapping[str, Due] = field(default_factory=dict)
    met: Mapping[str, int] = field(default_factory=dict)
    happened: Mapping[str, tuple[Happening, ...]] = field(default_factory=dict)
    running: Mapping[str, Happening] = field(default_factory=dict)
    variations: Mapping[str, Variation] = field(default_factory=dict)
    ever_found: bool | None = False

    def knowing(self, happenings: Collection[Happening]) -> "Past":
        """The same past with the events that were recorded by now. The first one after the last work starts anew."""
        if not happenings:
            return self
        seen: dict[str, tuple[Happening, ...]] = {}
        for one in sorted(happenings, key=lambda one: one.at):
            seen[one.code] = (*seen.get(one.code, ()), one)
        fresh = {code: found for code, ones in seen.items() if (found := self.unanswered(ones)) is not None}
        return replace(self, happened=seen, running={**self.running, **fresh})

    def unanswered(self, happenings: Iterable[Happening]) -> Happening | None:
        """The first of these events after the last accomplishment. What was done at the same instant answers it."""
        return next((one for one in happenings if self.last is None or one.at > self.last.at), None)


def measure_of(limit: Leaf) -> str:
    """What a limit is measured on: its counter, or `calendar`."""
    return limit.counter if isinstance(limit, CounterLimit) else CALENDAR


def open_term(path: str, limit: Leaf, policy: Basis, past: Past) -> Term | None:
    """The open term of a limit; None when it has ended.

    policy  the schedule's basis, unless the limit has its own
    """
    if isinstance(limit, DateLimit):
        return None if past.done else Term(path, limit, OnDate.of(limit.on), Rule.FIXED_DATE)
    return _at_event(path, limit, past) if isinstance(limit, EventLimit) else _interval(path, limit, policy, past)


def _interval(path: str, limit: IntervalLimit, policy: Basis, past: Past) -> Term | None:
    waiting = Term(path, limit, Awaiting(limit.event), Rule.FROM_START) if limit.event else None
    if limit.event and limit.event not in past.running:
        return waiting
    met = max(past.met.get(_mark(path, limit, past), 0), len(_passed(limit, past)))
    if met < len(limit.thresholds):
        return _from_start(path, limit, limit.thresholds[met], past, step=met + 1)
    if limit.every is None:
        return waiting
    if past.last is None or _restarts(limit, past):
        return _from_start(path, limit, limit.every, past)
    return _repeat(path, limit, limit.every, limit.basis or policy, past)


def thresholds_met(before: Term, past: Past) -> Mapping[str, int]:
    """Thresholds met by the last accomplishment: the one it was due at, and every one it has already passed."""
    limit = before.limit
    if isinstance(limit, DateLimit | EventLimit) or isinstance(before.due, Awaiting):
        return {}
    return {_mark(before.path, limit, past): max(len(_passed(limit, past)), before.step or len(limit.thresholds))}


def _mark(path: str, limit: IntervalLimit, past: Past) -> str:
    """What met thresholds are counted under: every event starts them again."""
    running = past.running.get(limit.event) if limit.event else None
    return f"{path}@{running.at.isoformat()}" if running else path


def _restarts(limit: IntervalLimit, past: Past) -> bool:
    """The event the limit counts from happened after the last accomplishment."""
    running = past.running.get(limit.event) if limit.event else None
    return running is not None and past.last is not None and running.at > past.last.at


def _at_event(path: str, limit: EventLimit, past: Past) -> Term:
    """Due on the day of the first event that counts and that no accomplishment has answered."""
    ones: Iterable[Happening] = past.happened.get(limit.event, ())
    if limit.start and ones:
        since = past.starts.get(limit.start)
        if since is None or since.on is None:
            return Term(path, limit, Unknown(Reason.NO_START, limit.start.value), Rule.EVENT)
        day = since.on
        ones = [one for one in ones if one.point.on and one.point.on >= day]
    found = past.unanswered(ones)
    if found is None or found.point.on is None:
        return Term(path, limit, Awaiting(limit.event), Rule.EVENT)
    return Term(path, limit, OnDate.of(found.point.on), Rule.EVENT, base=found.point)


def _from_start(path: str, limit: IntervalLimit, amount: int, past: Past, *, step: int = 0) -> Term:
    rule = Rule.THRESHOLD if step else Rule.FROM_START
    point = _start_point(limit, past)
    if isinstance(point, Unknown):
        return Term(path, limit, point, rule, amount, step=step)
    where = _at_start(limit, point)
    due: Due = where if isinstance(where, Unknown) else advance(where, limit, amount)
    return Term(path, limit, due, rule, amount, base=point, step=step)


def _start_point(limit: IntervalLimit, past: Past) -> StartPoint | Unknown:
    if limit.start is Start.LAST_DONE:
        return Unknown(Reason.NO_ACCOMPLISHMENT)
    if limit.start is Start.ZERO:
        return StartPoint(values={measure_of(limit): 0})
    if limit.event:
        return past.running[limit.event].point
    return past.starts.get(limit.start) or Unknown(Reason.NO_START, limit.start.value)


def _at_start(limit: IntervalLimit, point: StartPoint) -> DuePoint | Unknown:
    if isinstance(limit, CounterLimit):
        value = point.values.get(limit.counter)
        return Unknown(Reason.NO_VALUE_AT_START, limit.counter) if value is None else AtCount(limit.counter, value)
    return OnDate.of(point.on) if point.on else Unknown(Reason.NO_DATE_AT_START, limit.start.value)


def _repeat(path: str, limit: IntervalLimit, every: int, policy: Basis, past: Past) -> Term:
    was, done = _answered(path, limit, past), _done_at(limit, past)
    variation = _variation(path, limit, past)
    if done is not None and was is not None and variation and done.place > was.place:
        base = replace(choose(variation.basis, limit, was=was, done=done), because=Because.EXTENDED)
        policy = variation.basis
    elif done is not None:
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


def _variation(path: str, limit: IntervalLimit, past: Past) -> Variation | None:
    """The extension of the due point that the last accomplishment answered, found as `_answered` finds that point."""
    ours = {place: one for place, one in past.variations.items() if one.measure == measure_of(limit)}
    return ours.get(path) or (next(iter(ours.values())) if len(ours) == 1 and path not in past.was else None)


def _answered(path: str, limit: IntervalLimit, past: Past) -> DuePoint | None:
    """The due point the last accomplishment answered on this limit.

    That of the same path when it is on the same measure; else, after a change of tree or revision, that of the only
    term on the same measure. With several thresholds passed at once, the highest of them.
    """
    candidates = {place: due for place, due in past.was.items() if _is_on(limit, due)}
    same = candidates.get(path) or (next(iter(candidates.values())) if len(candidates) == 1 else None)
    if same is None or isinstance(same, Unknown | Awaiting):
        return None
    return max([same, *_passed(limit, past)], key=lambda point: point.place)


def _is_on(limit: IntervalLimit, due: Due) -> bool:
    if isinstance(limit, CounterLimit):
        return isinstance(due, AtCount) and due.counter == limit.counter
    return isinstance(due, OnDate)


def _passed(limit: IntervalLimit, past: Past) -> list[DuePoint]:
    """The threshold points the last accomplishment had reached."""
    done = _done_at(limit, past)
    if limit.event and limit.event not in past.running:
        return []
    dues = [_from_start("", limit, amount, past, step=1).due for amount in limit.thresholds]
    known = [due for due in dues if not isinstance(due, Unknown | Awaiting)]
    return [due for due in known if done is not None and due.place <= done.place]
