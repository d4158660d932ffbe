"""How an item stands: by the pure rules over the records, and by the statement that makes the due list.

What the rules say of the case's own facts, without records, comes from `facts`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from hangarlink.maintenance.conformance.amounts import DATE
from hangarlink.maintenance.conformance.values import AWAITING, NEVER, UNKNOWN
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries import DueRow, Narrow, due_list, item_detail
from hangarlink.maintenance.programme.queries.rows import TermRow
from hangarlink.maintenance.programme.rules.dues import CALENDAR, AtCount, Awaiting, Due, OnDate, Reason
from hangarlink.maintenance.programme.rules.explain import Explanation, Part, TermExplanation
from hangarlink.maintenance.programme.rules.forecast import Certainty
from hangarlink.maintenance.programme.rules.status import TermStatus

# A total, a day, or a word: unknown, never.
Value = int | date | str
Named = Callable[[str], str]


@dataclass(frozen=True)
class Limit:
    """One open limit.

    measure  the case's name of its counter, or `date`
    due      without variation; latest with it
    """

    measure: str
    due: Value
    latest: Value
    remaining: Value
    forecast: Value | None
    unknown: Reason | None


@dataclass(frozen=True)
class Answer:
    """One item on one day. `limits` by their place in the schedule; a forecast is None where this way tells none."""

    state: str
    forecast: Value | None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    ended: bool = False


def of_the_records(item: DueItem, as_of: date, named: Named) -> Answer:
    """What the pure rules say of what is on record. `named` turns a counter's id into the case's name."""
    found = item_detail(item.id, as_of=as_of)
    forecasts = dict(_forecasts(found.explanation))
    limits = {one.term.path: _of_term(one, forecasts.get(one.term.path), named) for one in found.status.terms}
    certainty = found.forecast.certainty
    forecast: Value = found.forecast.on or (NEVER if certainty is Certainty.NEVER else UNKNOWN)
    return Answer(found.status.state.code, forecast, limits, ended=found.status.standing.ended)


def of_the_list(item: DueItem, as_of: date, named: Named) -> Answer | None:
    """What the due list shows; None when the item is not in it."""
    rows = due_list(Narrow(requirement_id=item.requirement_id), limit=1_000, as_of=as_of).rows
    row = next((one for one in rows if one.item_id == item.id), None)
    return None if row is None else _of_row(row, named)


def decisive(item: DueItem) -> set[str]:
    """The places of the limits that can decide anything: the list leaves out one that never can."""
    detail = item_detail(item.id)
    return {path for clause in detail.status.standing.clauses() for path in clause}


def _of_row(row: DueRow, named: Named) -> Answer:
    limits = {one.path: _of_term_row(one, named) for one in row.terms}
    return Answer(row.state.code, row.forecast or (NEVER if row.never else UNKNOWN), limits)


def _of_term_row(one: TermRow, named: Named) -> Limit:
    measure = named(str(one.counter_id)) if one.counter_id else DATE
    forecast: Value = one.forecast or (UNKNOWN if one.state.code == UNKNOWN else NEVER)
    due = AWAITING if one.awaits and one.limit is None else _or_unknown(one.limit)
    remaining = AWAITING if one.remaining is None and due == AWAITING else _or_unknown(one.remaining)
    return Limit(measure, due, _further(due, one.variation), remaining, forecast, one.unknown)


def _of_term(one: TermStatus, forecast: str | None, named: Named) -> Limit:
    measure = DATE if one.term.measure == CALENDAR else named(one.term.measure)
    when: Value = date.fromisoformat(forecast) if forecast else UNKNOWN if one.unknown else NEVER
    return limit_of(one, measure, when)


def limit_of(one: TermStatus, measure: str, forecast: Value | None) -> Limit:
    """A limit as the rules state it."""
    due = value_of(one.term.due)
    remaining = AWAITING if due == AWAITING else _or_unknown(one.remaining)
    unknown = one.unknown.reason if one.unknown else None
    return Limit(measure, due, value_of(one.term.effective), remaining, forecast, unknown)


def _further(due: Value, variation: int) -> Value:
    if isinstance(due, date):
        return due + timedelta(days=variation)
    return due + variation if isinstance(due, int) else due


def value_of(due: Due) -> Value:
    """A due point as an answer writes it."""
    match due:
        case AtCount():
            return due.value
        case OnDate():
            return due.on
        case Awaiting():
            return AWAITING
    return UNKNOWN


def _or_unknown(value: int | date | None) -> Value:
    return UNKNOWN if value is None else value


def _forecasts(explanation: Explanation) -> Iterator[tuple[str, str | None]]:
    """The forecast of every limit, by its place: as the explanation tells it."""
    parts: list[Part] = [explanation.tree] if explanation.tree else []
    while parts:
        part = parts.pop()
        if isinstance(part, TermExplanation):
            yield part.path, part.forecast
        else:
            parts.extend(part.parts)
