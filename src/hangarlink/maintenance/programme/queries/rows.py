"""What lists and pages are made of: an item as it stands now, with its terms."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries.scores import (
    GAUGES,
    GAUGES_OF_ITEMS,
    ITEMS,
    NEVER,
    SCORE,
    STATE,
    UNKNOWN,
    moment,
)
from hangarlink.maintenance.programme.queries.statements import Row, rows
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.dues import Reason
from hangarlink.maintenance.programme.rules.states import State


@dataclass(frozen=True, slots=True)
class TermRow:
    """One open limit now.

    counter, unit, display  of a limit on usage; "" for a calendar limit
    limit                   total or date that is due; None when unknown, and while it waits for an event
    variation               how far an approved variation extends it, in the same unit or in days; 0 without one
    remaining               in the counter's unit, or days, the variation included; None when it cannot be told
    awaits                  code of the event without which this limit is not reached; "" for others
    amount                  length of the interval in the same unit, 0 when it has none
    forecast                first day on which it is exceeded, or the due date; None when unknown or never reached
    unknown                 why, if it is
    """

    path: str
    clause: int
    counter_id: UUID | None
    counter: str
    unit: str
    display: str
    limit: int | date | None
    remaining: int | None
    amount: int
    variation: int
    awaits: str
    state: State
    forecast: date | None
    unknown: Reason | None


@dataclass(frozen=True, slots=True)
class DueRow:
    """One item now: of an aircraft, or of a component and then with the aircraft it is on, if any.

    `never` tells a forecast that is never reached from one that is unknown; both have no date."""

    item_id: UUID
    state: State
    forecast: date | None
    never: bool
    aircraft_id: UUID | None
    registration: str
    component_id: UUID | None
    component: str
    requirement_id: UUID
    reference: str
    title: str
    mandatory_class: MandatoryClass
    ata: str
    source: str
    terms: tuple[TermRow, ...] = ()


# What a DueRow is read from, in this order. `s` is a relation with the columns of `scored`.
ITEM_COLUMNS = """
s.item_id, s.state, s.score, i.aircraft_id, coalesce(a.registration, ''), i.component_id, coalesce(k.name, ''),
i.requirement_id, q.reference, r.title,
r.mandatory_class, r.ata, concat_ws(' ', nullif(r.source_document, ''), nullif(r.source_paragraph, ''))
"""
# Where they come from, by alias; the others need `i`.
ITEM_JOINS = {
    "i": "JOIN due_item i ON i.id = s.item_id",
    "a": "LEFT JOIN aircraft a ON a.id = i.aircraft_id",
    "k": "LEFT JOIN component k ON k.id = i.component_id",
    "r": "JOIN requirement_revision r ON r.id = i.revision_id",
    "q": "JOIN requirement q ON q.id = i.requirement_id",
}

_ITEMS = f"""
{ITEMS.ctes} SELECT {ITEM_COLUMNS} FROM scored s {" ".join(ITEM_JOINS.values())}
ORDER BY s.score, s.state DESC, s.item_id
"""  # noqa: S608 - constants only

_TERMS = f"""
WITH {GAUGES.format(where=GAUGES_OF_ITEMS)}
SELECT DISTINCT ON (t.item_id, t.path)
       t.item_id, t.path, t.clause, t.counter_id, coalesce(c.name, ''), coalesce(c.unit, ''), coalesce(c.display, ''),
       coalesce(t.own_limit, t.limit_value) - t.variation, t.limit_date - t.variation::int,
       t.limit_value - coalesce(g.total, t.held_at),
       t.limit_date - %(today)s, t.amount, t.variation, t.awaits,
       {STATE}, {SCORE}, t.unknown_reason, coalesce(g.total, t.held_at) IS NULL, g.stale
FROM due_term t LEFT JOIN gauge g ON g.id = t.counter_id
LEFT JOIN counter c ON c.id = coalesce(t.own_counter_id, t.counter_id)
WHERE t.item_id = ANY(%(items)s)
ORDER BY t.item_id, t.path, t.clause
"""  # noqa: S608 - constants only


def item_rows(item_ids: Sequence[UUID], as_of: date) -> list[DueRow]:
    """These items as they stand, soonest first; those under which nothing is due are left out. Two statements."""
    return due_rows(rows(_ITEMS, moment(as_of, items=list(item_ids))), as_of) if item_ids else []


def due_of_component(component_id: UUID) -> list[DueRow]:
    """What is due on one component, soonest first, wherever it is."""
    items = DueItem.objects.filter(component=component_id, closed_at__isnull=True, ended=False)
    return item_rows(list(items.values_list("id", flat=True)), today())


def due_rows(found: Sequence[Row], as_of: date) -> list[DueRow]:
    """Rows of ITEM_COLUMNS with the terms of each: one more statement, however many rows."""
    terms = terms_of([row[0] for row in found], as_of)
    return [due_row(row, as_of, terms.get(row[0], ())) for row in found]


def terms_of(item_ids: Sequence[UUID], as_of: date) -> dict[UUID, tuple[TermRow, ...]]:
    """The open terms of these items now, in reading order of the schedule."""
    if not item_ids:
        return {}
    found: dict[UUID, list[TermRow]] = defaultdict(list)
    for row in rows(_TERMS, moment(as_of, items=list(item_ids))):
        found[row[0]].append(_term_row(row, as_of))
    return {item: tuple(terms) for item, terms in found.items()}


def day_of_score(score: int, as_of: date) -> date | None:
    """The day a score means; None for unknown and never."""
    return None if score in {UNKNOWN, NEVER} else as_of + timedelta(days=score // 2)


def due_row(row: Row, as_of: date, terms: tuple[TermRow, ...] = ()) -> DueRow:
    """One row of ITEM_COLUMNS."""
    (item_id, state, score, aircraft_id, registration, component_id, component, requirement_id, *said) = row
    reference, title, mandatory, ata, source = said
    return DueRow(
        item_id=item_id,
        state=State(state),
        forecast=day_of_score(score, as_of),
        never=score == NEVER,
        aircraft_id=aircraft_id,
        registration=registration,
        component_id=component_id,
        component=component,
        requirement_id=requirement_id,
        reference=reference,
        title=title,
        mandatory_class=MandatoryClass(mandatory),
        ata=ata,
        source=source,
        terms=terms,
    )


def _term_row(row: Row, as_of: date) -> TermRow:
    (_, path, clause, counter_id, name, unit, display, value, day, left, days, amount, *now) = row
    variation, awaits, state, score, reason, blank, stale = now
    return TermRow(
        path=path,
        clause=clause,
        counter_id=counter_id,
        counter=name,
        unit=unit,
        display=display,
        limit=day if value is None else value,
        remaining=days if value is None else left,
        amount=amount,
        variation=variation,
        awaits=awaits,
        state=State(state),
        forecast=day_of_score(score, as_of),
        unknown=_why(State(state), reason, no_total=value is not None and blank, stale=bool(stale)),
    )


def _why(state: State, reason: str, *, no_total: bool, stale: bool) -> Reason | None:
    if reason:
        return Reason(reason)
    if state is not State.UNKNOWN:
        return None
    if no_total:
        return Reason.NO_TOTAL
    return Reason.STALE_USAGE if stale else None
