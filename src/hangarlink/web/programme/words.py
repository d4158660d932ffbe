"""How what is due reads on pages: what is left, what decides, why nobody can tell."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from hangarlink.fleet import vocabulary
from hangarlink.maintenance.programme.queries import DueRow, TermRow
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.dues import Reason
from hangarlink.maintenance.programme.rules.limits import Basis, RepeatWhen, Start
from hangarlink.maintenance.programme.rules.sentences import event_name
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.quantities import Display, Rounding, Unit, format_quantity, to_hours
from hangarlink.web import formats

CLASS_WORDS = {
    MandatoryClass.AIRWORTHINESS_DIRECTIVE: "Airworthiness directive",
    MandatoryClass.AIRWORTHINESS_LIMITATION: "Airworthiness limitation",
    MandatoryClass.CERTIFICATION_MAINTENANCE: "Certification maintenance",
    MandatoryClass.LIFE_LIMIT: "Life limit",
    MandatoryClass.PROGRAMME: "Maintenance programme",
    MandatoryClass.RECOMMENDED: "Recommended",
    MandatoryClass.OPERATOR: "Operator's own",
}
BASIS_WORDS = {
    Basis.ACTUAL: "from where it was done",
    Basis.GRID: "from where it was due",
    Basis.MIN: "from the earlier of due and done: late never moves the next one",
    Basis.WINDOW: "from where it was due if done inside the window, else from where it was done",
}
REPEAT_WORDS = {
    RepeatWhen.FOUND: "only after work that found something",
    RepeatWhen.EVER_FOUND: "once something was found",
    RepeatWhen.NOT_FOUND: "until something is found",
}
START_WORDS = {
    Start.LAST_DONE: "the last time it was done",
    Start.ZERO: "zero: the counter's total",
    Start.NEW: "new (manufacture)",
    Start.DATA_PLATE: "the data-plate date",
    Start.FIRST_FLIGHT: "the first flight",
    Start.OVERHAUL: "overhaul",
    Start.REPAIR: "repair",
    Start.INSTALLATION: "installation",
    Start.EFFECTIVE_DATE: "the effective date",
    Start.EVENT: "an event",
}
REASON_WORDS = {
    Reason.NO_ACCOMPLISHMENT: "never recorded as done",
    Reason.NO_START: "its starting point is not recorded",
    Reason.NO_VALUE_AT_START: "the counter at its starting point is not known",
    Reason.NO_DATE_AT_START: "the date of its starting point is not known",
    Reason.NO_VALUE_AT_ACCOMPLISHMENT: "the counter when it was last done is not known",
    Reason.NO_COUNTER: "the aircraft has no such counter",
    Reason.NO_TOTAL: "the counter's total is not known",
    Reason.STALE_USAGE: "usage is old: more may have been flown",
    Reason.FINDING_NOT_STATED: "nobody said what was found the last time",
}
# Worst first, as people look for them.
STATE_CHIPS = [(state.code, formats.STATES[state.code][0]) for state in sorted(State, reverse=True)]


def deciding_term(row: DueRow) -> TermRow | None:
    """The limit that makes the item what it is: same state and forecast, else the same state, else any."""
    alike = [term for term in row.terms if term.state is row.state]
    dated = [term for term in alike if term.forecast == row.forecast]
    return next(iter([*dated, *alike, *row.terms]), None)


def is_time(term: TermRow) -> bool:
    """Whether the limit counts hours."""
    return term.unit == Unit.SECONDS


def remaining(term: TermRow, *, as_set: bool = False) -> str:
    """What is left: "12.4 h", "38 landings", "64 d"; "3.2 h over" when it is passed; "" when nobody can tell.

    Rounded down, so that nothing is promised that is not there.
    as_set  hours as the counter is set; else decimal hours, so that one column never mixes both
    """
    if term.remaining is None:
        return ""
    over = term.remaining < 0
    text = _amount(term, abs(term.remaining), up=over, as_set=as_set)
    return f"{text} over" if over else text


def limit_text(term: TermRow, *, as_set: bool = False) -> str:
    """Where it falls due: "at 4824.7 h", "31 Jan 2027"."""
    if isinstance(term.limit, date):
        return formats.day_text(term.limit)
    if term.limit is None:
        return ""
    return f"at {_amount(term, term.limit, up=False, as_set=as_set)}"


def waits(term: TermRow) -> str:
    """What a limit waits for: "waits for the next shop visit"."""
    return f"waits for the next {event_name(term.awaits)}" if term.awaits else ""


def variation(term: TermRow) -> str:
    """How far an approved variation extends a limit: "10.0 h approved variation"."""
    return f"{_amount(term, term.variation, up=False, as_set=False)} approved variation"


def measure(term: TermRow) -> str:
    """What the limit is measured on, for people."""
    return term.counter or "calendar"


def used(term: TermRow) -> float | None:
    """The part of the interval that is used, 0 to 1; None when there is no interval to compare with."""
    if term.remaining is None or not term.amount:
        return None
    return min(1.0, max(0.0, 1 - term.remaining / term.amount))


def bar(row: DueRow) -> SafeString:
    """How much of the deciding interval is used."""
    term = deciding_term(row)
    part = used(term) if term else None
    if term is None or part is None:
        return SafeString("")
    return formats.bar(part, row.state.code, f"{round(part * 100)} % of the interval is used")


def left_cell(row: DueRow) -> SafeString:
    """What is left on the deciding limit, the others quietly below."""
    term = deciding_term(row)
    if term is None:
        return SafeString("")
    if term.unknown:
        return format_html('<span class="muted">{}</span>', REASON_WORDS[term.unknown])
    if term.awaits:
        return format_html('<span class="muted">{}</span>', waits(term))
    others = " · ".join(text for other in row.terms if other is not term and (text := _short(other)))
    below = format_html('<span class="under">also {}</span>', others) if others else ""
    if term.variation:
        below = format_html('<span class="under">with {}</span>{}', variation(term), below)
    what = format_html('<span class="nowrap">{} <span class="unit">{}</span></span>', remaining(term), _on(term))
    return format_html("{}{}", what, below)


def forecast_text(row: DueRow) -> str:
    """When it is reached: a day, that there is no use to reckon with, or nothing."""
    if row.forecast:
        return formats.day_text(row.forecast)
    return "no recent use" if row.never else ""


def remaining_number(row: DueRow) -> int | Decimal | None:
    """For a spreadsheet: hours with two decimals, a count, or days."""
    term = deciding_term(row)
    if term is None or term.remaining is None:
        return None
    return to_hours(term.remaining, rounding=Rounding.DOWN) if is_time(term) else term.remaining


def remaining_unit(row: DueRow) -> str:
    """What that number counts."""
    term = deciding_term(row)
    if term is None or term.remaining is None:
        return ""
    return "days" if not term.unit else f"h {term.counter}" if is_time(term) else term.counter


def limits_text(terms: Sequence[TermRow]) -> str:
    """All limits of an item in one line, for a spreadsheet."""
    return "; ".join(_limit_in_line(term) for term in terms if term.limit is not None or term.awaits)


def _limit_in_line(term: TermRow) -> str:
    if term.awaits:
        return f"at the next {event_name(term.awaits)}"
    extended = f", {variation(term)}" if term.variation else ""
    return f"{limit_text(term)} ({measure(term)}{extended})"


def _amount(term: TermRow, value: int, *, up: bool, as_set: bool) -> str:
    if not term.unit:
        return f"{value} d"
    if not is_time(term):
        return str(value)
    shown = Display[vocabulary.Display(term.display).name] if as_set else Display.DECIMAL_1
    return format_quantity(value, Unit.SECONDS, shown, rounding=Rounding.UP if up else Rounding.DOWN) + " h"


def _on(term: TermRow) -> str:
    return "" if not term.unit else term.counter if is_time(term) else term.counter.lower()


def _short(term: TermRow) -> str:
    if term.unknown:
        return f"{measure(term)} unknown"
    if term.awaits:
        return f"at the next {event_name(term.awaits)}"
    return f"{remaining(term)} {_on(term)}".strip()
