"""What a change would move, and did: the part that every answer with `?preview=true` shares."""

from collections.abc import Callable
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.v1.fields import Outgoing
from hangarlink.maintenance.programme.impact import Change, Impact, Moved, impact_of
from hangarlink.maintenance.programme.queries import DueRow, TermRow
from hangarlink.platform.people.permissions import Actor

PREVIEW = "true: do it, tell what it moved, and undo it. Nothing is kept."
Result = Literal["preview", "done"]


class TermNow(Outgoing):
    """One limit. `limit` and `remaining` are seconds or counts, or a date and days; null when nobody can tell."""

    limit: int | date | None
    remaining: int | None
    state: str = Field(examples=["ok"])


class TermChange(Outgoing):
    path: str = Field(description="Place of the limit in the requirement.", examples=["repeat/0"])
    counter: str = Field(description='Name of its counter; "" for a calendar limit.')
    before: TermNow | None
    after: TermNow | None


class ItemNow(Outgoing):
    state: str = Field(examples=["overdue"])
    forecast: date | None


class ItemChange(Outgoing):
    """One due item that moves. `before` null: it is new; `after` null: nothing is due under it any more."""

    id: UUID
    change: Change
    registration: str
    reference: str
    title: str
    before: ItemNow | None
    after: ItemNow | None
    terms: list[TermChange] = Field(description="The limits that are not what they were.")


class CounterChange(Outgoing):
    id: UUID
    name: str
    before: int | None
    after: int | None


class DisputeOut(Outgoing):
    """A value that a person read at work and usage would contradict. The value stays; a discrepancy is raised."""

    item: UUID
    done_on: date
    counter: str
    value: int
    expected: int


class ImpactOut(Outgoing):
    """Everything that moves, worst first: what becomes overdue stands in front."""

    as_of: date
    sees_due: bool = Field(description="false: the token may not see what is due, so items are left out.")
    becomes_overdue: int
    counters: list[CounterChange]
    items: list[ItemChange]
    discrepancies: list[DisputeOut]


class ChangeAnswer(Outgoing):
    """preview: nothing was kept. done: it is recorded, and `impact` is what it moved."""

    result: Result
    impact: ImpactOut | None


EXAMPLE = {
    "result": "preview",
    "impact": {
        "as_of": "2026-06-03",
        "sees_due": True,
        "becomes_overdue": 1,
        "counters": [
            {"id": "0197379e-3c11-7a02-8a7d-5b1f0e2d4c33", "name": "Hobbs", "before": 17324280, "after": 17360280}
        ],
        "items": [
            {
                "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a11",
                "change": "becomes_overdue",
                "registration": "OY-SKA",
                "reference": "05-20-01",
                "title": "100-hour inspection",
                "before": {"state": "due_soon", "forecast": "2026-06-09"},
                "after": {"state": "overdue", "forecast": "2026-06-02"},
                "terms": [
                    {
                        "path": "repeat/0",
                        "counter": "Hobbs",
                        "before": {"limit": 17350000, "remaining": 25720, "state": "due_soon"},
                        "after": {"limit": 17350000, "remaining": -10280, "state": "overdue"},
                    }
                ],
            }
        ],
        "discrepancies": [],
    },
}


def previewed(work: Callable[[], object], *, preview: bool, acting_user: Actor) -> ChangeAnswer:
    """Do the work, or only tell what it would move. The impact of work that is kept is not asked for."""
    if preview:
        return ChangeAnswer(result="preview", impact=impact_out(impact_of(work, acting_user=acting_user)))
    work()
    return ChangeAnswer(result="done", impact=None)


def impact_out(impact: Impact) -> ImpactOut:
    """An impact as the API tells it."""
    return ImpactOut(
        as_of=impact.as_of,
        sees_due=impact.sees_due,
        becomes_overdue=len(impact.becomes_overdue),
        counters=[
            CounterChange(id=one.counter.pk, name=one.counter.name, before=one.before, after=one.after)
            for one in impact.totals
        ],
        items=[_item(one) for one in impact.moved],
        discrepancies=[
            DisputeOut(
                item=one.item_id, done_on=one.on, counter=one.counter.name, value=one.value, expected=one.expected
            )
            for one in impact.disputes
        ],
    )


def _item(one: Moved) -> ItemChange:
    return ItemChange(
        id=one.item_id,
        change=one.change,
        registration=one.row.registration or "",
        reference=one.row.reference,
        title=one.row.title,
        before=_now(one.before),
        after=_now(one.after),
        terms=[
            TermChange(path=term.path, counter=_counter(term.before, term.after), before=_term(term.before),
                       after=_term(term.after))
            for term in one.terms
        ],
    )  # fmt: skip


def _now(row: DueRow | None) -> ItemNow | None:
    return None if row is None else ItemNow(state=row.state.code, forecast=row.forecast)


def _term(term: TermRow | None) -> TermNow | None:
    return None if term is None else TermNow(limit=term.limit, remaining=term.remaining, state=term.state.code)


def _counter(*terms: TermRow | None) -> str:
    return next((term.counter for term in terms if term), "")
