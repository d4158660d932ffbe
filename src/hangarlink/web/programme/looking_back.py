"""A due item as of another day, or as known on another moment: what the page asks, and the answer as a file."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse

from hangarlink.maintenance.programme.hindsight import Seen
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries.document import document
from hangarlink.maintenance.programme.queries.hindsight import LearnedChange, explained, learned_changes
from hangarlink.maintenance.programme.queries.item import ItemDetail
from hangarlink.platform.errors import RuleBroken
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import DayField, Form, MomentField

_KIND_WORDS = {
    "accomplishment": "Work", "baseline": "Starting point", "event": "Event", "revision": "Requirement",
    "usage": "Usage", "variation": "Variation",
}  # fmt: skip


class LookForm(Form):
    """Of which day, with which knowledge. Empty: today, as known now."""

    as_of = DayField(label="As of", required=False)
    known = MomentField(label="As known on", required=False)


@dataclass(frozen=True)
class Looked:
    """An item as somebody asked to see it. A form that cannot be read shows the present and says why.

    query  of the page and of the file that hold the same answer
    """

    detail: ItemDetail
    seen: Seen | None
    form: LookForm
    query: str


@dataclass(frozen=True)
class Learned:
    """A moment at which the answer may have become another one, as drawn; `query` leads to the answer of then."""

    change: LearnedChange
    kind: str
    query: str


def look(request: PageRequest, item_id: UUID) -> Looked:
    """The item as of the day and moment in the address. Raises Missing."""
    asked = {"as_of", "known_0", "known_1"} & request.GET.keys()
    form = LookForm(request.GET if asked else None)
    given = form.cleaned_data if form.is_valid() else {}
    try:
        detail, seen = explained(item_id, as_of=given.get("as_of"), known_at=given.get("known"))
    except RuleBroken as refused:
        form.add_error("known", str(refused))
        detail, seen = explained(item_id, as_of=None, known_at=None)
    kept = {name: request.GET[name] for name in sorted(asked) if request.GET[name]} if form.is_valid() else {}
    return Looked(detail, seen, form, urlencode(kept))


@page(permission="programme.view")
def explanation(request: PageRequest, item_id: UUID) -> HttpResponse:
    """The explanation as a file. The same address gives the same answer where it names the moment it is known on."""
    looked = look(request, item_id)
    if looked.form.is_bound and not looked.form.is_valid():
        return HttpResponse(json.dumps({"errors": looked.form.errors}), status=422, content_type="application/json")
    body = json.dumps(document(looked.detail, looked.seen), indent=2, ensure_ascii=False)
    return HttpResponse(body, content_type="application/json")


def learned(item: DueItem) -> list[Learned]:
    """When what is known of the item changed, latest first, each with the way to the answer right after it."""
    return [Learned(one, _KIND_WORDS[one.kind], _query(one.at)) for one in learned_changes(item)]


def _query(moment: datetime) -> str:
    """The next whole second, so that the change itself is known then."""
    after = (moment + timedelta(seconds=1)).astimezone(UTC).replace(microsecond=0)
    return urlencode({"known_0": f"{after:%Y-%m-%d}", "known_1": f"{after:%H:%M:%S}"})
