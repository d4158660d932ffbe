"""How an item tracked elsewhere stands, from what the partner said and when. Pure.

Boundaries are those of our own limits (domain rule 1.6): something left is OK, exactly nothing left DUE, less OVERDUE;
a calendar limit is DUE on its date and OVERDUE from the next day. Several limits are read as "whichever comes first":
a partner does not say how it combines them, and the worst reading is the safe one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from hangarlink.maintenance.programme.rules.states import State, first

# "Due soon" begins where it does for our own limits without an interval.
SOON_SECONDS, SOON_COUNTS, SOON_DAYS = 25 * 3600, 20, 30
STALE_AFTER = timedelta(hours=48)
SHORTEST_AGE, LONGEST_AGE = timedelta(hours=1), timedelta(days=90)
# What a partner's word for an item means. Any other word decides nothing: then the figures do.
STATUS_STATES = {"due_soon": State.DUE_SOON, "due": State.DUE, "overdue": State.OVERDUE}


class Measure(StrEnum):
    """What a limit is measured on: seconds of time, counts, or days."""

    HOURS = "hours"
    CYCLES = "cycles"
    LANDINGS = "landings"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class TrackedTerm:
    """One limit as the partner gave it; None is what it did not give.

    due_at     total in seconds or counts; a day for a calendar limit
    remaining  seconds, counts or days at the as-of moment; below zero is over
    counter    which counter, in the partner's words: "engine 1"
    """

    measure: Measure
    due_at: int | date | None
    remaining: int | None
    counter: str = ""

    def due_on(self, as_of: datetime) -> date | None:
        """The day of a calendar limit: the one given, else the remaining days from the as-of day."""
        if self.measure is not Measure.DATE:
            return None
        if isinstance(self.due_at, date):
            return self.due_at
        return None if self.remaining is None else as_of.date() + timedelta(days=self.remaining)


def told_state(terms: Sequence[TrackedTerm], status: str, as_of: datetime) -> State:
    """The part of the state that follows from what was said and does not change with the calendar.

    UNKNOWN without any limit, or with one of which neither day nor remainder is known.
    """
    if not terms:
        return max(State.UNKNOWN, STATUS_STATES.get(status, State.UNKNOWN))
    return first([*(_told(term, as_of) for term in terms), STATUS_STATES.get(status, State.OK)])


def first_day(terms: Sequence[TrackedTerm], as_of: datetime) -> date | None:
    """The earliest calendar limit."""
    return min((day for term in terms if (day := term.due_on(as_of)) is not None), default=None)


def state_on(told: State, due_on: date | None, *, as_of: datetime, stale_after: timedelta, now: datetime) -> State:
    """The state now. What was over stays over however old it is; anything else that is too old is UNKNOWN."""
    worst = max(told, State.OK if due_on is None else _by_day(due_on, now.date()))
    if worst is State.OVERDUE:
        return worst
    return State.UNKNOWN if is_stale(as_of, stale_after, now) else worst


def is_stale(as_of: datetime, stale_after: timedelta, now: datetime) -> bool:
    """Whether what was said is too old to rely on; at exactly that age it still holds."""
    return as_of + stale_after < now


def as_json(terms: Sequence[TrackedTerm]) -> list[dict[str, Any]]:
    return [
        {
            "measure": term.measure.value,
            "due_at": term.due_at.isoformat() if isinstance(term.due_at, date) else term.due_at,
            "remaining": term.remaining,
            "counter": term.counter,
        }
        for term in terms
    ]


def from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[TrackedTerm, ...]:
    return tuple(
        TrackedTerm(
            Measure(row["measure"]),
            date.fromisoformat(row["due_at"]) if isinstance(row["due_at"], str) else row["due_at"],
            row["remaining"],
            row["counter"],
        )
        for row in rows
    )


def _told(term: TrackedTerm, as_of: datetime) -> State:
    if term.measure is Measure.DATE:
        return State.UNKNOWN if term.due_on(as_of) is None else State.OK
    if term.remaining is None:
        return State.UNKNOWN
    if term.remaining < 0:
        return State.OVERDUE
    if term.remaining == 0:
        return State.DUE
    window = SOON_SECONDS if term.measure is Measure.HOURS else SOON_COUNTS
    return State.DUE_SOON if term.remaining <= window else State.OK


def _by_day(due_on: date, today: date) -> State:
    if due_on < today:
        return State.OVERDUE
    if due_on == today:
        return State.DUE
    return State.DUE_SOON if due_on <= today + timedelta(days=SOON_DAYS) else State.OK
