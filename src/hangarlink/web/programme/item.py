"""A due item, opened: why it is due when it is due, and what was done under it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.models import Accomplishment
from hangarlink.maintenance.programme.queries import ItemDetail
from hangarlink.maintenance.programme.queries.rows import terms_of
from hangarlink.maintenance.programme.queries.variations import variations_of
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.explain import CombinationExplanation, Part, TermExplanation
from hangarlink.maintenance.programme.rules.limits import DateLimit
from hangarlink.maintenance.programme.rules.sentences import event_name
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.programme.words import show
from hangarlink.platform.quantities import Rounding
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.programme import words
from hangarlink.web.programme.looking_back import learned, look
from hangarlink.web.programme.variation_words import drawn

# How much of each limit's interval is used, by path.
Used = Mapping[str, float | None]


@dataclass(frozen=True)
class Node:
    """One line of the explanation as drawn: a combination with parts, or a limit with its steps."""

    says: str
    state: str
    forecast: date | None
    parts: "tuple[Node, ...]" = ()
    left: str = ""
    due: str = ""
    steps: tuple[str, ...] = ()
    unknown: str = ""
    policy: str = ""
    used: float | None = None
    is_combination: bool = False


@page(permission="programme.view")
def item(request: PageRequest, item_id: UUID) -> HttpResponse:
    """One due item."""
    looked = look(request, item_id)
    detail = looked.detail
    revision = detail.item.revision
    tree = detail.explanation.tree
    terms = () if looked.seen else terms_of([item_id], detail.status.today).get(item_id, ())
    used = {term.path: words.used(term) for term in terms}
    context = {
        "item": detail.item,
        "revision": revision,
        "class_words": words.CLASS_WORDS[MandatoryClass(revision.mandatory_class)],
        "state": detail.status.state.code,
        "answer": answer(detail),
        "summary": detail.explanation.summary,
        "source": detail.explanation.source,
        "as_of": detail.status.today,
        "tree": _node(tree, detail, used) if tree else None,
        "history": [_done(one, detail.counters) for one in detail.history],
        "counters": _counters_that_matter(detail),
        "starts": sorted(_starts(detail)),
        "variations": drawn(variations_of(item_id, detail.status.standing, detail.history)),
        "looked": looked,
        "learned": learned(detail.item),
    }
    return render(request, "due/item.html", context)


def answer(detail: ItemDetail) -> str:
    """The page's answer: what is left and when it is reached, in words."""
    if detail.status.standing.ended:
        return "Nothing further is due."
    said = [text for text in (_left_first(detail), _about(detail)) if text]
    return ", ".join(said) + "." if said else ""


def _left_first(detail: ItemDetail) -> str:
    alike = [term for term in detail.status.terms if term.state is detail.status.state]
    lefts = [_left(term.remaining, term.term.measure, detail) for term in alike if term.remaining is not None]
    if detail.status.state is State.UNKNOWN:
        return "Nobody can tell"
    return min(lefts, key=len, default="")


def _about(detail: ItemDetail) -> str:
    day = detail.forecast.on
    if day is None or detail.status.state >= State.UNKNOWN:
        return ""
    return f"about {formats.day_text(day)}"


def _left(remaining: int, measure: str, detail: ItemDetail) -> str:
    counter = detail.counters.get(measure)
    over = remaining < 0
    if counter is None:
        days = abs(remaining)
        text = f"{days} day" if days == 1 else f"{days} days"
    else:
        rounding = Rounding.UP if over else Rounding.DOWN
        unit = " h" if counter.unit == "seconds" else f" {counter.name.lower()}"
        text = f"{formats.quantity_of(counter, abs(remaining), rounding)}{unit}"
    return f"{text} over" if over else f"{text} left"


def _node(part: Part, detail: ItemDetail, used: Used) -> Node:
    forecast = date.fromisoformat(part.forecast) if part.forecast else None
    if isinstance(part, CombinationExplanation):
        parts = tuple(_node(one, detail, used) for one in part.parts)
        return Node(part.says, part.state, forecast, parts=parts, is_combination=True)
    return _limit(part, forecast, detail, used)


def _limit(part: TermExplanation, forecast: date | None, detail: ItemDetail, used: Used) -> Node:
    now = next(one for one in detail.status.terms if one.term.path == part.path)
    left = "" if part.remaining is None else _left(part.remaining, now.term.measure, detail)
    return Node(
        part.says, part.state, forecast,
        left=left, due=_due(part, detail.counters), steps=part.steps, unknown=part.unknown or "",
        policy=part.policy or "", used=used.get(part.path),
    )  # fmt: skip


def _due(part: TermExplanation, counters: dict[str, Counter]) -> str:
    if "awaits" in part.due:
        return f"at the next {event_name(part.due['awaits'])}"
    if "date" in part.due:
        return formats.day_text(date.fromisoformat(part.due["date"]))
    if "value" in part.due and (counter := counters.get(part.due["counter"])):
        return show(counter, part.due["value"])
    return ""


@dataclass(frozen=True)
class Done:
    """Work done, as drawn."""

    row: Accomplishment
    values: list[tuple[str, str, bool]]


def _done(one: Accomplishment, counters: dict[str, Counter]) -> Done:
    values = [
        (counter.name, show(counter, value.value), value.source == "read")
        for value in one.values.all()
        if (counter := counters.get(str(value.counter_id)))
    ]
    return Done(one, values)


def _starts(detail: ItemDetail) -> set[str]:
    """The events its limits count from: what somebody may have to say first."""
    limits = (term.term.limit for term in detail.status.terms)
    counted = {limit.start for limit in limits if not isinstance(limit, DateLimit)}
    return {start.value for start in counted if start and start.is_baseline}


def _counters_that_matter(detail: ItemDetail) -> list[Counter]:
    """Those its limits are measured on."""
    measured = {term.term.measure for term in detail.status.terms}
    return [counter for name, counter in detail.counters.items() if name in measured]
