"""What a requirement says about when: limits, trees of limits and the schedule that holds them. Plain data, checked.

A **limit** is a counter interval, a calendar interval, a fixed date or an event ("at the next shop visit"). **FIRST**
and **LAST** combine limits, nested as deep as the text of a directive asks. A **schedule** is one tree that repeats,
optionally with another one for the first time ("100 h or 12 months, whichever later; thereafter every 500 h or 5 years,
whichever first").

Everything is frozen and serialises to JSON (`codec.py`). Amounts are whole numbers in the counter's own unit: seconds
for time counters, counts for the others.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hangarlink.maintenance.programme.rules.dates import CalendarUnit

# Two centuries of seconds, and a little over two centuries of months or days: more is a slip of the keyboard.
MOST_COUNTED = 10_000_000_000
MOST_CALENDAR = 75_000


class Start(StrEnum):
    """Where a limit counts from before anything was accomplished. It is data on the limit, never a global setting.

    LAST_DONE is no start at all: nothing is known until the first accomplishment is recorded.
    ZERO is the counter's own zero, which makes thresholds total time ("at 10 000 h").
    EVENT is something recorded on the object, named by the limit's `event` ("150 h after a hard landing"). Every new
    one starts the limit again; until there is one, the limit is not reached.
    """

    LAST_DONE = "last_done"
    ZERO = "zero"
    NEW = "new"
    DATA_PLATE = "data_plate"
    FIRST_FLIGHT = "first_flight"
    OVERHAUL = "overhaul"
    REPAIR = "repair"
    INSTALLATION = "installation"
    EFFECTIVE_DATE = "effective_date"
    EVENT = "event"

    @property
    def is_baseline(self) -> bool:
        """Somebody says once when it was; the others follow from the counter, the history or recorded events."""
        return self not in {Start.LAST_DONE, Start.ZERO, Start.EVENT}


class RepeatWhen(StrEnum):
    """What must have been found for the repeat to hold (domain rule 1.2.3). Absent: it holds whatever was found.

    FOUND       the last accomplishment found something; one that found nothing ends the control
    EVER_FOUND  any accomplishment so far found something
    NOT_FOUND   nothing was found yet; a finding ends the control, because other work then takes its place
    """

    FOUND = "found"
    EVER_FOUND = "ever_found"
    NOT_FOUND = "not_found"


class Basis(StrEnum):
    """Does the next interval count from where it was due or from where it was done? (domain rule 1.3)

    ACTUAL  from where it was done
    GRID    from where it was due
    MIN     from the smaller of both: late never shifts the next one, early does
    WINDOW  from where it was due if done inside the window around it, else from where it was done
    """

    ACTUAL = "actual"
    GRID = "grid"
    MIN = "min"
    WINDOW = "window"


class Node(BaseModel):
    """Common behaviour of all parts of a schedule: frozen, strict (no "100" for 100), no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Amount = Annotated[int, Field(gt=0, le=MOST_COUNTED)]
CalendarAmount = Annotated[int, Field(gt=0, le=MOST_CALENDAR)]
Around = Annotated[int, Field(ge=0, le=MOST_COUNTED)]
EventCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class CounterWindow(Node):
    """How far before and after the due point work keeps the plan, in the counter's unit. Bounds included."""

    before: Around
    after: Around


class CalendarWindow(Node):
    """How far before and after the due date work keeps the plan. Bounds included."""

    before: Annotated[int, Field(ge=0, le=MOST_CALENDAR)]
    after: Annotated[int, Field(ge=0, le=MOST_CALENDAR)]
    unit: Literal[CalendarUnit.DAYS, CalendarUnit.MONTHS] = CalendarUnit.DAYS


