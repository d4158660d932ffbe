"""Short words for the tests of the rules: hours as people write them, histories, ready-made starts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from fractions import Fraction

from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.dues import (
    Accomplishment,
    AtCount,
    Awaiting,
    Due,
    OnDate,
    StartPoint,
    Unknown,
)
from hangarlink.maintenance.programme.rules.limits import (
    Basis,
    CalendarLimit,
    CounterLimit,
    First,
    Last,
    Schedule,
    Start,
    Tree,
)
from hangarlink.maintenance.programme.rules.standing import Standing, standing
from hangarlink.maintenance.programme.rules.status import Status, Usage, status
from hangarlink.platform.quantities import Unit, format_quantity

FH, LDG, CYC = "airframe_hours", "landings", "cycles"
DAYS, MONTHS, EOM = CalendarUnit.DAYS, CalendarUnit.MONTHS, CalendarUnit.CALENDAR_MONTHS


def h(hours: str | int) -> int:
    """Decimal hours as seconds, exactly."""
    seconds = Fraction(str(hours)) * 3600
    assert seconds.denominator == 1
    return int(seconds)


def d(day: str) -> date:
    return date.fromisoformat(day)


def hours(every: str | int | None = None, **how: object) -> CounterLimit:
    return CounterLimit(counter=FH, every=None if every is None else h(every), **how)


def calendar(every: int | None, unit: CalendarUnit, **how: object) -> CalendarLimit:
    return CalendarLimit(unit=unit, every=every, **how)


def first(*of: Tree) -> First:
    return First(of=of)


def last(*of: Tree) -> Last:
    return Last(of=of)


def repeat(tree: Tree, basis: Basis = Basis.ACTUAL, times: int | None = None) -> Schedule:
    return Schedule(repeat=tree, basis=basis, times=times)


def done(on: str | date = "2020-01-01", was: Mapping[str, Due] | None = None, **values: int) -> Accomplishment:
    """Something done on a day; `fh=` and other counters in their own unit. `was` are the due points it answered."""
    day = on if isinstance(on, date) else d(on)
    named = {FH if name == "fh" else name: value for name, value in values.items()}
    return Accomplishment(f"done {day}", datetime.combine(day, time(12), UTC), day, named, was)


def stand(schedule: Schedule, *history: Accomplishment, **starts: StartPoint) -> Standing:
    return standing(schedule, history, {Start(name): point for name, point in starts.items()})


def now(found: Standing, today: str | date, fh: int = 0, *, alert: int = 0) -> Status:
    """Its status; every term is due soon within `alert` of its own unit."""
    day = today if isinstance(today, date) else d(today)
    return status(found, {FH: Usage(fh)}, day, dict.fromkeys(found.dues(), alert))


def due(found: Standing) -> list[int | date | str]:
    """Due points of the open terms, in reading order, as plain values."""
    return [_plain(term.due) for term in found.terms]


def at(value: str | int) -> AtCount:
    return AtCount(FH, h(value))


def on(day: str) -> OnDate:
    return OnDate.of(d(day))


def _plain(point: Due) -> int | date | str:
    if isinstance(point, Unknown):
        return point.reason.value
    if isinstance(point, Awaiting):
        return f"awaits {point.event}"
    return point.value if isinstance(point, AtCount) else point.on


class PlainWords:
    """Decimal hours and ISO dates."""

    def name(self, counter: str) -> str:
        return counter.replace("_", " ")

    def amount(self, counter: str, value: int) -> str:
        timed = counter == FH
        return format_quantity(value, Unit.SECONDS if timed else Unit.COUNT, label="h" if timed else "")

    def day(self, day: date) -> str:
        return day.isoformat()
