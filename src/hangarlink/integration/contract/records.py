"""Canonical records: what a partner's data looks like inside the hub, whoever the partner is.

Values are exact: whole seconds, whole counts, aware UTC moments. A record checks itself when it is made and raises
DataError with the field and the value, so a connector need not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from hangarlink.integration.contract.errors import DataError

LONGEST_ID = 120
# No aircraft flies longer between two landings, and no pilot enters a longer one by intent.
LONGEST_FLIGHT = timedelta(days=7)


class Dataset(StrEnum):
    """A kind of record with one canonical shape. The version is part of the contract's version."""

    AIRCRAFT = "aircraft"
    FLIGHT_TIMES = "flight_times"
    COUNTER_TOTALS = "counter_totals"


class LogKind(StrEnum):
    """What a time log measures. Source: FlightLogger's FlightTimerEnum, contracts/flightlogger.md 7.4."""

    AIRBORNE = "airborne"
    AIRSWITCH = "airswitch"
    BLOCK = "block"
    DATCON = "datcon"
    EDU = "edu"
    FLIGHT_TIME = "flight_time"
    HEATER_HOBBS = "heater_hobbs"
    HOBBS = "hobbs"
    TACH = "tach"
    VDO = "vdo"


# The same words as plain text: an enum's `.value` costs more than a look-up, and there are three in every flight.
_PLAIN = {kind: kind.value for kind in LogKind}


class LogSlot(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"


class Measure(StrEnum):
    """How the partner's people write a log down."""

    DECIMAL_1 = "decimal_hours"
    DECIMAL_2 = "long_decimal_hours"
    HHMM = "hours_minutes"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class AircraftLog:
    """A counter that the partner keeps for an aircraft, with its running total in seconds."""

    kind: LogKind
    slot: LogSlot
    measure: Measure
    total_seconds: int


@dataclass(frozen=True, slots=True)
class Aircraft:
    """An aircraft as the partner knows it. Every identifier may be empty but one of call sign and registration.

    logs  None when the partner does not let this key see them
    """

    external_id: str
    call_sign: str = ""
    registration: str = ""
    model: str = ""
    is_simulator: bool = False
    is_disabled: bool = False
    logs: tuple[AircraftLog, ...] | None = ()
    total_landings: int | None = None

    def __post_init__(self) -> None:
        _identified(self.external_id)
        _storable(self.call_sign, self.registration, self.model)
        if not (self.call_sign or self.registration):
            raise DataError(f"Aircraft {self.external_id} has neither call sign nor registration.")


class LogAmount(NamedTuple):
    """What one log gained in one flight."""

    kind: LogKind
    slot: LogSlot
    seconds: int


L = TypeVar("L", AircraftLog, LogAmount)


@dataclass(frozen=True, slots=True)
class FlightTimes:
    """One flight: whose counters it moves, and by how much.

    aircraft    as far as the partner tells it along with the flight (its logs are not)
    landings    touch-downs: landings and touch-and-goes; None when the partner does not say
    """

    external_id: str
    aircraft: Aircraft
    started_at: datetime
    ended_at: datetime
    logs: tuple[LogAmount, ...]
    landings: int | None
    departure: str = ""
    arrival: str = ""

    def __post_init__(self) -> None:
        _identified(self.external_id)
        _storable(self.departure, self.arrival)
        if self.ended_at < self.started_at:
            raise DataError(f"The flight ends {_moment(self.ended_at)}, before it starts {_moment(self.started_at)}.")
        if self.ended_at - self.started_at > LONGEST_FLIGHT:
            raise DataError(f"The flight lasts longer than {LONGEST_FLIGHT.days} days.")
        for log in self.logs:
            if log.seconds < 0:
                raise DataError(f"Log {log.kind} has the negative duration {log.seconds} s.")
        if self.landings is not None and self.landings < 0:
            raise DataError(f"The flight has the negative number of landings {self.landings}.")


@dataclass(frozen=True, slots=True)
class CounterTotals:
    """Where the partner's own counters of an aircraft stand, to compare with ours. It never overwrites anything."""

    external_id: str
    as_of: datetime
    logs: tuple[AircraftLog, ...]
    total_landings: int | None = None


def by_source(logs: Sequence[L]) -> dict[str, L]:
    """Logs by the name that mappings know them by: their kind, or kind/slot for a second one of the same kind."""
    named: dict[str, L] = {_PLAIN[log.kind]: log for log in logs}
    if len(named) == len(logs):
        return named
    kinds = [log.kind for log in logs]
    return {log.kind.value if kinds.count(log.kind) == 1 else f"{log.kind.value}/{log.slot.value}": log for log in logs}


def is_storable(text: str) -> bool:
    """Whether every character can be kept: no zero characters, no halves of surrogate pairs."""
    return (text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)) and "\0" not in text


def _identified(external_id: str) -> None:
    if not 0 < len(external_id) <= LONGEST_ID or not is_storable(external_id):
        raise DataError(f"A record needs an id of 1 to {LONGEST_ID} characters, not {external_id[:20]!r}.")


def _storable(*texts: str) -> None:
    for text in texts:
        if not is_storable(text):
            raise DataError(f"{text[:40]!r} holds characters that cannot be stored.")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