class _Interval(Node):
    """What counter and calendar intervals share.

    thresholds  0..n absolute steps from `start`, met one by one before the repeat; increasing
    every       the repeat; without it the limit ends with its last threshold
    start       where thresholds, and `every` before the first accomplishment, count from
    event       code of the event, when `start` is `event`
    basis       overrides the schedule's
    """

    every: int | None = None
    thresholds: tuple[int, ...] = ()
    start: Start = Start.LAST_DONE
    event: EventCode | None = None
    basis: Basis | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.every is None and not self.thresholds:
            raise _wrong("this limit has neither a repeat nor a threshold: give `every`, `thresholds` or both")
        if any(later <= earlier for earlier, later in zip(self.thresholds, self.thresholds[1:], strict=False)):
            raise _wrong(f"thresholds must increase, they are {list(self.thresholds)}")
        if self.thresholds and self.start is Start.LAST_DONE:
            raise _wrong("thresholds are counted from a start: set `start`, for example `zero` for total time or `new`")
        if (self.start is Start.EVENT) != (self.event is not None):
            raise _wrong("`event` names the event to count from, and goes with `start` set to `event`")
        return self


class CounterLimit(_Interval):
    """A limit on usage, such as every 360 000 s of `airframe_hours`. `counter` is a counter role of the object."""

    kind: Literal["counter"] = "counter"
    counter: Annotated[str, Field(min_length=1, max_length=64)]
    every: Amount | None = None
    thresholds: Annotated[tuple[Amount, ...], Field(max_length=20)] = ()
    window: CounterWindow | None = None


class CalendarLimit(_Interval):
    """A limit on time passed, such as every 12 calendar months. Thresholds are in the same unit, from `start`."""

    kind: Literal["calendar"] = "calendar"
    unit: CalendarUnit
    every: CalendarAmount | None = None
    thresholds: Annotated[tuple[CalendarAmount, ...], Field(max_length=20)] = ()
    window: CalendarWindow | None = None

    @model_validator(mode="after")
    def _has_no_zero(self) -> Self:
        if self.start is Start.ZERO:
            raise _wrong("the calendar has no zero: `start` must be a dated event such as `new` or `effective_date`")
        return self


class DateLimit(Node):
    """A fixed last day, such as "no later than 31 December 1983". It does not repeat."""

    kind: Literal["date"] = "date"
    on: date


class EventLimit(Node):
    """Due on the day something happens, such as "at the next shop visit". Before it happens the limit is not reached.

    event  its code, as it is recorded on the object
    start  events before this moment do not count ("after the effective date"); absent, every one on record does
    """

    kind: Literal["event"] = "event"
    event: EventCode
    start: Start | None = None

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        if self.start and not self.start.is_baseline:
            raise _wrong("`start` must be a dated moment such as `effective_date` or `installation`, or be left out")
        return self


class First(Node):
    """Whichever comes first."""

    kind: Literal["first"] = "first"
    of: Annotated[tuple["Tree", ...], Field(max_length=20)]

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.of:
            raise _wrong("`first` needs at least one limit in `of`")
        return self


class Last(Node):
    """Whichever comes later: every one of the limits must be reached."""

    kind: Literal["last"] = "last"
    of: Annotated[tuple["Tree", ...], Field(max_length=20)]

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.of:
            raise _wrong("`last` needs at least one limit in `of`")
        return self


Leaf = CounterLimit | CalendarLimit | DateLimit | EventLimit
Tree = Annotated[CounterLimit | CalendarLimit | DateLimit | EventLimit | First | Last, Field(discriminator="kind")]


class Schedule(Node):
    """When a requirement falls due, for the first time and again.

    initial      holds until the first accomplishment; absent, `repeat` also says when the first one is due
    repeat       holds after it; absent, the control ends with the first accomplishment
    repeat_when  what must have been found for the repeat to hold; absent, it always holds
    times        accomplishments after which the control ends: 5 is the first and four repeats; absent, for ever
    basis        how the next interval is counted, unless a limit says otherwise
    """

    version: Literal[1] = 1
    initial: Tree | None = None
    repeat: Tree | None = None
    repeat_when: RepeatWhen | None = None
    times: Annotated[int, Field(ge=1, le=9999)] | None = None
    basis: Basis = Basis.ACTUAL

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.initial is None and self.repeat is None:
            raise _wrong("a schedule needs at least one limit, in `initial` or in `repeat`")
        if self.repeat_when and self.repeat is None:
            raise _wrong("`repeat_when` says when the repeat holds, and there is no `repeat`")
        return self


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("limit", "{sentence}", {"sentence": sentence})


First.model_rebuild()
Last.model_rebuild()
Schedule.model_rebuild()
