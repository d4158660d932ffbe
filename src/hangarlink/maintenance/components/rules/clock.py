"""What a component's counter shows at a moment. Source: domain/maintenance.md 1.4.

    C(t) = C(stated) + sum over periods of k * (P(end) - P(begin)) + bench time, or what its own meter says

P is the counter of what it was installed on, k the ratio of that period. Everything is exact: ratios are fractions, and
only `Standing.whole` rounds, once, at the end and up, because life used is never told as less than it was.

Events run in the order of their moments. At one instant what ran until then comes first, then what was told, in the
order of its sequence numbers:

    STATED   total = what the papers say, divided over ratings as they say
    BENCH    total grows by the amount
    READING  total = offset + reading
    METER    total = offset + last reading of the old meter, if given; offset = total - first reading of the new one

A total never falls: where papers or a meter say less than what ran until then, the higher total counts and the
contradiction is reported. Before anything was stated, and after running where nobody tells us, it is unknown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from math import ceil
from uuid import UUID

from hangarlink.maintenance.components.vocabulary import EntryKind

ONE = Fraction(1)
Driver = UUID
DriverTotal = Callable[[Driver, datetime], Fraction | None]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time at one place, as one counter sees it.

    until      excluded; None: it is there now
    driver     the counter that drives it there; None: it stands still
    is_known   False: it may have run there and nobody told how much
    """

    since: datetime
    until: datetime | None
    driver: Driver | None = None
    ratio: Fraction = ONE
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """Something told about the counter, as `ClockEntry` keeps it."""

    kind: EntryKind
    at: datetime
    value: int
    last: int | None = None
    by_rating: Mapping[str, int] = field(default_factory=dict)
    sequence: int = 0
    ref: UUID | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """From this moment on it runs at this rating."""

    at: datetime
    rating: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one counter's total follows from. Periods in order, without overlap; told and turns in any order."""

    periods: Sequence[Period] = ()
    told: Sequence[Told] = ()
    turns: Sequence[Turn] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Papers or a meter that say less than what ran until then."""

    ref: UUID | None
    at: datetime
    expected: Fraction
    found: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the counter stands.

    total      exact; None: unknown
    by_rating  what of it ran at which rating; "" where none was named. Adds up to the total
    offset     total minus what its own meter shows; None while nobody knows
    """

    total: Fraction | None = None
    by_rating: Mapping[str, Fraction] = field(default_factory=dict)
    offset: Fraction | None = None
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def whole(self) -> int | None:
        """Seconds or counts, rounded up."""
        return None if self.total is None else ceil(self.total)


def moments_asked(facts: Facts, at: datetime) -> Iterator[tuple[Driver, datetime]]:
    """The totals of driving counters that `standing` will ask for."""
    for period in facts.periods:
        if period.driver is not None and period.since <= at:
            for moment in _cuts(facts, period, at):
                yield period.driver, moment


def standing(facts: Facts, at: datetime, driver_total: DriverTotal) -> Standing:
    """Where the counter stands at a moment, what ran until then included."""
    state = Standing()
    for event in sorted(_events(facts, at, driver_total), key=lambda e: (e.at, e.place)):
        state = event.applied(state)
    return state


@dataclass(frozen=True, slots=True)
class _Grown:
    """What ran until `at`; None: nobody knows how much."""

    at: datetime
    amount: Fraction | None
    rating: str
    place: tuple[int, int] = (0, 0)

    def applied(self, state: Standing) -> Standing:
        return _added(state, self.amount, self.rating)


