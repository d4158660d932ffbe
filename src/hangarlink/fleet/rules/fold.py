"""The total of one counter, from its events. Source: domain/maintenance.md 1.5.

Events stand in the order of their moments; at the same instant flights come before the others, and those follow their
sequence number. Then each event moves the state:

    OPENING      total = what it says; the instrument showed that too, unless the opening says otherwise
    FLIGHT       total grows by the amount, if it is known
    READING      total = offset + reading
    REPLACEMENT  total = offset + last reading of the old instrument, if given; offset = total - start of the new one

A total never falls. Where a reading or an opening is below what the events before it add up to, the higher total
counts (more usage means earlier due) and the contradiction is reported for a person to look at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.vocabulary import EntryKind


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One event on one counter, as `UsageEntry` keeps it.

    amount  FLIGHT; stated  OPENING; reading  READING, REPLACEMENT, OPENING; new_start  REPLACEMENT
    ref  whatever the caller knows the event by; it comes back in what is derived
    """

    kind: EntryKind
    at: datetime
    amount: int | None = None
    stated: int | None = None
    reading: int | None = None
    new_start: int | None = None
    sequence: int = 0
    ref: UUID | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a counter stands.

    total   seconds or counts; None while nothing says where it stands
    offset  total minus what the instrument shows. A fresh instrument shows the total itself; None when it was replaced
            while the total was unknown, for then its reading says nothing about the total
    """

    total: int | None = None
    offset: int | None = 0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An event below what the events before it add up to."""

    ref: UUID | None
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Derived:
    """The state behind one opening, reading or replacement, and what it added beyond the flights."""

    ref: UUID | None
    state: State
    added: int
    contradiction: Contradiction | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """What a fold found: the last state, and one `Derived` per event that is not a flight."""

    state: State
    anchors: tuple[Derived, ...]

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        return tuple(anchor.contradiction for anchor in self.anchors if anchor.contradiction)


def order(event: UsageEvent) -> tuple[datetime, bool, int]:
    """Sort key: by moment, flights first, then by sequence number."""
    return event.at, event.kind is not EntryKind.FLIGHT, event.sequence


def fold(events: Iterable[UsageEvent], start: State = State()) -> Folded:
    """Run all events from `start`. They may come in any order."""
    state, anchors = start, []
    for event in sorted(events, key=order):
        if event.kind is EntryKind.FLIGHT:
            state = _flown(state, event)
            continue
        derived = _anchored(state, event)
        state = derived.state
        anchors.append(derived)
    return Folded(state, tuple(anchors))


def _flown(state: State, event: UsageEvent) -> State:
    if state.total is None:
        return state
    return State(state.total + _given(event.amount), state.offset)


def _anchored(state: State, event: UsageEvent) -> Derived:
    stated = _stated(state, event)
    below = state.total is not None and stated is not None and stated < state.total
    total = state.total if below or stated is None else stated
    added = 0 if total is None or state.total is None else total - state.total
    contradiction = Contradiction(event.ref, state.total or 0, stated or 0) if below else None
    return Derived(event.ref, State(total, _offset(state, event, total)), added, contradiction)


def _stated(state: State, event: UsageEvent) -> int | None:
    """The total that the event speaks for; None when it says nothing about it."""
    if event.kind is EntryKind.OPENING:
        return _given(event.stated)
    if event.reading is None or state.offset is None:
        return None
    return state.offset + event.reading


def _offset(state: State, event: UsageEvent, total: int | None) -> int | None:
    if event.kind is EntryKind.OPENING:
        return _given(event.stated) - event.reading if event.reading is not None else 0
    if event.kind is EntryKind.REPLACEMENT:
        return None if total is None else total - _given(event.new_start)
    return state.offset


def _given(value: int | None) -> int:
    if value is None:
        raise ValueError("A usage event lacks the value of its kind.")
    return value
