"""What may be planned of an aircraft, and what a planned flight usually adds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from hangarlink.fleet.rules.flights import LONGEST, PLACE_LENGTH
from hangarlink.fleet.rules.texts import line
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.quantities import Unit

# What is planned farther ahead is a wrong year.
FARTHEST = timedelta(days=3 * 366)
MOST_FLIGHTS = 2_000
MOST_IN_RATIO = 10_000
MOST_SECONDS, MOST_COUNTS = int(LONGEST.total_seconds()), 1_000
# Hours of things that do not run because the aircraft flies; a ratio says how much they do.
NOT_FLOWN = {CounterKind.APU_HOURS, CounterKind.HEATER_HOBBS, CounterKind.OTHER_HOURS}
ONE_A_FLIGHT = {CounterKind.CYCLES, CounterKind.LANDINGS, CounterKind.ENGINE_CYCLES}


@dataclass(frozen=True, slots=True)
class PlannedFact:
    """A flight to plan. Moments are aware.

    amounts  by counter, in seconds or counts; None: what such a flight usually adds
    """

    starts_at: datetime
    ends_at: datetime
    departure: str = ""
    arrival: str = ""
    amounts: Mapping[UUID, int] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class PlannedFor:
    """All flights that a room above plans for one subject of its own, such as a trip. No aircraft: none of them."""

    subject: str
    aircraft_id: UUID | None
    facts: Sequence[PlannedFact]


@dataclass(frozen=True, slots=True)
class PlannedLog:
    """A counter that a planned flight may move. One that follows another gains `use` for each `per` of that one."""

    id: UUID
    name: str
    kind: CounterKind
    follows: UUID | None = None
    use: int = 1
    per: int = 1


def checked_flight(fact: PlannedFact, logs: Iterable[PlannedLog], now: datetime) -> PlannedFact:
    """The flight as it is stored, its amounts filled in. Raises RuleBroken naming the field."""
    _check_times(fact, now)
    known = {log.id: log for log in logs}
    amounts = usual_amounts(fact, known.values()) if fact.amounts is None else dict(fact.amounts)
    for counter, amount in amounts.items():
        _check_amount(known.get(counter), amount)
    return PlannedFact(
        fact.starts_at,
        fact.ends_at,
        line(fact.departure, field="departure", limit=PLACE_LENGTH),
        line(fact.arrival, field="arrival", limit=PLACE_LENGTH),
        amounts,
    )


def usual_amounts(fact: PlannedFact, logs: Iterable[PlannedLog]) -> dict[UUID, int]:
    """Its whole duration on every counter of flying hours, and one landing, one cycle.

    Block to block is more than take-off to landing, so a limit is never seen too late. A counter with a ratio is left
    to its ratio.
    """
    seconds = int((fact.ends_at - fact.starts_at).total_seconds())
    return _own_amounts([log for log in logs if log.follows is None], seconds, landings=1, cycles=1)


def amounts_of_flight(logs: Sequence[PlannedLog], seconds: int, *, landings: int, cycles: int) -> dict[UUID, int]:
    """What a flight of so many hours, landings and cycles adds to each counter; ratios are rounded up."""
    own = _own_amounts([log for log in logs if log.follows is None], seconds, landings=landings, cycles=cycles)
    return own | {log.id: -(-own[log.follows] * log.use // log.per) for log in logs if log.follows in own}


def _own_amounts(logs: Sequence[PlannedLog], seconds: int, *, landings: int, cycles: int) -> dict[UUID, int]:
    hours = {log.id: seconds for log in logs if log.kind.unit is Unit.SECONDS and log.kind not in NOT_FLOWN}
    counts = {
        log.id: landings if log.kind is CounterKind.LANDINGS else cycles for log in logs if log.kind in ONE_A_FLIGHT
    }
    return hours | counts


def check_span(starts_on: date, ends_on: date | None) -> None:
    """Days on which an aircraft stands."""
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken(f"The last day {ends_on} is before the first, {starts_on}. Check both.", field="ends_on")


def check_ratio(use: int, per: int) -> None:
    """A ratio of two whole numbers."""
    for name, number in (("use", use), ("per", per)):
        if type(number) is not int or not 1 <= number <= MOST_IN_RATIO:
            raise RuleBroken(f"{number!r} is not a whole number from 1 to {MOST_IN_RATIO}.", field=name)


def _check_times(fact: PlannedFact, now: datetime) -> None:
    if fact.starts_at.tzinfo is None or fact.ends_at.tzinfo is None:
        raise RuleBroken("The times have no time zone. Say UTC or an offset.", field="starts_at")
    if fact.ends_at <= fact.starts_at:
        raise RuleBroken(f"It ends {_shown(fact.ends_at)}, not after it starts. Check both times.", field="ends_at")
    if fact.ends_at - fact.starts_at > LONGEST:
        raise RuleBroken(f"It lasts until {_shown(fact.ends_at)}, over 72 hours. Check its dates.", field="ends_at")
    if fact.ends_at <= now:
        raise RuleBroken(
            f"It ends {_shown(fact.ends_at)}, which is past. Record what was flown as a flight.", field="ends_at"
        )
    if fact.starts_at > now + FARTHEST:
        raise RuleBroken(
            f"It starts {_shown(fact.starts_at)}, over three years ahead. Check the year.", field="starts_at"
        )


def _check_amount(log: PlannedLog | None, amount: int) -> None:
    if log is None:
        raise RuleBroken("An amount is of a counter that the aircraft does not have.", field="amounts")
    most = MOST_SECONDS if log.kind.unit is Unit.SECONDS else MOST_COUNTS
    if type(amount) is not int or not 0 <= amount <= most:
        raise RuleBroken(f"{log.name}: {amount!r} is no amount of one flight; 0 to {most}.", field="amounts")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"
