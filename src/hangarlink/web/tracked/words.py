"""How an item tracked elsewhere reads: always with whose word it is and as of when."""

from collections.abc import Mapping
from datetime import UTC, date
from decimal import Decimal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.queries import TrackedRow
from hangarlink.maintenance.tracked.rules import Measure, TrackedTerm
from hangarlink.platform.quantities import Display, Rounding, Unit, format_quantity, to_hours
from hangarlink.web import formats

MEASURES = {
    Measure.HOURS: "hours",
    Measure.CYCLES: "cycles",
    Measure.LANDINGS: "landings",
    Measure.DATE: "calendar",
}
ELSEWHERE = "tracked elsewhere"


def measure(term: TrackedTerm) -> str:
    """What a limit is measured on: "hours", "engine 1 hours"."""
    return f"{term.counter} {MEASURES[term.measure]}".strip()


def unit(term: TrackedTerm) -> str:
    """What stands behind a number of it: "landings", "engine 1"; nothing where the number says it already."""
    if term.measure in {Measure.HOURS, Measure.DATE}:
        return term.counter
    return measure(term)


def remaining(term: TrackedTerm, row: TrackedRow) -> int | None:
    """What is left: as told for counters; of a day, from today. None when it was not told."""
    if term.measure is Measure.DATE:
        due_on = term.due_on(row.as_of)
        return None if due_on is None else (due_on - timezone.now().astimezone(UTC).date()).days
    return term.remaining


def deciding_term(row: TrackedRow) -> TrackedTerm | None:
    """The limit that is nearest: over first, then not told, then by what is left in days, hours or counts."""

    def place(term: TrackedTerm) -> tuple[int, float]:
        left = remaining(term, row)
        if left is None:
            return (1, 0)
        # Only to put limits of different kinds in an order: an hour or a landing a day.
        return (0 if left < 0 else 2, left / 3600 if term.measure is Measure.HOURS else left)

    return min(row.terms, key=place, default=None)


def remaining_text(term: TrackedTerm, row: TrackedRow) -> str:
    """ "12.4 h", "38", "64 d"; "3.2 h over" when it is passed; "" when not told. Rounded so as to promise less."""
    left = remaining(term, row)
    if left is None:
        return ""
    text = amount(term, abs(left), up=left < 0)
    return f"{text} over" if left < 0 else text


def amount(term: TrackedTerm, value: int, *, up: bool = False) -> str:
    if term.measure is Measure.HOURS:
        rounding = Rounding.UP if up else Rounding.DOWN
        return f"{format_quantity(value, Unit.SECONDS, Display.DECIMAL_1, rounding=rounding)} h"
    return f"{value} d" if term.measure is Measure.DATE else str(value)


def limit_text(term: TrackedTerm) -> str:
    """Where it falls due, as told: "at 4824.7 h", "31 Jan 2027"; "" when only what remains was told."""
    if isinstance(term.due_at, date):
        return formats.day_text(term.due_at)
    return "" if term.due_at is None else f"at {amount(term, term.due_at)}"


def why_unknown(row: TrackedRow) -> str:
    """Why nobody can tell; "" if somebody can."""
    if row.state is not State.UNKNOWN:
        return ""
    if row.is_stale:
        return f"told {formats.ago(row.as_of)}: too old to rely on"
    return "the partner does not say what is left"


def left_cell(row: TrackedRow) -> SafeString:
    """What is left on the nearest limit, the others quietly below; for an old word, that it is old."""
    if why := why_unknown(row):
        return format_html('<span class="muted">{}</span>', why)
    term = deciding_term(row)
    if term is None:
        return SafeString("")
    others = " · ".join(
        f"{remaining_text(one, row) or measure(one) + ' unknown'} {unit(one)}".strip()
        for one in row.terms
        if one is not term
    )
    below = format_html('<span class="under">also {}</span>', others) if others else ""
    what = remaining_text(term, row)
    return format_html('<span class="nowrap">{} <span class="unit">{}</span></span>{}', what, unit(term), below)


def limits_text(row: TrackedRow) -> str:
    """All limits in one line, for a spreadsheet."""
    return "; ".join(f"{limit_text(term)} ({measure(term)})" for term in row.terms if term.due_at is not None)


def limit_cell(row: TrackedRow) -> SafeString:
    term = deciding_term(row)
    return formats.show(limit_text(term) if term else "")


def remaining_number(row: TrackedRow) -> int | Decimal | None:
    """For a spreadsheet: hours with two decimals, a count, or days. Nothing for a word too old to rely on."""
    term = deciding_term(row)
    left = None if term is None or why_unknown(row) else remaining(term, row)
    if term is None or left is None:
        return None
    return to_hours(left, rounding=Rounding.DOWN) if term.measure is Measure.HOURS else left


def remaining_unit(row: TrackedRow) -> str:
    term = deciding_term(row)
    if term is None or remaining_number(row) is None:
        return ""
    return (
        "days"
        if term.measure is Measure.DATE
        else f"h {measure(term)}"
        if term.measure is Measure.HOURS
        else measure(term)
    )


def by_whom(row: TrackedRow) -> SafeString:
    """The mark that tells such an item from ours: whose word it is, and as of when."""
    mark = format_html('<span class="elsewhere">{}{}</span>', formats.icon("external"), row.partner)
    as_of = formats.moment(row.as_of)
    gone = format_html(" · not listed since {}", formats.moment_text(row.gone_since)) if row.gone_since else ""
    return format_html('{}<span class="under">as of {}{}</span>', mark, as_of, gone)


def name_of(row: TrackedRow) -> str:
    return row.reference or row.title


def counts_text(counts: Mapping[State, int]) -> str:
    """ "1 overdue, 2 unknown, 40 OK", worst first."""
    said = [f"{number} {formats.STATES[state.code][0].lower()}" for state, number in _worst_first(counts)]
    return ", ".join(said).replace(" ok", " OK")


def _worst_first(counts: Mapping[State, int]) -> list[tuple[State, int]]:
    return [(state, counts[state]) for state in sorted(State, reverse=True) if counts[state]]
