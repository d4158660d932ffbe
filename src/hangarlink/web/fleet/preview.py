"""What a change of usage would do, told before it is made: it is done, looked at and undone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.queries import DueRow, Narrow, due_list
from hangarlink.platform.errors import Refused
from hangarlink.web import formats
from hangarlink.web.access import PageRequest
from hangarlink.web.fleet import reads
from hangarlink.web.forms import Form
from hangarlink.web.programme import words

# An aircraft's programme has some hundred items; more are counted, not listed.
MOST_ITEMS = 1_000
SHOWN = 6
_NO_REASON_YET = "(not said yet)"


@dataclass(frozen=True)
class Moved:
    """One counter, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Shifted:
    """One due item whose state or limit is not what it was."""

    row: DueRow
    before: str
    left_before: str
    changes_state: bool


@dataclass(frozen=True)
class _Standing:
    totals: Mapping[UUID, tuple[Counter, int | None]]
    due: Mapping[UUID, DueRow]


def is_preview(request: PageRequest) -> bool:
    """Whether the form was sent only to see what it would do."""
    return bool(request.POST.get("preview"))


def typed(request: PageRequest) -> QueryDict | None:
    """What was typed. A look ahead does not wait for the reason."""
    if request.method != "POST":
        return None
    if not is_preview(request) or request.POST.get("reason"):
        return request.POST
    data = request.POST.copy()
    data["reason"] = _NO_REASON_YET
    return data


def consequences(request: PageRequest, aircraft_id: UUID, form: Form, act: Callable[[], object]) -> HttpResponse:
    """The fragment that says what would move. Nothing is kept."""
    context: dict[str, object] = {}
    if form.is_valid():
        try:
            with transaction.atomic():
                before = _standing(request, aircraft_id)
                act()
                after = _standing(request, aircraft_id)
                transaction.set_rollback(True)
            context = _told(before, after)
        except Refused as refused:
            context = {"refused": str(refused)}
    return render(request, "fleet/preview.html", context)


def _standing(request: PageRequest, aircraft_id: UUID) -> _Standing:
    totals = {counter.pk: (counter, counter.total) for counter in reads.counters_of(aircraft_id)}
    if not request.actor.may("programme.view"):
        return _Standing(totals, {})
    rows = due_list(Narrow(aircraft_id=aircraft_id), limit=MOST_ITEMS).rows
    return _Standing(totals, {row.item_id: row for row in rows})


def _told(before: _Standing, after: _Standing) -> dict[str, object]:
    moved = [
        Moved(counter.name, _total(counter, before.totals[key][1]), _total(counter, total))
        for key, (counter, total) in after.totals.items()
        if total != before.totals[key][1]
    ]
    shifted = sorted(
        (_shift(before.due[key], row) for key, row in after.due.items() if _differs(before.due[key], row)),
        key=lambda one: (not one.changes_state, -one.row.state),
    )
    return {
        "looked": True,
        "moved": moved,
        "shifted": shifted[:SHOWN],
        "more": max(0, len(shifted) - SHOWN),
        "worse": sum(one.row.state > before.due[one.row.item_id].state for one in shifted),
        "count": len(shifted),
    }


def _total(counter: Counter, total: int | None) -> str:
    return "unknown" if total is None else str(formats.quantity_of(counter, total))


def _differs(before: DueRow, after: DueRow) -> bool:
    return (before.state, [t.remaining for t in before.terms]) != (after.state, [t.remaining for t in after.terms])


def _shift(before: DueRow, after: DueRow) -> Shifted:
    term = words.deciding_term(before)
    left = words.remaining(term) if term else ""
    return Shifted(after, before.state.code, left, before.state is not after.state)
