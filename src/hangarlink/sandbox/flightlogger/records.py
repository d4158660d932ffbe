"""What a flying school keeps about its aircraft and flights. Times are aware UTC, durations whole seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

METERS = frozenset({"DECIMAL_HOURS", "LONG_DECIMAL_HOURS"})
"""Measurements read off an instrument; the others are noted as clock times."""

RESOLUTION = {"DECIMAL_HOURS": 360, "LONG_DECIMAL_HOURS": 36, "HOURS_MINUTES": 60, "TIMESTAMP": 60}
"""Smallest step, in seconds, that can be written in each measurement."""

Position = tuple[int, int]
"""Where a record stands in its list: (microseconds since 1970 or 0, id). Cursors are made of it."""


class Placed(Protocol):
    """Anything that stands in a list."""

    @property
    def position(self) -> Position: ...


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@dataclass
class Audit:
    created_at: datetime
    created_by: int
    updated_at: datetime
    updated_by: int


@dataclass(frozen=True)
class Airport:
    id: int
    name: str


@dataclass(frozen=True)
class User:
    id: int
    call_sign: str
    first_name: str
    last_name: str


@dataclass(frozen=True)
class Customer:
    id: int
    name: str
    company: str

    @property
    def position(self) -> Position:
        return (0, self.id)


@dataclass(frozen=True)
class ApiKey:
    """A Bearer key. `may_read_all`: its user may ask for records of others (`all: true`) and see who changed what."""

    token: str
    user_id: int
    may_read_all: bool = True
    expires_at: datetime | None = None


@dataclass
class LogConfiguration:
    """One of up to three counters of an aircraft; `opening_seconds` is its total before the first flight here."""

    id: int
    type: str
    measurement: str
    opening_seconds: int
    total_seconds: int


@dataclass(frozen=True)
class Sortie:
    """What was flown, before anybody measured it. Editing a flight means replacing its sortie.

    minutes    off-block to on-block; `taxi_out` and `taxi_in` of them on the ground
    durations  seconds per log type that replace what the instruments would have shown, taken as they are
    crew       user ids, the instructor (or renter, or pilot in command) first
    """

    start: datetime
    minutes: int = 60
    taxi_out: int = 6
    taxi_in: int = 4
    departure: str = "EKRK"
    arrival: str = "EKRK"
    touch_and_goes: int = 0
    go_arounds: int = 0
    approaches: int = 0
    flight_type: str | None = "DUAL"
    activity: str = "TRAINING"
    crew: tuple[int, ...] = ()
    night: bool = False
    fuel_before: float | None = None
    fuel_added: float | None = None
    durations: Mapping[str, int] = field(default_factory=dict)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass
class FlightLog:
    id: int
    type: str
    measurement: str
    duration: int
    flying: int
    starts_at: datetime
    ends_at: datetime
    start_reading: int = 0
    finish_reading: int = 0


@dataclass(frozen=True)
class Landing:
    id: int
    airport: str
    type: str
    count: int
    is_arrival: bool
    night: bool


@dataclass(eq=False)
class Aircraft:
    id: int
    call_sign: str
    model: str
    aircraft_class: str
    aircraft_type: str
    logs: list[LogConfiguration]
    audit: Audit
    home: str = "EKRK"
    disabled: bool = False
    landings: int = 0
    fuel_per_hour: float | None = None
    fuel: float | None = None
    flights: list["Flight"] = field(default_factory=list)

    @property
    def is_simulator(self) -> bool:
        return self.aircraft_class == "SIMULATOR"

    @property
    def position(self) -> Position:
        return (0, self.id)


@dataclass(eq=False)
class Flight:
    """`registered` is False while it has been flown (the meters ran) but nobody has entered it yet."""

    id: int
    aircraft: Aircraft
    sortie: Sortie
    logs: list[FlightLog]
    landings: list[Landing]
    audit: Audit
    registered: bool = True

    @property
    def position(self) -> Position:
        return (microseconds(self.sortie.start), self.id)


@dataclass(frozen=True)
class Upcoming:
    """A flight still to come: it happens when the clock passes its end, and is entered (shown) at `entered_at`."""

    flight_id: int
    aircraft: Aircraft
    sortie: Sortie
    entered_at: datetime
    entered_by: int
    edited_at: datetime | None = None


@dataclass(frozen=True)
class Deletion:
    id: int
    entity_id: int
    entity_type: str
    happened_at: datetime
    who: int

    @property
    def position(self) -> Position:
        return (microseconds(self.happened_at), self.id)


@dataclass(frozen=True)
class Requirement:
    """A kind of maintenance requirement ("maintenance type"); the flags say what a part of it must carry."""

    id: int
    name: str
    audit: Audit
    on_date: bool = False
    on_cycles: bool = False
    on_log: str | None = None
    serial_number: bool = False

    @property
    def position(self) -> Position:
        return (0, self.id)


@dataclass
class Part:
    id: int
    aircraft: Aircraft
    requirement: Requirement
    audit: Audit
    serial_number: str | None = None
    expires_at: datetime | None = None
    expires_at_cycles: int | None = None
    expires_at_seconds: int | None = None
    expires_on_log: str | None = None
    approved_at: datetime | None = None
    approved_by: int | None = None

    @property
    def position(self) -> Position:
        return (0, self.id)

    def status(self, now: datetime) -> str:
        """TO_APPROVAL until somebody approved it, EXPIRED once a limit is passed, else APPROVED."""
        if self.approved_at is None:
            return "TO_APPROVAL"
        log = next((one for one in self.aircraft.logs if one.type == self.expires_on_log), None)
        passed = (
            (self.expires_at is not None and now > self.expires_at)
            or (self.expires_at_cycles is not None and self.aircraft.landings > self.expires_at_cycles)
            or (self.expires_at_seconds is not None and log is not None and log.total_seconds > self.expires_at_seconds)
        )
        return "EXPIRED" if passed else "APPROVED"


@dataclass
class Booking:
    id: int
    subtype: str
    aircraft: Aircraft
    starts_at: datetime
    ends_at: datetime
    audit: Audit
    status: str = "OPEN"
    comment: str | None = None
    color: str | None = None
    notify: bool = False
    external_reference: str | None = None
    crew: tuple[int, ...] = ()

    @property
    def position(self) -> Position:
        return (microseconds(self.starts_at), self.id)
