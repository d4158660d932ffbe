"""The plain values due logic computes with: due points, starting points, accomplishments, reasons for not knowing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from hangarlink.maintenance.programme.rules.dates import add_months
from hangarlink.maintenance.programme.rules.limits import Basis, Start

CALENDAR = "calendar"


class Reason(StrEnum):
    """Why something is unknown. An unknown is never taken for zero."""

    NO_ACCOMPLISHMENT = "no_accomplishment"
    NO_START = "no_start"
    NO_VALUE_AT_START = "no_value_at_start"
    NO_DATE_AT_START = "no_date_at_start"
    NO_VALUE_AT_ACCOMPLISHMENT = "no_value_at_accomplishment"
    NO_COUNTER = "no_counter"
    NO_TOTAL = "no_total"
    STALE_USAGE = "stale_usage"
    FINDING_NOT_STATED = "finding_not_stated"


@dataclass(frozen=True)
class AtCount:
    """A due point on a counter: the total that may be reached and not passed."""

    counter: str
    value: int

    @property
    def place(self) -> int:
        """Where it lies on its axis, to compare points of the same measure."""
        return self.value


@dataclass(frozen=True)
class OnDate:
    """A due date: the last legal day.

    anchor  the day of month first meant, before clamping (31 Jan + 1 month) or rounding to the end of the month
    """

    on: date
    anchor: int

    @classmethod
    def of(cls, day: date) -> "OnDate":
        """A date that means itself."""
        return cls(day, day.day)

    @property
    def place(self) -> int:
        """Where it lies on its axis, to compare points of the same measure."""
        return self.on.toordinal()

    @property
    def nominal(self) -> date:
        """The date before it was rounded to the end of its month; the due date itself for the other kinds."""
        return add_months(self.on, 0, anchor=self.anchor)


@dataclass(frozen=True)
class Unknown:
    """A due point nobody can state. `about` names the counter or the starting point that is missing."""

    reason: Reason
    about: str = ""


@dataclass(frozen=True)
class Awaiting:
    """No due point before something happens: FIRST goes by its other limits, LAST waits for the event."""

    event: str


DuePoint = AtCount | OnDate
Due = AtCount | OnDate | Unknown | Awaiting


def due_to_json(due: Due) -> dict[str, Any]:
    """A due point as plain JSON values: in an accomplishment's record and in an explanation."""
    if isinstance(due, AtCount):
        return {"counter": due.counter, "value": due.value}
    if isinstance(due, OnDate):
        return {"date": due.on.isoformat(), "anchor": due.anchor}
    if isinstance(due, Awaiting):
        return {"awaits": due.event}
    return {"unknown": due.reason.value, "about": due.about}


def due_from_json(data: Mapping[str, Any]) -> Due:
    """What `due_to_json` wrote."""
    if "counter" in data:
        return AtCount(data["counter"], data["value"])
    if "date" in data:
        return OnDate(date.fromisoformat(data["date"]), data["anchor"])
    if "awaits" in data:
        return Awaiting(data["awaits"])
    return Unknown(Reason(data["unknown"]), data["about"])


@dataclass(frozen=True)
class StartPoint:
    """A moment limits count from: its date and the totals of the object's counters then, as far as known."""

    on: date | None = None
    values: Mapping[str, int] = field(default_factory=dict)
    source: str = ""


Starts = Mapping[Start, StartPoint]


@dataclass(frozen=True)
class Happening:
    """An event recorded on the object: a hard landing, a shop visit.

    code   as limits name it
    at     when (aware); an accomplishment of the same instant comes after it and answers it
    point  its date and the totals of the object's counters then
    """

    code: str
    at: datetime
    point: StartPoint


@dataclass(frozen=True)
class Variation:
    """An approved, one-time extension of one open limit (domain rule 1.3). The next accomplishment spends it.

    path       of the term it extends
    measure    what that term is measured on: its counter, or `calendar`
    after      id of the accomplishment whose interval it extends; "" before the first one
    amount     in the counter's unit, or in days or months
    months     the amount counts months
    basis      GRID: work done under it counts from the due point before the extension. ACTUAL: from the work
    reference  of the approval, for the explanation
    """

    path: str
    measure: str
    after: str
    amount: int
    months: bool = False
    basis: Basis = Basis.GRID
    reference: str = ""


@dataclass(frozen=True)
class Accomplishment:
    """What was done, as the engine sees it.

    at        the reference moment (aware; by default the release), which orders accomplishments
    on        its date in the record's own day policy: calendar intervals count from it
    values    totals of the object's counters at that moment
    was_due   the due point of each term then, by path, as recorded; None lets the engine work them out
    sequence  order within the same instant
    finding   whether something was found; None when nobody said
    """

    id: str
    at: datetime
    on: date
    values: Mapping[str, int] = field(default_factory=dict)
    was_due: Mapping[str, Due] | None = None
    sequence: int = 0
    finding: bool | None = None
