"""Which counter a log feeds, and what a flight adds to which counter. Pure.

A *source* is what a partner can count with on an aircraft: each of its logs by kind ("hobbs"; "hobbs/secondary" for a
second one of the same kind), "landings" (touch-downs), and "flights" (one each). "nothing" stands for what somebody
decided not to feed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hangarlink.fleet.vocabulary import CounterKind, Unit
from hangarlink.integration.contract import AircraftLog, FlightTimes, LogAmount, LogKind, LogSlot, by_source

LANDINGS = "landings"
FLIGHTS = "flights"
NOTHING = "nothing"
COUNT_SOURCES = (LANDINGS, FLIGHTS)
# Per touch-down is the count that comes due earlier; whoever counts cycles by flight changes the mapping.
COUNTED_BY_LANDINGS = (CounterKind.LANDINGS, CounterKind.CYCLES)


class Code(StrEnum):
    """Why a flight cannot be told in our counters."""

    UNMAPPED_LOG = "unmapped_log"
    LOG_MISSING = "log_missing"
    LANDINGS_UNKNOWN = "landings_unknown"
    NOTHING_MAPPED = "nothing_mapped"


@dataclass(frozen=True)
class CounterView:
    id: UUID
    kind: CounterKind
    name: str
    slot: str


@dataclass(frozen=True)
class Refusal:
    code: Code
    reason: str


# Source -> the counters it feeds; an empty tuple: ignored on purpose.
Mappings = Mapping[str, tuple[UUID, ...]]
# The logs of an aircraft by source.
Logs = Mapping[str, LogAmount] | Mapping[str, AircraftLog]


def is_source(source: str) -> bool:
    kind, slash, slot = source.partition("/")
    return source in COUNT_SOURCES or (kind in set(LogKind) and (not slash or slot in set(LogSlot)))


def unit_of(source: str) -> Unit:
    return Unit.COUNT if source in COUNT_SOURCES else Unit.SECONDS


def name_of(source: str) -> str:
    """As people say it."""
    if source == LANDINGS:
        return "Landings"
    if source == FLIGHTS:
        return "Flights"
    kind, _, slot = source.partition("/")
    label = CounterKind(kind).label
    return f"{label} ({slot})" if slot else label


def propose(logs: Logs, free: Sequence[CounterView], mapped: Mappings) -> list[tuple[str, UUID]]:
    """Sources and the counters they should feed, for what is neither mapped nor ignored yet.

    free  counters that nothing feeds, and of which nobody said that nothing should

    A log feeds the counter of its own kind. Among several of that kind it is the one in the log's slot, else the one
    that bears the kind's name, else none: a person decides. Landings feed every landings and cycles counter.
    """
    left = list(free)
    proposals = []
    for source, log in logs.items():
        if source not in mapped and (counter := _counter_for(log, left)):
            proposals.append((source, counter.id))
            left.remove(counter)
    if mapped.get(LANDINGS) != ():
        proposals += [(LANDINGS, counter.id) for counter in left if counter.kind in COUNTED_BY_LANDINGS]
    return proposals


def _counter_for(log: LogAmount | AircraftLog, free: Iterable[CounterView]) -> CounterView | None:
    same = [counter for counter in free if counter.kind.value == log.kind.value]
    if len(same) <= 1:
        return same[0] if same else None
    in_slot = [counter for counter in same if counter.slot == log.slot.value]
    named = [counter for counter in same if counter.name.casefold() == CounterKind(log.kind.value).label.casefold()]
    return next((chosen[0] for chosen in (in_slot, named) if len(chosen) == 1), None)


def amounts_of(
    flight: FlightTimes, mapped: Mappings, *, counts_from: Callable[[UUID], datetime | None]
) -> dict[UUID, int] | Refusal:
    """What the flight adds to each mapped counter, or why it must not be recorded.

    A flight is taken whole or not at all: a counter that silently missed a log would show hours that are not left.

    counts_from  the moment of a counter's opening balance: a flight that ended before it is in that balance, so a log
                 that it lacks is not missed
    """
    logs = by_source(flight.logs)
    if not logs.keys() <= mapped.keys():
        return _unmapped(flight, [source for source in logs if source not in mapped])
    amounts: dict[UUID, int] = {}
    for source, counters in mapped.items():
        value = logs[source].seconds if source in logs else _count(flight, source)
        for counter in counters:
            if value is not None:
                amounts[counter] = value
            elif not _is_in_the_opening(flight, counts_from(counter)):
                return _lacking(flight, source)
    return amounts or Refusal(
        Code.NOTHING_MAPPED,
        f"Nothing that the partner counts on {flight.aircraft.call_sign} feeds a counter here. Map its logs.",
    )


def _count(flight: FlightTimes, source: str) -> int | None:
    """What is counted by flight, or None where the flight does not tell."""
    if source == LANDINGS:
        return flight.landings
    return 1 if source == FLIGHTS else None


def _is_in_the_opening(flight: FlightTimes, since: datetime | None) -> bool:
    return since is not None and flight.ended_at <= since


def _unmapped(flight: FlightTimes, sources: list[str]) -> Refusal:
    names = ", ".join(f'"{name_of(source)}"' for source in sources)
    verb = "is" if len(sources) == 1 else "are"
    return Refusal(
        Code.UNMAPPED_LOG,
        f"The partner's log {names} of {flight.aircraft.call_sign} {verb} not mapped. "
        "Say which counter it feeds, or that it is ignored.",
    )


def _lacking(flight: FlightTimes, source: str) -> Refusal:
    if source == LANDINGS:
        return Refusal(
            Code.LANDINGS_UNKNOWN,
            "The partner does not say how many landings the flight had. Check what the key's user may see.",
        )
    return Refusal(
        Code.LOG_MISSING,
        f'The flight has no log "{name_of(source)}", which feeds a counter of {flight.aircraft.call_sign}. '
        "Complete the flight at the partner, or check what the key's user may see.",
    )
