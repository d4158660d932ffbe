"""Aircraft and their models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hangarlink.integration.contract.errors import DataError
from hangarlink.integration.contract.records.base import Record
from hangarlink.integration.contract.records.checking import (
    LONGEST_TEXT,
    check_needed,
    check_storable,
    check_text,
    check_whole,
)


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
class Aircraft(Record):
    """An aircraft as the partner knows it. Every identifier may be empty, but not all of them.

    logs  None when the partner does not let this key see them
    """

    call_sign: str = ""
    registration: str = ""
    model: str = ""
    is_simulator: bool = False
    is_disabled: bool = False
    logs: tuple[AircraftLog, ...] | None = ()
    total_landings: int | None = None
    serial_number: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_storable(self.call_sign, self.registration, self.model, self.serial_number)
        if not (self.call_sign or self.registration or self.serial_number):
            raise DataError(f"Aircraft {self.external_id} has neither call sign nor registration.")


@dataclass(frozen=True, slots=True)
class AircraftModel(Record):
    """A type of aircraft.

    specifications  further facts by name, in the partner's words
    """

    name: str
    manufacturer: str = ""
    model_number: str = ""
    description: str = ""
    specifications: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_needed(name=self.name)
        check_text(name=self.name, manufacturer=self.manufacturer, model_number=self.model_number)
        check_text(LONGEST_TEXT, description=self.description)
        for name, value in self.specifications.items():
            check_text(specification=name)
            if isinstance(value, str):
                check_text(LONGEST_TEXT, **{name: value})
            else:
                check_whole(None, **{name: value})
