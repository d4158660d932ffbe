"""The arithmetic of a due date in words, for the explanation."""

from datetime import date
from typing import Protocol

from hangarlink.maintenance.programme.rules.basis import Base, Because
from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.dues import (
    CALENDAR,
    Accomplishment,
    AtCount,
    Awaiting,
    Due,
    OnDate,
    Reason,
    StartPoint,
    Unknown,
)
from hangarlink.maintenance.programme.rules.forecast import Certainty, Forecast
from hangarlink.maintenance.programme.rules.limits import (
    CalendarLimit,
    CounterLimit,
    DateLimit,
    EventLimit,
    Leaf,
    RepeatWhen,
    Start,
)
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.rules.status import Status, TermStatus
from hangarlink.maintenance.programme.rules.terms import Rule, Term

COMBINATIONS = {
    "first": "whichever comes first",
    "last": "whichever comes later: all of them must be reached",
}
STATES = {
    State.OK: "ok",
    State.DUE_SOON: "due soon",
    State.DUE: "due: nothing is left",
    State.UNKNOWN: "unknown",
    State.OVERDUE: "overdue",
}
UNITS = {CalendarUnit.DAYS: "day", CalendarUnit.MONTHS: "month", CalendarUnit.CALENDAR_MONTHS: "calendar month"}
STARTS = {
    Start.LAST_DONE: "the last accomplishment",
    Start.ZERO: "zero",
    Start.NEW: "new",
    Start.DATA_PLATE: "the data-plate date",
    Start.FIRST_FLIGHT: "the first flight",
    Start.OVERHAUL: "overhaul",
    Start.REPAIR: "repair",
    Start.INSTALLATION: "installation",
    Start.EFFECTIVE_DATE: "the effective date",
    Start.EVENT: "the event",
}
REPEATS = {
    RepeatWhen.FOUND: "repeats as long as the last accomplishment found something",
    RepeatWhen.EVER_FOUND: "repeats once something was found",
    RepeatWhen.NOT_FOUND: "repeats until something is found",
}
REASONS = {
    Reason.NO_ACCOMPLISHMENT: "it counts from the last accomplishment and none is recorded",
    Reason.NO_START: "it counts from {about}, which is not known for this object",
    Reason.NO_VALUE_AT_START: "the value of {about} at the start is not known",
    Reason.NO_DATE_AT_START: "the date of {about} is not known",
    Reason.NO_VALUE_AT_ACCOMPLISHMENT: "the value of {about} at the last accomplishment is not known",
    Reason.NO_COUNTER: "this object has no single counter {about}",
    Reason.NO_TOTAL: "the total of {about} is not known: nothing says where it stands",
    Reason.STALE_USAGE: "no usage of {about} was entered lately, so more may have been flown than is known",
    Reason.FINDING_NOT_STATED: "whether it repeats depends on what was found, and nobody said what was found",
}
BECAUSE = {
    Because.NO_EARLIER_DUE: "no earlier due point is known, so it counts from the accomplishment",
    Because.ON_THE_DUE_POINT: "done exactly at the due point, so it counts from there",
    Because.EARLY: "done before the due point, so it counts from the accomplishment (policy min)",
    Because.LATE: "done after the due point, which never moves the next one: it counts from the due point (policy min)",
    Because.INSIDE_WINDOW: "done inside the window around the due point: it counts from there (policy window)",
    Because.OUTSIDE_WINDOW: "done outside the window around the due point: it counts from the work (policy window)",
    Because.EXTENDED: "done under an approved variation",
}


class Words(Protocol):
    """How the reader writes values. Given by the caller: the counter knows its unit and display."""

    def name(self, counter: str) -> str:
        """The counter's name, such as "airframe hours"."""

    def amount(self, counter: str, value: int) -> str:
        """An amount of the counter, such as "1523.4 h"."""

    def day(self, day: date) -> str:
        """A date, such as "31 Mar 2026"."""


def limit(said: Leaf, words: Words, *, threshold: int = 0) -> str:
    """A limit as its text would say it; with `threshold`, the step that is open."""
    if isinstance(said, DateLimit):
        return f"not later than {words.day(said.on)}"
    if isinstance(said, EventLimit):
        since = f" after {STARTS[said.start]}" if said.start else ""
        return f"at the next {event_name(said.event)}{since}"
    name = words.name(said.counter) if isinstance(said, CounterLimit) else "calendar time"
    steps = ", ".join(_amount(said, step, words) for step in said.thresholds)
    first = f"at {steps} from {start(said)}" if steps else ""
    every = f"every {_amount(said, said.every, words)}" if said.every else ""
    if every and said.event:
        every += f" from {start(said)}"
    open_step = f" (step {threshold} of {len(said.thresholds)} is open)" if threshold else ""
    return f"{name}: {', then '.join(part for part in (first, every) if part)}{open_step}"


def event_name(code: str) -> str:
    """An event's code as people say it: `hard_landing` is "hard landing"."""
    return code.replace("_", " ")


def start(said: CounterLimit | CalendarLimit) -> str:
    """Where a limit counts from."""
    return f"the {event_name(said.event)}" if said.event else STARTS[said.start]


