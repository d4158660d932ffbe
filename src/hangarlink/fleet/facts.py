"""What other rooms hand to the fleet and get back: flights as plain values, one verdict per flight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class OnKnown(StrEnum):
    """What to do with a flight that is recorded already and comes again.

    SKIP     leave it: hours and cycles that arrive by API are create-only
    CORRECT  compare it; where the values differ, correct it and keep the old values
    """

    SKIP = "skip"
    CORRECT = "correct"


class Verdict(StrEnum):
    """What became of one fact."""

    CREATED = "created"
    CORRECTED = "corrected"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FlightFact:
    """One flight as a source tells it.

    external_id   the source's name of the flight; "" when it has none, then aircraft and times identify it
    started_at    aware; off block or take-off, as the source keeps it
    ended_at      aware; the moment at which the amounts count
    amounts       counter id -> what the flight adds: whole seconds or a count, zero or more; at least one counter
    content_hash  of everything that decides this fact, the mapping of logs to counters included, at most 32 bytes.
                  A redelivery with the same hash is UNCHANGED without a further look. None: values are compared
    """

    aircraft_id: UUID
    external_id: str
    started_at: datetime
    ended_at: datetime
    departure: str = ""
    arrival: str = ""
    amounts: Mapping[UUID, int] = field(default_factory=dict)
    content_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class FlightOutcome:
    """What became of one flight, in the order of the facts.

    flight_id  the flight recorded here; None for a rejected one that never was
    code       why it was skipped or rejected: a word from `Why`
    message    the same for people: the value, the rule, what to do
    """

    external_id: str
    verdict: Verdict
    flight_id: UUID | None
    code: str = ""
    message: str = ""


class Why(StrEnum):
    """Why a flight was skipped or rejected.

    KNOWN           SKIP: recorded already
    REPEATED        SKIP: comes again later in the same page, and the last one counts
    DUPLICATE       SKIP: has no external id, and a flight of this aircraft with the same times is recorded
    CANCELLED       SKIP: cancelled here by a person, and the source has not changed it since
    NOT_RECORDED    SKIP: to be cancelled, but never recorded
    DECIDED_HERE    reject: a person corrected or cancelled it here, and the source now says something else
    OVERLAP         reject: the aircraft flew another flight at that time
    AIRCRAFT        reject: no such aircraft
    COUNTER         reject: not a counter of that aircraft
    NO_AMOUNTS      reject: moves no counter
    AMOUNT          reject: negative, not whole, or impossibly large
    TIMES           reject: ends before it starts, lasts too long, without time zone or before aviation
    FUTURE          reject: ends in the future
    TEXT            reject: a text that cannot be stored
    RACED           reject: another delivery was recording the same flight at that moment; send it again
    """

    KNOWN = "known"
    REPEATED = "repeated"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"
    NOT_RECORDED = "not_recorded"
    DECIDED_HERE = "decided_here"
    OVERLAP = "overlap"
    AIRCRAFT = "aircraft"
    COUNTER = "counter"
    NO_AMOUNTS = "no_amounts"
    AMOUNT = "amount"
    TIMES = "times"
    FUTURE = "future"
    TEXT = "text"
    RACED = "raced"
