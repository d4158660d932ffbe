"""The list: who did what, when, with old and new values."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponseBase, QueryDict
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people import queries
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.audit.changes import as_table, as_text
from hangarlink.web.audit.words import OBJECTS, action_word, kind_word, object_word, page_of
from hangarlink.web.forms import DayField, field_as
from hangarlink.web.listing import Column, Filters, Listing, NewestFirst, SearchField


def _quiet(href: str, text: str) -> SafeString:
    """A link that filters; it need not shout."""
    return format_html('<a class="quiet" href="{}">{}</a>', href, text) if href else format_html("{}", text)


class ActorField(forms.ChoiceField):
    """A member to choose, or the id of any other actor, such as a connection, that a link gave."""

    def valid_value(self, value: Any) -> bool:
        try:
            UUID(str(value))
        except ValueError:
            return False
        return True


class TrailFilters(Filters):
    q = SearchField("What it is about, or who did it")
    person = ActorField(widget=forms.Select(attrs={"aria-label": "Who"}))
    type = forms.ChoiceField(
        choices=[("", "About anything"), *OBJECTS.items()], widget=forms.Select(attrs={"aria-label": "About"})
    )
    since = DayField(
        widget=forms.DateInput(attrs={"type": "date", "aria-label": "From this day", "title": "From this day"})
    )
    until = DayField(
        widget=forms.DateInput(attrs={"type": "date", "aria-label": "To this day", "title": "To this day"})
    )
    action = forms.CharField(max_length=60, widget=forms.HiddenInput)
    object = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(member.user_id), str(member)) for member in queries.members()]
        field = field_as(self, "person", ActorField)
        given = str(self.data.get("person", ""))
        others = [(given, "The chosen one")] if given and given not in dict(people) else []
        field.choices = [("", "By anybody"), *others, *people]


class Trail(Listing[AuditEntry]):
    """Append-only: what stands here cannot be changed by anybody, not even through the database's own role."""

    name = "audit-trail"
    noun = ("entry", "entries")
    filters = TrailFilters
    sort = "-at"
    empty = "audit/empty.html"
    columns = (
        Column(
            key="at",
            label="When",
            value=lambda e: e.at,
            html=lambda e: formats.moment(e.at, beside=False),
            sort=("at",),
        ),
        Column(
            key="who",
            label="Who",
            value=lambda e: e.actor_label,
            html=lambda e: _quiet(f"?person={e.actor_id}" if e.actor_id else "", e.actor_label),
            under=lambda e: kind_word(e.actor_kind),
        ),
        Column(
            key="what",
            label="What",
            value=lambda e: action_word(e.action),
            html=lambda e: _quiet("?" + urlencode({"action": e.action}), action_word(e.action)),
        ),
        Column(
            key="object",
            label="About",
            value=lambda e: e.object_label,
            under=lambda e: object_word(e.object_type),
            link=lambda e: page_of(e.object_type, e.object_id) or (f"?object={e.object_id}" if e.object_id else ""),
        ),
        Column(key="changes", label="Old and new values", value=as_text, html=as_table),
        Column(key="request", label="Request", value=lambda e: e.request_id, shown=False),
    )

    def make_filters(self, data: QueryDict) -> Filters:
        return TrailFilters(data)

    def source(self, chosen: Mapping[str, Any]) -> NewestFirst:
        """Entries by text, actor, kind of object, one object, action and days (UTC, both included)."""
        found = AuditEntry.objects.all()
        if text := chosen.get("q"):
            found = found.filter(Q(object_label__icontains=text) | Q(actor_label__icontains=text))
        exact = {"person": "actor_id", "type": "object_type", "action": "action", "object": "object_id"}
        found = found.filter(**{column: chosen[name] for name, column in exact.items() if name in chosen})
        if since := chosen.get("since"):
            found = found.filter(at__gte=datetime.combine(since, time.min, UTC))
        if until := chosen.get("until"):
            found = found.filter(at__lt=datetime.combine(until, time.min, UTC) + timedelta(days=1))
        return NewestFirst(found, "at")

    @property
    def sentence(self) -> str:
        """Filters that have no field of their own, in words."""
        parts = []
        if action := self.chosen.get("action"):
            parts.append(f"Only “{action_word(action)}”.")
        if self.chosen.get("object"):
            parts.append("Only what is about one object.")
        return " ".join(parts)


@page(permission="audit.view")
def trail(request: PageRequest) -> HttpResponseBase:
    """The audit trail."""
    listing = Trail(request)
    return listing.respond("audit/trail.html", {"sentence": listing.sentence})