def reckoning(term: Term, last: Accomplishment | None, words: Words) -> list[str]:
    """How the due point was found, one sentence a step."""
    if isinstance(term.due, Unknown) or isinstance(term.limit, DateLimit):
        return []
    if isinstance(term.due, Awaiting):
        return [f"no {event_name(term.due.event)} that counts is recorded, so this limit is not reached"]
    if isinstance(term.limit, EventLimit):
        return [f"{event_name(term.limit.event)} recorded {_point(term.due, words)}: due that day"]
    sum_ = f"{_base(term, words)} + {_amount(term.limit, term.amount, words)} = {_point(term.due, words)}"
    if isinstance(term.base, StartPoint):
        rule = "the next threshold" if term.rule is Rule.THRESHOLD else "nothing was accomplished yet"
        source = f" ({term.base.source})" if term.base.source else ""
        return [f"{rule}: counted from {start(term.limit)}{source}", sum_]
    return [*_done(term, last, words), *_why(term), sum_]


def variation(term: Term, words: Words) -> list[str]:
    """The approved variation that holds for a term, and what the limit is with it."""
    if term.variation is None or isinstance(term.effective, Unknown | Awaiting):
        return []
    reference = f" ({term.variation.reference})" if term.variation.reference else ""
    limit_now = f"the limit is {_point(term.effective, words)} until the next accomplishment"
    return [f"an approved variation of {_varied(term, words)}{reference} holds once: {limit_now}"]


def _varied(term: Term, words: Words) -> str:
    if term.variation and term.variation.months:
        return count(term.variation.amount, "month")
    return count(term.extension, "day") if term.measure == CALENDAR else words.amount(term.measure, term.extension)


def present(now: TermStatus, today: date, words: Words) -> list[str]:
    """What is left today."""
    due = now.term.effective
    if isinstance(due, Unknown | Awaiting) or now.remaining is None:
        return []
    if isinstance(due, OnDate):
        return [f"today is {words.day(today)}: {_days_left(now.remaining)}, {STATES[now.state]}"]
    total = due.value - now.remaining
    left = _signed(due.counter, now.remaining, words)
    at = f"now at {words.amount(due.counter, total)}"
    return [f"{at}: {_point(due, words)} - {words.amount(due.counter, total)} = {left} left, {STATES[now.state]}"]


def unknown(why: Unknown, words: Words) -> str:
    """Why nobody can tell, and so what to find out."""
    starts = {start.value: text for start, text in STARTS.items()}
    about = starts.get(why.about) or (words.name(why.about) if why.about not in {"", CALENDAR} else why.about)
    return REASONS[why.reason].format(about=about)


def summary(status: Status, when: Forecast, words: Words) -> str:
    """The whole in one line."""
    if status.standing.ended:
        return "nothing further is due: the control has ended"
    if when.certainty is Certainty.AHEAD:
        return f"{STATES[status.state]}, expected {words.day(when.day)}"
    return (
        f"{STATES[status.state]}, no date can be told" if when.certainty is Certainty.UNKNOWN else STATES[status.state]
    )


def _done(term: Term, last: Accomplishment | None, words: Words) -> list[str]:
    if last is None:
        return []
    value = last.values.get(term.measure)
    at = f" at {words.amount(term.measure, value)}" if value is not None and term.measure != CALENDAR else ""
    was = f"; it was due {_at(term.was, words)}" if term.was else ""
    return [f"last done {words.day(last.on)}{at}{was}"]


def _why(term: Term) -> list[str]:
    base = term.base
    if not isinstance(base, Base):
        return []
    if base.because is Because.EXTENDED:
        point = "the due point before it" if base.from_due else "the accomplishment"
        return [f"{BECAUSE[base.because]}, so it counts from {point} as the approval says"]
    if base.because is Because.POLICY:
        return [f"it counts from {'the due point' if base.from_due else 'the accomplishment'} (policy {term.policy})"]
    return [BECAUSE[base.because]]


def _base(term: Term, words: Words) -> str:
    if isinstance(term.base, Base):
        return _point(term.base.point, words)
    start = term.base
    if start is None:
        return ""
    if isinstance(term.limit, CounterLimit):
        return words.amount(term.limit.counter, start.values[term.limit.counter])
    return words.day(start.on) if start.on else ""


def _amount(said: CounterLimit | CalendarLimit, amount: int, words: Words) -> str:
    if isinstance(said, CounterLimit):
        return words.amount(said.counter, amount)
    return count(amount, UNITS[said.unit])


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _point(due: Due, words: Words) -> str:
    if isinstance(due, AtCount):
        return words.amount(due.counter, due.value)
    if isinstance(due, Awaiting):
        return f"at the next {event_name(due.event)}"
    return words.day(due.on) if isinstance(due, OnDate) else "unknown"


def _at(due: AtCount | OnDate, words: Words) -> str:
    return f"at {_point(due, words)}" if isinstance(due, AtCount) else f"on {_point(due, words)}"


def _days_left(days: int) -> str:
    return f"{count(-days, 'day')} past" if days < 0 else f"{count(days, 'day')} left"


def _signed(counter: str, value: int, words: Words) -> str:
    return f"-{words.amount(counter, -value)}" if value < 0 else words.amount(counter, value)
