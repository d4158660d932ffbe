"""What a piece of work would move, drawn: what becomes overdue in front, then the rest, worst first."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from hangarlink.maintenance.programme.impact import Change, Dispute, Impact, Moved, TermMoved, TotalMoved, impact_of
from hangarlink.maintenance.programme.queries import DueRow, TermRow
from hangarlink.maintenance.programme.words import show
from hangarlink.platform.errors import Refused
from hangarlink.web import formats
from hangarlink.web.access import PageRequest
from hangarlink.web.forms import Form
from hangarlink.web.programme import words

SHOWN = 12
# What happens to one item, and to several.
CHANGE_WORDS = {
    Change.BECOMES_OVERDUE: ("becomes overdue", "become overdue"),
    Change.WORSE: ("gets worse", "get worse"),
    Change.APPEARS: ("is due from now on", "are due from now on"),
    Change.ENDS: ("is no longer due", "are no longer due"),
    Change.BETTER: ("gets better", "get better"),
    Change.DUE_MOVES: ("falls due at another point", "fall due at another point"),
    Change.FORECAST_MOVES: ("is reached on another day", "are reached on another day"),
    Change.REMAINING_MOVES: ("has more or less left", "have more or less left"),
}
_NO_REASON_YET = "(not said yet)"


@dataclass(frozen=True)
class Line:
    """One item that moves, as drawn. `was` and `now` are the same where nothing differs."""

    row: DueRow
    what: str
    state_was: str
    state_now: str
    due_was: str
    due_now: str
    left_was: str
    left_now: str


@dataclass(frozen=True)
class Total:
    """One counter that moves, as drawn."""

    name: str
    was: str
    now: str


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


def consequences(
    request: PageRequest,
    form: Form,
    act: Callable[[], object],
    *,
    aircraft_ids: Collection[UUID] = (),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> HttpResponse:
    """The fragment that says what would move. Nothing is kept.

    aircraft_ids  looked at also when neither usage nor terms of theirs change (`impact_of`)
    more          for the template; may be filled by `act`
    """
    context: dict[str, Any] = {}
    if form.is_valid():
        try:
            context = drawn(impact_of(act, acting_user=request.actor, aircraft_ids=aircraft_ids)) | dict(more)
        except Refused as refused:
            context = {"refused": str(refused)}
    return render(request, "due/impact.html", context)


def drawn(impact: Impact, *, shown: int = SHOWN) -> dict[str, Any]:
    """What `due/impact.html` shows. All that becomes overdue is listed, of the rest the first few."""
    overdue = [_line(one) for one in impact.becomes_overdue]
    rest = [one for one in impact.moved if one.change is not Change.BECOMES_OVERDUE]
    return {
        "impact": impact,
        "overdue": overdue,
        "lines": [_line(one) for one in rest[:shown]],
        "more": max(0, len(rest) - shown),
        "summary": summary(impact),
        "totals": [_total(one) for one in impact.totals],
        "disputes": [(one.on, one.counter.name, *_said(one)) for one in impact.disputes],
        "several": len({one.row.registration for one in impact.moved}) > 1,
    }


def summary(impact: Impact) -> str:
    """How many items move and how, in one line; "" when none does."""
    counted = [(len(impact.of(change)), *CHANGE_WORDS[change]) for change in Change]
    said = ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counted if number)
    number = len(impact.moved)
    return f"{number} due item{'s move' if number > 1 else ' moves'}: {said}" if number else ""


def _line(one: Moved) -> Line:
    term = _deciding(one)
    was, now = (term.before, term.after) if term else (None, None)
    return Line(
        row=one.row,
        what=CHANGE_WORDS[one.change][0],
        state_was=one.before.state.code if one.before else "",
        state_now=one.after.state.code if one.after else "",
        due_was=_due(was),
        due_now=_due(now),
        left_was=_left(was),
        left_now=_left(now),
    )


def _deciding(one: Moved) -> TermMoved | None:
    """Of the limits that move, the one that decides afterwards; else the first whose due point moves."""
    deciding = words.deciding_term(one.row)
    same = [term for term in one.terms if deciding and term.path == deciding.path]
    moving = [term for term in one.terms if term.due_moves]
    return next(iter([*same, *moving, *one.terms]), None)


def _due(term: TermRow | None) -> str:
    if term is None:
        return ""
    return words.limit_text(term, as_set=True) or "unknown"


def _left(term: TermRow | None) -> str:
    if term is None:
        return ""
    return words.remaining(term, as_set=True) or "unknown"


def _total(one: TotalMoved) -> Total:
    was, now = (
        "unknown" if value is None else str(formats.quantity_of(one.counter, value))
        for value in (one.before, one.after)
    )
    return Total(one.counter.name, was, now)


def _said(one: Dispute) -> tuple[str, str]:
    return show(one.counter, one.value), show(one.counter, one.expected)
