"""What is due on an aircraft, why, as of any day and as known on any moment; and work that was done."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Day, Moment, Outgoing
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, AircraftName, aircraft_name
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.programme.queries import DueRow, Narrow, TermRow, due_list
from hangarlink.maintenance.programme.queries.document import document
from hangarlink.maintenance.programme.queries.hindsight import explained
from hangarlink.platform.applications.scopes import Scope

TAG = "Due items"
# An aircraft's programme has some hundred items.
MOST = 1_000


class DueTermOut(Outgoing):
    """One limit. Seconds or counts of its counter, or a date and days; null when nobody can tell."""

    path: str = Field(examples=["repeat/0"])
    counter: str = Field(description='Name of its counter; "" for a calendar limit.')
    limit: int | date | None
    remaining: int | None
    state: str
    forecast: date | None
    unknown: str | None = Field(description="Why nobody can tell, as a code.")


class DueItemOut(Outgoing):
    id: UUID
    requirement_id: UUID
    reference: str
    title: str
    mandatory_class: str
    source: str
    state: str = Field(description="ok, due_soon, due, unknown or overdue. Unknown is not ok.")
    forecast: date | None
    terms: list[DueTermOut]


class DueItems(Outgoing):
    aircraft: AircraftName
    as_of: date
    items: list[DueItemOut] = Field(description="Soonest first.")


class ExplanationOut(Outgoing):
    """Amounts are whole numbers in the counter's unit, days for calendar limits."""

    id: UUID
    aircraft: dict[str, Any] | None = Field(description="null: a component's item while it is on none.")
    component: dict[str, Any] | None = Field(description="Set when it is a component's item.")
    requirement: dict[str, Any] = Field(description="Reference, title, class, source and the revision in force.")
    as_of: date
    known_at: datetime | None = Field(description="The moment whose records answered; null: now.")
    state: str
    forecast: date | None
    summary: str
    tree: dict[str, Any] | None = Field(
        description="kind first or last with parts, or term: what it says, due, remaining, the steps of the "
        "arithmetic, and why it is unknown if it is. null: the control has ended."
    )
    counters: list[dict[str, Any]] = Field(description="The counters it is measured on, as they stood.")
    accomplishments: list[dict[str, Any]] = Field(description="Work it follows from, latest first, with its version.")


_TERM = {
    "path": "repeat",
    "counter": "Hobbs",
    "limit": 17350000,
    "remaining": 25720,
    "state": "due_soon",
    "forecast": "2026-06-09",
    "unknown": None,
}
_ITEM = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a11",
    "requirement_id": "0197379e-1b7a-7d10-9f63-0c9a5f1f7a02",
    "reference": "05-20-01",
    "title": "100-hour inspection",
    "mandatory_class": "programme",
    "source": "AMP 05-20-00",
    "state": "due_soon",
    "forecast": "2026-06-09",
    "terms": [_TERM],
}
_EXPLANATION = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a11",
    "aircraft": {"id": "0197379e-1b7a-7d10-9f63-0c9a5f1f7a02", "registration": "OY-SKA"},
    "component": None,
    "requirement": {"reference": "05-20-01", "title": "100-hour inspection", "revision": 2},
    "as_of": "2026-06-03",
    "known_at": None,
    "state": "due_soon",
    "forecast": "2026-06-09",
    "summary": "due soon, expected 9 Jun 2026",
    "tree": {
        "kind": "term",
        "path": "repeat",
        "says": "Hobbs: every 100.0 h",
        "state": "due_soon",
        "steps": ["last done 14 Mar 2026 at 4719.4 h", "4719.4 h + 100.0 h = 4819.4 h"],
    },
    "counters": [{"name": "Hobbs", "unit": "seconds", "total": 17324280}],
    "accomplishments": [{"on": "2026-03-14", "version": 1, "certificate": "CRS 2026-17"}],
}


@endpoint(
    "GET",
    "/aircraft/{call_sign}/due_items",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Read what is due on an aircraft",
    answers={200: DueItems},
    examples={"response": {"aircraft": EXAMPLE_AIRCRAFT_NAME, "as_of": "2026-06-03", "items": [_ITEM]}},
)
def read_due_items(request: ApiRequest, call_sign: str) -> Answer:  # noqa: ARG001 - every operation takes the request
    """Every open item with its limits, soonest first. Limits hold approved variations.

    The aircraft is found by call sign, then registration, then id.
    """
    aircraft = find_aircraft(call_sign)
    found = due_list(Narrow(aircraft_id=aircraft.pk), limit=MOST)
    items = [_item_out(row) for row in found.rows]
    body = DueItems(aircraft=aircraft_name(aircraft), as_of=found.as_of, items=items)
    return Answer(body, Logged.READ, f"{len(items)} due items of {aircraft.registration} read.", count=len(items))


@endpoint(
    "GET",
    "/due_items/{id}/explanation",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Ask why an item is due when it is due",
    answers={200: ExplanationOut},
    examples={"response": _EXPLANATION},
)
def explain_due_item(
    request: ApiRequest,  # noqa: ARG001 - every operation takes the request
    id: UUID,
    as_of: Day | None = None,
    known_at: Moment | None = None,
) -> Answer:
    """The tree of limits with its arithmetic in words, the revision, the counters and the work it follows from.

    `as_of`: how it stood on that day, as it is known now. `known_at`: what was on record at that moment, before
    anything was recorded or corrected later. Both together ask what was known then about a day before. The same
    question about the past gets the same answer for ever.
    """
    detail, seen = explained(id, as_of=as_of, known_at=known_at)
    body = ExplanationOut(**document(detail, seen))
    return Answer(body, Logged.READ, f"{detail.item.requirement.reference} explained.")


def _item_out(row: DueRow) -> DueItemOut:
    return DueItemOut(
        id=row.item_id,
        requirement_id=row.requirement_id,
        reference=row.reference,
        title=row.title,
        mandatory_class=row.mandatory_class.value,
        source=row.source,
        state=row.state.code,
        forecast=row.forecast,
        terms=[_term_out(term) for term in row.terms],
    )


def _term_out(term: TermRow) -> DueTermOut:
    return DueTermOut(
        path=term.path,
        counter=term.counter,
        limit=term.limit,
        remaining=term.remaining,
        state=term.state.code,
        forecast=term.forecast,
        unknown=term.unknown.value if term.unknown else None,
    )