@dataclass(frozen=True, slots=True)
class _Entry:
    told: Told
    rating: str

    @property
    def at(self) -> datetime:
        return self.told.at

    @property
    def place(self) -> tuple[int, int]:
        return (1, self.told.sequence)

    def applied(self, state: Standing) -> Standing:
        told = self.told
        if told.kind is EntryKind.BENCH:
            return _added(state, Fraction(told.value), self.rating)
        if told.kind is EntryKind.STATED:
            return _stated(state, told)
        shown = told.value if told.kind is EntryKind.READING else told.last
        after = state if shown is None or state.offset is None else _reached(state, state.offset + shown, self)
        if told.kind is EntryKind.READING:
            return after
        offset = None if after.total is None else after.total - told.value
        return Standing(after.total, after.by_rating, offset, after.contradictions)


def _events(facts: Facts, at: datetime, driver_total: DriverTotal) -> Iterator[_Grown | _Entry]:
    turns = sorted(facts.turns, key=lambda t: t.at)
    for period in facts.periods:
        if period.since <= at:
            yield from _grown(facts, period, at, turns, driver_total)
    for told in facts.told:
        if told.at <= at:
            yield _Entry(told, rating_before(turns, told.at))


def _grown(
    facts: Facts, period: Period, at: datetime, turns: Sequence[Turn], driver_total: DriverTotal
) -> Iterator[_Grown]:
    if not period.is_known:
        # Once it ran where nobody tells us, only a new statement says where it stands.
        yield _Grown(at if period.until is None else min(at, period.until), None, "")
    elif period.driver is not None:
        for begin, end in pairwise(_cuts(facts, period, at)):
            amount = _run(driver_total(period.driver, begin), driver_total(period.driver, end), period.ratio)
            yield _Grown(end, amount, rating_before(turns, end))


def _cuts(facts: Facts, period: Period, at: datetime) -> list[datetime]:
    """Both ends of the period up to `at`, and every moment between at which something is told or the rating changes."""
    end = at if period.until is None else min(at, period.until)
    between = {m for m in (*(t.at for t in facts.told), *(t.at for t in facts.turns)) if period.since < m < end}
    return [period.since, *sorted(between), *([end] if end > period.since else [])]


def _run(begin: Fraction | None, end: Fraction | None, ratio: Fraction) -> Fraction | None:
    return None if begin is None or end is None else (end - begin) * ratio


def rating_before(turns: Sequence[Turn], at: datetime) -> str:
    """The rating something ran at until this moment. Turns in order."""
    found = ""
    for turn in turns:
        if turn.at >= at:
            break
        found = turn.rating
    return found


def rating_at(turns: Iterable[Turn], at: datetime) -> str:
    """The rating in force from this moment on."""
    return next((t.rating for t in sorted(turns, key=lambda t: t.at, reverse=True) if t.at <= at), "")


def _added(state: Standing, amount: Fraction | None, rating: str) -> Standing:
    if amount is None or state.total is None:
        return Standing(None, {}, state.offset, state.contradictions)
    if not amount:
        return state
    shares = {**state.by_rating, rating: state.by_rating.get(rating, Fraction(0)) + amount}
    return Standing(state.total + amount, shares, state.offset, state.contradictions)


def _stated(state: Standing, told: Told) -> Standing:
    """What the papers say counts from here on, unless more ran already."""
    said, offset = Fraction(told.value), Fraction(0 if told.last is None else told.value - told.last)
    if state.total is not None and said < state.total:
        noted = (*state.contradictions, Contradiction(told.ref, told.at, state.total, said))
        return Standing(state.total, state.by_rating, offset, noted)
    given = told.by_rating or ({"": told.value} if told.value else {})
    return Standing(said, {name: Fraction(value) for name, value in given.items()}, offset, state.contradictions)


def _reached(state: Standing, total: Fraction, entry: _Entry) -> Standing:
    """The total that a meter shows. What it shows beyond what is known ran at the rating until then."""
    if state.total is None:
        shares = {"": total} if total else {}
        return Standing(total, shares, state.offset, state.contradictions)
    if total < state.total:
        noted = (*state.contradictions, Contradiction(entry.told.ref, entry.at, state.total, total))
        return Standing(state.total, state.by_rating, state.offset, noted)
    return _added(state, total - state.total, entry.rating)
