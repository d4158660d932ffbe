"""What makes a flight fact unfit, and which flights exclude each other."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hangarlink.fleet.facts import FlightFact, Why
from hangarlink.fleet.rules.readings import CLOCK_TOLERANCE, EARLIEST, moment, shown
from hangarlink.fleet.rules.texts import is_storable
from hangarlink.platform.quantities import MAX_COUNT, MAX_SECONDS, Unit

# Longer than any flight of a crewed aircraft that a maintenance record sees; what is longer is a wrong date. The search
# for overlapping flights relies on it too.
LONGEST = timedelta(hours=72)
EXTERNAL_ID_LENGTH = 120
PLACE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a fact cannot be recorded: a code, and the same for people."""

    why: Why
    message: str


def unfit(fact: FlightFact, units: Mapping[UUID, Unit], now: datetime) -> Unfit | None:
    """What is wrong with the times and amounts of a fact; None when it may be recorded.

    units  the unit of each counter of the fact's aircraft
    """
    return _wrong_times(fact, now) or _wrong_amounts(fact, units)


def _wrong_times(fact: FlightFact, now: datetime) -> Unfit | None:
    started, ended = fact.started_at, fact.ended_at
    if started.tzinfo is None or ended.tzinfo is None:
        return Unfit(Why.TIMES, f"The times {started} to {ended} have no time zone. Say UTC or an offset.")
    if ended < started:
        return Unfit(Why.TIMES, f"The flight ends on {moment(ended)}, before it starts on {moment(started)}.")
    if started < EARLIEST:
        return Unfit(Why.TIMES, f"The flight starts on {started:%Y-%m-%d}, before powered flight. Check the year.")
    if ended - started > LONGEST:
        return Unfit(
            Why.TIMES, f"The flight lasts from {moment(started)} to {moment(ended)}, over 72 hours. Check its dates."
        )
    if ended > now + CLOCK_TOLERANCE:
        return Unfit(Why.FUTURE, f"The flight ends in the future, on {moment(ended)}; it is {moment(now)} now.")
    return None


def unstorable(fact: FlightFact) -> Unfit | None:
    """What is wrong with the texts of a fact: to be asked before any of them reaches the database."""
    # Nearly every flight ends here, and every flight of every delivery comes by.
    if len(fact.external_id) <= EXTERNAL_ID_LENGTH and (fact.external_id + fact.departure + fact.arrival).isprintable():
        return None
    for name, text in (("external id", fact.external_id), ("departure", fact.departure), ("arrival", fact.arrival)):
        if not is_storable(text):
            return Unfit(Why.TEXT, f"The {name} {text!a} has characters that cannot be stored.")
    if len(fact.external_id) > EXTERNAL_ID_LENGTH:
        length = len(fact.external_id)
        return Unfit(Why.TEXT, f"The external id has {length} characters; the limit is {EXTERNAL_ID_LENGTH}.")
    return None


def _wrong_amounts(fact: FlightFact, units: Mapping[UUID, Unit]) -> Unfit | None:
    if not fact.amounts:
        return Unfit(Why.NO_AMOUNTS, "The flight moves no counter. Map one of its logs to a counter of the aircraft.")
    for counter_id, amount in fact.amounts.items():
        unit = units.get(counter_id)
        if unit is None:
            return Unfit(Why.COUNTER, f"{counter_id} is not a counter of this aircraft. Check the counter mapping.")
        if type(amount) is not int:
            return Unfit(Why.AMOUNT, f"The amount {amount!r} is not a whole number of {unit.value}.")
        if amount < 0:
            return Unfit(Why.AMOUNT, f"The amount {shown(amount, unit)} is negative. A flight adds zero or more.")
        if amount > (MAX_SECONDS if unit is Unit.SECONDS else MAX_COUNT):
            return Unfit(Why.AMOUNT, f"The amount {shown(amount, unit)} is more than a counter can hold.")
    return None


# A flight that is recorded is known by its id, one that is told by its place in the page.
Key = int | UUID


@dataclass(frozen=True, slots=True)
class Span:
    """The time one aircraft spent on one flight."""

    key: Key
    aircraft_id: UUID
    started_at: datetime
    ended_at: datetime

    @property
    def is_empty(self) -> bool:
        return self.ended_at <= self.started_at


class Schedule:
    """The flights that stand, per aircraft. No two of them share more than an instant."""

    def __init__(self, standing: Iterable[Span]) -> None:
        self._starts: defaultdict[UUID, list[datetime]] = defaultdict(list)
        self._spans: defaultdict[UUID, dict[datetime, Span]] = defaultdict(dict)
        for span in standing:
            self.add(span)

    def add(self, span: Span) -> None:
        """A flight without duration excludes no other and is not kept."""
        if not span.is_empty:
            insort(self._starts[span.aircraft_id], span.started_at)
            self._spans[span.aircraft_id][span.started_at] = span

    def in_the_way_of(self, span: Span) -> Span | None:
        """A standing flight that shares time with this one: more than an instant."""
        if span.is_empty:
            return None
        starts, spans = self._starts[span.aircraft_id], self._spans[span.aircraft_id]
        after = bisect_left(starts, span.started_at)
        for place in (after - 1, after):
            if 0 <= place < len(starts):
                other = spans[starts[place]]
                if other.started_at < span.ended_at and span.started_at < other.ended_at:
                    return other
        return None


def overlaps(standing: Sequence[Span], wanted: Sequence[tuple[Span, Span | None]]) -> dict[Key, Span]:
    """Which of the wanted flights cannot be, and the flight in the way of each.

    standing  flights that stay as they are
    wanted    in order of arrival: the span asked for, and the span the flight has now if it is recorded already

    A flight that is moved leaves its old time free for others, unless it cannot be moved itself: then its old time
    stands again and everything is decided anew. Each round pins at least one more flight down, so this ends.
    """
    stuck: dict[Key, Span] = {}
    while True:
        refused = _round(standing, wanted, stuck)
        moves = {span.key: refused[span.key] for span, now in wanted if now is not None and span.key in refused}
        if not moves:
            return refused | stuck
        stuck |= moves


def _round(
    standing: Sequence[Span], wanted: Sequence[tuple[Span, Span | None]], stuck: Mapping[Key, Span]
) -> dict[Key, Span]:
    """The refusals when the flights in `stuck` keep their old times."""
    schedule = Schedule([*standing, *(now for span, now in wanted if now is not None and span.key in stuck)])
    refused: dict[Key, Span] = {}
    for span, _ in wanted:
        if span.key in stuck:
            continue
        other = schedule.in_the_way_of(span)
        if other is None:
            schedule.add(span)
        else:
            refused[span.key] = other
    return refused
