"""What is due, what is broken, and what a workshop writes back to the people who fly."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from hangarlink.integration.contract.errors import DataError
from hangarlink.integration.contract.records.base import Record, Ref
from hangarlink.integration.contract.records.checking import (
    LONGEST_TEXT,
    check_day,
    check_moment,
    check_needed,
    check_text,
    check_whole,
    said,
)
from hangarlink.integration.contract.records.fleet import Aircraft, LogKind


class TermKind(StrEnum):
    """What a limit counts: hours in seconds, cycles and landings in ones, calendar in days."""

    HOURS = "hours"
    CYCLES = "cycles"
    LANDINGS = "landings"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class DueTerm:
    """One limit of a due item.

    due_at     the absolute limit: seconds, a count or (DATE) a day; None when the partner tells the remaining only
    remaining  seconds, a count or days, below zero when it is past; None when the partner does not say
    counter    which counter, in the partner's words: "airframe", "engine 1"
    """

    kind: TermKind
    due_at: int | date | None = None
    remaining: int | None = None
    counter: str = ""

    def __post_init__(self) -> None:
        check_text(counter=self.counter)
        check_whole(None, remaining=self.remaining)
        if self.kind is TermKind.DATE:
            if isinstance(self.due_at, datetime) or not isinstance(self.due_at, date | None):
                raise DataError(f"A calendar limit is due at {self.due_at!r}, which is not a day.")
        elif isinstance(self.due_at, date):
            raise DataError(f"A limit in {self.kind} is due at the day {self.due_at}.")
        else:
            check_whole(due_at=self.due_at)
        if self.due_at is None and self.remaining is None:
            raise DataError(f"The limit in {self.kind} says neither when it is due nor what remains.")


class DueStatus(StrEnum):
    """What the partner says of an item. UNKNOWN is a status: it is never taken for a good one."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    DONE = "done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DueItem(Record):
    """A maintenance task that another system tracks for an aircraft.

    reference      the task's number in the partner's programme
    ata            chapter, "" when the partner does not say
    as_of          the moment whose counters `remaining` belongs to
    serial_number  of the component it belongs to, "" for the airframe
    """

    aircraft: Aircraft
    title: str
    terms: tuple[DueTerm, ...]
    as_of: datetime
    reference: str = ""
    ata: str = ""
    serial_number: str = ""
    status: DueStatus = DueStatus.UNKNOWN

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_needed(title=self.title)
        check_text(title=self.title, reference=self.reference, ata=self.ata, serial_number=self.serial_number)
        check_moment(as_of=self.as_of)


class DefectStatus(StrEnum):
    OPEN = "open"
    DEFERRED = "deferred"
    RECTIFIED = "rectified"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Defect(Record):
    """A finding on an aircraft, as its reporter's system knows it. Who reported it is not carried."""

    aircraft: Aircraft
    description: str
    reported_at: datetime
    status: DefectStatus = DefectStatus.OPEN
    ata: str = ""
    due_on: date | None = None
    rectification: str = ""
    rectified_at: datetime | None = None

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_needed(description=self.description)
        check_text(LONGEST_TEXT, description=self.description, rectification=self.rectification)
        check_text(ata=self.ata)
        check_moment(reported_at=self.reported_at, rectified_at=self.rectified_at)
        check_day(due_on=self.due_on)


@dataclass(frozen=True, slots=True)
class MaintenanceBooking(Record):
    """An aircraft is in the workshop: nobody else should book it."""

    aircraft: Ref
    starts_at: datetime
    ends_at: datetime
    comment: str = ""
    is_cancelled: bool = False

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_text(LONGEST_TEXT, comment=self.comment)
        check_moment(starts_at=self.starts_at, ends_at=self.ends_at)
        if self.ends_at <= self.starts_at:
            raise DataError(f"The booking ends {said(self.ends_at)}, not after it starts {said(self.starts_at)}.")


@dataclass(frozen=True, slots=True)
class MaintenancePart(Record):
    """That a requirement was met, and until when: what FlightLogger calls a maintenance part.

    requirement         the partner's kind of maintenance
    expires_at_seconds  the total of `expires_on_log`
    """

    aircraft: Ref
    requirement: Ref
    description: str = ""
    reference: str = ""
    serial_number: str = ""
    expires_on: date | None = None
    expires_at_cycles: int | None = None
    expires_at_seconds: int | None = None
    expires_on_log: LogKind | None = None

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_text(LONGEST_TEXT, description=self.description)
        check_text(reference=self.reference, serial_number=self.serial_number)
        check_day(expires_on=self.expires_on)
        check_whole(expires_at_cycles=self.expires_at_cycles, expires_at_seconds=self.expires_at_seconds)

    def compared(self) -> "MaintenancePart":
        """Other words are no other part."""
        return replace(self, description="")
