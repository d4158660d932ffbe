"""Customers and the trips they fly."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hangarlink.integration.contract.errors import DataError
from hangarlink.integration.contract.records.base import Record, Ref
from hangarlink.integration.contract.records.checking import (
    LONGEST_TEXT,
    check_moment,
    check_needed,
    check_text,
    check_whole,
    said,
)


@dataclass(frozen=True, slots=True)
class Customer(Record):
    """Somebody who pays: a person or a company. `name` is how it is listed; country: two letters, or a name."""

    name: str
    company: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    currency: str = ""
    notes: str = ""
    is_active: bool = True

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_needed(name=self.name)
        check_text(name=self.name, company=self.company, email=self.email, phone=self.phone, street=self.street)
        check_text(city=self.city, region=self.region, postal_code=self.postal_code, country=self.country)
        check_text(LONGEST_TEXT, notes=self.notes)


class TripStatus(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TripLeg:
    """From one airport (ICAO code, or what the partner has) to another. Moments: as planned, once flown as flown."""

    departure: str
    arrival: str
    off_at: datetime | None = None
    on_at: datetime | None = None
    passengers: int | None = None

    def __post_init__(self) -> None:
        check_text(departure=self.departure, arrival=self.arrival)
        check_moment(off_at=self.off_at, on_at=self.on_at)
        check_whole(passengers=self.passengers)
        if self.off_at and self.on_at and self.on_at < self.off_at:
            raise DataError(f"A leg arrives {said(self.on_at)}, before it departs {said(self.off_at)}.")


@dataclass(frozen=True, slots=True)
class Trip(Record):
    """A journey for a customer, leg by leg in order."""

    number: str
    customer: Ref
    aircraft: Ref
    status: TripStatus
    legs: tuple[TripLeg, ...] = ()
    notes: str = ""

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_text(number=self.number)
        check_text(LONGEST_TEXT, notes=self.notes)
