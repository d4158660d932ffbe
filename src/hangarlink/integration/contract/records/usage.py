"""Flights and where counters stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from hangarlink.integration.contract.errors import DataError
from hangarlink.integration.contract.records.base import Record
from hangarlink.integration.contract.records.checking import check_storable, check_whole, said
from hangarlink.integration.contract.records.fleet import Aircraft, AircraftLog, LogKind, LogSlot

# No aircraft flies longer between two landings, and no pilot enters a longer one by intent.
LONGEST_FLIGHT = timedelta(days=7)
# The same words as plain text: an enum's `.value` costs more than a look-up, and there are three in every flight.
_PLAIN = {kind: kind.value for kind in LogKind}


class LogAmount(NamedTuple):
    """What one log gained in one flight."""

    kind: LogKind
    slot: LogSlot
    seconds: int


L = TypeVar("L", AircraftLog, LogAmount)


@dataclass(frozen=True, slots=True)
class FlightTimes(Record):
    """One flight: whose counters it moves, and by how much.

    aircraft    as far as the partner tells it along with the flight (its logs are not)
    landings    touch-downs: landings and touch-and-goes; None when the partner does not say
    cycles      flight cycles, where they are told apart from flights
    """

    aircraft: Aircraft
    started_at: datetime
    ended_at: datetime
    logs: tuple[LogAmount, ...]
    landings: int | None
    departure: str = ""
    arrival: str = ""
    cycles: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_storable(self.departure, self.arrival)
        if self.ended_at < self.started_at:
            raise DataError(f"The flight ends {said(self.ended_at)}, before it starts {said(self.started_at)}.")
        if self.ended_at - self.started_at > LONGEST_FLIGHT:
            raise DataError(f"The flight lasts longer than {LONGEST_FLIGHT.days} days.")
        for log in self.logs:
            if log.seconds < 0:
                raise DataError(f"Log {log.kind} has the negative duration {log.seconds} s.")
        if self.landings is not None and self.landings < 0:
            raise DataError(f"The flight has the negative number of landings {self.landings}.")
        if self.cycles is not None:
            check_whole(cycles=self.cycles)


@dataclass(frozen=True, slots=True)
class CounterTotals(Record):
    """Where the counters of one aircraft stand. From a partner it is compared with ours and overwrites nothing.

    external_id  the aircraft's
    aircraft     its identifiers, on the way to a partner; a partner's totals need none, they are known by their link
    """

    as_of: datetime
    logs: tuple[AircraftLog, ...]
    total_landings: int | None = None
    total_cycles: int | None = field(default=None, kw_only=True)
    aircraft: Aircraft | None = field(default=None, kw_only=True)


def by_source(logs: Sequence[L]) -> dict[str, L]:
    """Logs by the name that mappings know them by: their kind, or kind/slot for a second one of the same kind."""
    named: dict[str, L] = {_PLAIN[log.kind]: log for log in logs}
    if len(named) == len(logs):
        return named
    kinds = [log.kind for log in logs]
    return {log.kind.value if kinds.count(log.kind) == 1 else f"{log.kind.value}/{log.slot.value}": log for log in logs}
