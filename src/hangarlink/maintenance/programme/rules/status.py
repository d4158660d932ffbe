"""How a requirement stands now: its terms against the counters and the calendar. Boundaries: `states.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from hangarlink.maintenance.programme.rules import states
from hangarlink.maintenance.programme.rules.dues import AtCount, Awaiting, OnDate, Reason, Unknown
from hangarlink.maintenance.programme.rules.limits import Tree
from hangarlink.maintenance.programme.rules.standing import Standing
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.rules.terms import Term
from hangarlink.maintenance.programme.rules.trees import combine


class Line(Protocol):
    """How a component's counter follows the one that drives it (`components.clocks.Frame`)."""

    @property
    def is_driven(self) -> bool:
        """Whether anything drives it now."""

    def to_driver(self, own: int) -> int | None:
        """The highest total of the driver at which the counter has not passed `own`; None: unknown."""


@dataclass(frozen=True)
class Usage:
    """The present total of a counter, None when nothing says where it stands.

    stale  nobody entered usage for longer than the account allows
    line   of a component's counter that an aircraft's counter drives: `total` is the driver's, limits are read on it
    """

    total: int | None
    stale: bool = False
    line: Line | None = None

    def reach(self, value: int) -> int | None:
        """Where the counter that is looked at stands when this one stands at `value`; None: unknown."""
        return value if self.line is None or not self.line.is_driven else self.line.to_driver(value)


@dataclass(frozen=True)
class TermStatus:
    """One term now. `remaining` is in the counter's unit, or in days, to the limit with its approved variation; None
    when it cannot be told, and for a limit that waits for an event."""

    term: Term
    state: State
    remaining: int | None
    unknown: Unknown | None = None


@dataclass(frozen=True)
class Status:
    """A requirement now. An ended one is OK with no terms."""

    standing: Standing
    state: State
    terms: tuple[TermStatus, ...]
    today: date


def status(standing: Standing, usage: Mapping[str, Usage], today: date, alerts: Mapping[str, int]) -> Status:
    """State and remaining of every term and of the whole.

    usage   by counter; a counter the object does not have is missing
    today   the date in the object's day policy
    alerts  how early "due soon" begins, by path of the term (`alerts.windows`); absent means not at all
    """
    terms = tuple(_term_status(term, usage, today, alerts.get(term.path, 0)) for term in standing.terms)
    state = state_of_branch(standing.tree, standing.root, terms) if standing.tree else State.OK
    return Status(standing, state, terms, today)


def state_of_branch(tree: Tree, path: str, terms: Sequence[TermStatus]) -> State:
    """The state of a tree, or of a branch of it, from its terms. OK when everything in it has ended."""
    state = combine(tree, path, {term.term.path: term.state for term in terms}, first=states.first, last=states.last)
    return State.OK if state is None else state


def may_fly(standing: Standing, usage: Mapping[str, Usage], planned: Mapping[str, int], landing_on: date) -> bool:
    """The dispatch question for one requirement: would every limit still be kept after the planned usage?

    planned  by counter, in its unit; a counter not named is not used. Unknown is no.
    """
    after = {
        name: replace(use, total=None if use.total is None else use.total + planned.get(name, 0))
        for name, use in usage.items()
    }
    return status(standing, after, landing_on, {}).state < State.UNKNOWN


def alert_line(due: AtCount | OnDate, window: int) -> AtCount | OnDate:
    """The first point of "due soon". With no window it is the due point itself, which is DUE."""
    if isinstance(due, AtCount):
        return AtCount(due.counter, due.value - window)
    return OnDate.of(due.on - timedelta(days=window))


def state_of(remaining: int, window: int) -> State:
    """The one function that decides at the boundary: more than nothing left, nothing left, less than nothing left."""
    if remaining < 0:
        return State.OVERDUE
    if remaining == 0:
        return State.DUE
    return State.DUE_SOON if remaining <= window else State.OK


def _term_status(term: Term, usage: Mapping[str, Usage], today: date, window: int) -> TermStatus:
    due = term.effective
    if isinstance(due, Unknown):
        return TermStatus(term, State.UNKNOWN, None, due)
    if isinstance(due, Awaiting):
        return TermStatus(term, State.OK, None)
    if isinstance(due, OnDate):
        days = (due.on - today).days
        return TermStatus(term, state_of(days, window), days)
    use = usage.get(due.counter)
    if use is None:
        return TermStatus(term, State.UNKNOWN, None, Unknown(Reason.NO_COUNTER, due.counter))
    if use.total is None:
        return TermStatus(term, State.UNKNOWN, None, Unknown(Reason.NO_TOTAL, due.counter))
    return _counted(term, due, use, use.total, window)


def _counted(term: Term, due: AtCount, use: Usage, total: int, window: int) -> TermStatus:
    """Usage only grows, so a limit passed on stale usage is passed; anything else on stale usage is unknown."""
    limit, alert = use.reach(due.value), use.reach(due.value - window)
    if limit is None or alert is None:
        return TermStatus(term, State.UNKNOWN, None, Unknown(Reason.NO_TOTAL, due.counter))
    remaining = limit - total
    state = state_of(remaining, limit - alert)
    if use.stale and state is not State.OVERDUE:
        return TermStatus(term, State.UNKNOWN, remaining, Unknown(Reason.STALE_USAGE, due.counter))
    return TermStatus(term, state, remaining)
