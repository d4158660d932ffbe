"""Tolerance: how far an approved, one-time variation may extend a due point, and where it may never. Domain rule 1.3.

A tolerance is not part of a due point. It is used only through a recorded approval, for one aircraft and once, and it
is refused for airworthiness limitations, certification maintenance and life limits, and for a directive whose own text
grants none.

A **tolerance class** is a table of bands. The first band whose measure fits and whose `below` is more than the interval
says how much: a part of the interval, at most a fixed amount, or both.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.dates import CalendarUnit, add_months, end_of_month
from hangarlink.maintenance.programme.rules.dues import CALENDAR, AtCount, DuePoint, OnDate, Variation
from hangarlink.maintenance.programme.rules.limits import (
    MOST_COUNTED,
    CalendarLimit,
    CounterLimit,
    Leaf,
    Node,
)
from hangarlink.platform.errors import RuleBroken

# Where a table speaks of a part of a calendar interval, a month is 30 days (TM 1-1500-328-23 para 2-10).
NOMINAL_DAYS = {CalendarUnit.DAYS: 1, CalendarUnit.MONTHS: 30, CalendarUnit.CALENDAR_MONTHS: 30}
MOST_BANDS = 20


class Measure(StrEnum):
    """What a band is about: time counters, in seconds; other counters; the calendar."""

    HOURS = "hours"
    COUNTS = "counts"
    CALENDAR = "calendar"


class Band(Node):
    """How much an interval of some length may be extended.

    below    for intervals shorter than this, in seconds, counts, or `unit`; absent, for all longer ones
    percent  of the interval
    most     in seconds, counts, or `unit`
    unit     of a calendar band
    """

    measure: Measure
    below: Annotated[int, Field(gt=0, le=MOST_COUNTED)] | None = None
    percent: Annotated[int, Field(gt=0, le=50)] | None = None
    most: Annotated[int, Field(gt=0, le=MOST_COUNTED)] | None = None
    unit: Literal[CalendarUnit.DAYS, CalendarUnit.MONTHS] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.percent is None and self.most is None:
            raise PydanticCustomError("band", "a band needs `percent`, `most` or both")
        if (self.measure is Measure.CALENDAR) != (self.unit is not None):
            raise PydanticCustomError("band", "a calendar band needs a `unit` of days or months, the others have none")
        return self


_BANDS = TypeAdapter(Annotated[tuple[Band, ...], Field(min_length=1, max_length=MOST_BANDS)])


def bands_from_json(data: object) -> tuple[Band, ...]:
    """A checked table. Raises RuleBroken naming the band and the field."""
    try:
        return _BANDS.validate_json(json.dumps(data))
    except (TypeError, ValidationError) as error:
        details = error.errors() if isinstance(error, ValidationError) else []
        said = [f"{'.'.join(str(part) for part in one['loc']) or 'bands'}: {one['msg']}" for one in details]
        raise RuleBroken("; ".join(said) or f"bands: {error}", field="bands") from None


def bands_to_json(bands: Sequence[Band]) -> list[dict[str, Any]]:
    """The stored form."""
    return [band.model_dump(mode="json", exclude_none=True) for band in bands]


def why_never(mandatory: MandatoryClass, granted: str) -> str | None:
    """Why no variation may hold for a requirement, whatever is on record; None where one may.

    granted  where a directive's own text grants a tolerance
    """
    if mandatory is MandatoryClass.AIRWORTHINESS_DIRECTIVE:
        if granted:
            return None
        return "It is an airworthiness directive, and the requirement names no place where its text allows a tolerance."
    if mandatory.never_tolerates:
        what = mandatory.value.replace("_", " ")
        article = "an" if what[0] in "aeiou" else "a"
        return f"It is {article} {what}: no tolerance exists for those, and no approval can give one."
    return None


def extended(due: DuePoint, limit: Leaf, variation: Variation) -> DuePoint:
    """A due point with its variation. Months end on a month's last day where the limit's do."""
    if isinstance(due, AtCount):
        return AtCount(due.counter, due.value + variation.amount)
    if not variation.months:
        return OnDate.of(date.fromordinal(due.place + variation.amount))
    moved = add_months(due.on, variation.amount, anchor=due.anchor)
    to_month_end = isinstance(limit, CalendarLimit) and limit.unit is CalendarUnit.CALENDAR_MONTHS
    return OnDate(end_of_month(moved) if to_month_end else moved, due.anchor)


def ceilings(bands: Sequence[Band], limit: Leaf, amount: int, timed: Collection[str]) -> list[Variation]:
    """The most a limit may be extended: each of these is a ceiling, and the nearest one counts. None: not at all.

    amount  the length of the interval that is open, in the limit's unit
    timed   the counters that count seconds
    """
    if not isinstance(limit, CounterLimit | CalendarLimit) or amount <= 0:
        return []
    measure = _measure(limit, timed)
    scaled = amount * NOMINAL_DAYS[limit.unit] if isinstance(limit, CalendarLimit) else amount
    for band in bands:
        size = NOMINAL_DAYS[band.unit] if band.unit else 1
        if band.measure is measure and (band.below is None or scaled < band.below * size):
            return _of_band(band, limit, scaled)
    return []


def check_amount(due: DuePoint, limit: Leaf, asked: Variation, most: Sequence[Variation], class_name: str) -> None:
    """Refuse an extension beyond the ceiling. Raises RuleBroken, with how far it may go in the limit's unit or days."""
    if not most:
        raise RuleBroken(f"The tolerance class {class_name} says nothing for an interval like this.", field="amount")
    nearest = min(extended(due, limit, one).place for one in most)
    wanted = extended(due, limit, asked).place
    if wanted > nearest:
        raise BeyondCeiling(class_name, wanted - due.place, nearest - due.place)


class BeyondCeiling(RuleBroken):
    """More than the tolerance class allows. `asked` and `most` are in the counter's unit or in days."""

    def __init__(self, class_name: str, asked: int, most: int, show: str = "") -> None:
        super().__init__(
            show or f"The tolerance class {class_name} allows at most {most} here, and this is {asked}.", field="amount"
        )
        self.class_name, self.asked, self.most = class_name, asked, most


def _measure(limit: CounterLimit | CalendarLimit, timed: Collection[str]) -> Measure:
    if isinstance(limit, CalendarLimit):
        return Measure.CALENDAR
    return Measure.HOURS if limit.counter in timed else Measure.COUNTS


def _of_band(band: Band, limit: CounterLimit | CalendarLimit, interval: int) -> list[Variation]:
    measure = limit.counter if isinstance(limit, CounterLimit) else CALENDAR
    found = []
    if band.percent is not None:
        found.append(Variation("", measure, "", interval * band.percent // 100))
    if band.most is not None:
        found.append(Variation("", measure, "", band.most, months=band.unit is CalendarUnit.MONTHS))
    return found
