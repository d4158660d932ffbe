"""Conflicts: both versions side by side, the decision, and who made it."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.html import format_html

from hangarlink.integration.conflicts.actions import MERGE, NEW, OURS, SAME, THEIRS, decide_match, decide_review
from hangarlink.integration.conflicts.models import Review, ReviewKind, ReviewState
from hangarlink.integration.conflicts.queries import (
    Candidate,
    FieldPair,
    candidates,
    find_review,
    open_reviews,
    past_reviews,
    side_by_side,
)
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import EDIT, VIEW, area_of, connectors_outside, right
from hangarlink.integration.contract import Area
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.web.access import PageRequest
from hangarlink.web.audit.words import value_text
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.integrations.areas import PLACES, area_page, to
from hangarlink.web.integrations.finding import find, tabs
from hangarlink.web.integrations.record import frame
from hangarlink.web.integrations.words import dataset_words
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing

CHOICES = {OURS: "Ours stays", THEIRS: "Theirs is taken over", MERGE: "Ours, with the ticked fields from theirs"}
OF_DELETION = {OURS: "Ours stays", THEIRS: "It goes here too"}
OF_MATCH = {SAME: "Linked to one of ours", NEW: "Taken in as a new one"}


def outcome(review: Review) -> Any:
    """The decision in words; an open one asks."""
    if review.state == ReviewState.OPEN:
        return format_html("<strong>{}</strong>", "waits for you")
    if review.state == ReviewState.SUPERSEDED:
        return "a newer question stands"
    words = {ReviewKind.CONFLICT: CHOICES, ReviewKind.MATCH: OF_MATCH}.get(ReviewKind(review.kind), OF_DELETION)
    return words.get(review.choice, review.choice.replace("_", " "))


class ReviewFilters(Filters):
    state = Chips([(ReviewState.OPEN.value, "Open"), ("past", "Decided")])


class ReviewList(Listing[Review]):
    """Questions about records, the open ones first."""

    name = "conflicts"
    noun = ("conflict", "conflicts")
    filters: ClassVar[type[Filters]] = ReviewFilters
    sort = "-raised"
    empty = "integrations/review_empty.html"
    columns = (
        Column(
            key="what",
            label="Record",
            value=lambda r: r.subject or r.external_id or f"{r.count:,} records",
            link=lambda r: to(area_of(r.connection.connector), "review-one", r.connection_id, r.pk),
            under=lambda r: dataset_words(r.dataset).capitalize(),
        ),
        Column(key="kind", label="What happened", value=lambda r: r.get_kind_display(), phone=False),
        Column(key="raised", label="Since", value=lambda r: r.raised_at, sort=("raised_at",)),
        Column(key="outcome", label="Decision", value=outcome, under=lambda r: r.decided_by_label),
    )

    def __init__(self, request: PageRequest, connection: Connection | None = None) -> None:
        self.connection = connection
        super().__init__(request)

    def source(self, chosen: Any) -> FromQuerySet:
        actor, found = self.request.actor, self.connection.pk if self.connection else None
        waiting = open_reviews(acting_user=actor, connection_id=found)
        past = past_reviews(acting_user=actor, connection_id=found)
        rows = {"open": waiting, "past": past}.get(chosen.get("state", ""), waiting | past)
        return FromQuerySet(rows)


class QueueFilters(Filters):
    """Everything in the queue is open."""


class ReviewQueue(ReviewList):
    """What waits for a decision in a settings area, whatever the connection; the oldest question first."""

    name = "review-queue"
    filters = QueueFilters
    sort = "raised"
    columns = (
        *ReviewList.columns[:-1],
        Column(
            key="connection",
            label="Connection",
            value=lambda r: r.connection.name,
            sort=("connection__name",),
            link=lambda r: to(area_of(r.connection.connector), "connection", r.connection_id),
        ),
    )

    def __init__(self, request: PageRequest, area: Area) -> None:
        self.area = area
        super().__init__(request)

    def source(self, chosen: Any) -> FromQuerySet:  # noqa: ARG002 - nothing to choose
        return FromQuerySet(open_of(self.area, self.request.actor))


def open_of(area: Area, actor: Actor) -> "QuerySet[Review]":
    """Open questions of one settings area."""
    return open_reviews(acting_user=actor).exclude(connection__connector__in=connectors_outside([area]))


class DecisionForm(Form):
    choice = forms.ChoiceField(label="What shall count", widget=forms.RadioSelect)

    def __init__(self, *args: Any, review: Review, pairs: list[FieldPair], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = CHOICES if review.kind == ReviewKind.CONFLICT else OF_DELETION
        self.fields["choice"].choices = list(words.items())  # type: ignore[attr-defined]
        self.names = [pair.name for pair in pairs if pair.differs]
        self.fields["fields"] = forms.MultipleChoiceField(
            choices=[(name, name) for name in self.names], required=False, label="Fields"
        )

    def clean(self) -> dict[str, Any]:
        """Ticked fields belong to a merge; with another choice they are a slip that must not pass silently."""
        cleaned = super().clean() or {}
        if cleaned.get("choice") == MERGE and not cleaned.get("fields"):
            self.add_error("choice", ValidationError("Tick at least one field to take from theirs."))
        elif cleaned.get("choice") not in {MERGE, None} and cleaned.get("fields"):
            self.add_error("choice", ValidationError("Fields are ticked: choose the mixture, or untick them."))
        return cleaned


class MatchForm(Form):
    """Which of ours it is."""

    choice = forms.ChoiceField(label="Which one is it", widget=forms.RadioSelect)

    def __init__(self, *args: Any, found: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = [(str(one.id), f"It is {one.label}") for one in found if one.is_free]
        self.fields["choice"].choices = [*ours, (NEW, "It is another one: take it in as new")]  # type: ignore[attr-defined]

    def chosen(self) -> UUID | None:
        value = self.cleaned_data["choice"]
        return None if value == NEW else UUID(value)


@area_page(VIEW)
def queue(request: PageRequest, area: Area) -> HttpResponseBase:
    """Every question of an area that waits for somebody."""
    listing = ReviewQueue(request, area)
    context = {
        "directory_href": to(area, "directory"),
        "directory_title": PLACES[area].title,
        "waiting": listing.count,
    }
    return listing.respond("integrations/queue.html", context)


@area_page(VIEW)
def reviews(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponseBase:
    """Every question of a connection."""
    found = find(request, area, connection_id)
    waiting = open_reviews(acting_user=request.actor, connection_id=found.pk).count()
    context = {**frame(found, request.actor), "tabs": tabs(found, "review", review=waiting or None), "waiting": waiting}
    return ReviewList(request, found).respond("integrations/reviews.html", context)


@area_page(VIEW)
def review(request: PageRequest, area: Area, connection_id: UUID, review_id: UUID) -> HttpResponse:
    """One question: both versions, field by field, and the decision."""
    found = find(request, area, connection_id)
    asked = find_review(review_id, acting_user=request.actor)
    if asked.connection_id != found.pk:
        raise Missing("There is no such conflict of this connection.")
    if request.method == "POST":
        require(request.actor, right(area, EDIT))
    if asked.kind == ReviewKind.MATCH:
        return _match(request, area, found, asked)
    pairs = side_by_side(asked)
    form = DecisionForm(sent(request), review=asked, pairs=pairs)
    if form.is_valid():
        with refusals_on(form):
            decide_review(
                asked,
                form.cleaned_data["choice"],
                fields=form.cleaned_data["fields"],
                acting_user=request.actor,
            )
            messages.success(request, "Decided. It is kept who decided what, with both versions.")
            return redirect(to(area, "review", found.pk))
    context = {
        **frame(found, request.actor),
        "review": asked,
        "pairs": [(pair, shown(pair.ours), shown(pair.theirs), pair.name in form.names) for pair in pairs],
        "is_open": asked.state == ReviewState.OPEN,
        "is_conflict": asked.kind == ReviewKind.CONFLICT,
        "dataset": dataset_words(asked.dataset),
        "outcome": outcome(asked),
        "ticked": set(form["fields"].value() or ()),
    }
    return show_form(request, "integrations/review.html", form, context)


def _match(request: PageRequest, area: Area, found: Connection, asked: Review) -> HttpResponse:
    """A record that may be here already, beside those that it may be."""
    ours = candidates(asked)
    form = MatchForm(sent(request), found=ours)
    if form.is_valid():
        with refusals_on(form):
            decide_match(asked, form.chosen(), acting_user=request.actor)
            messages.success(request, "Decided. Both stay as they are; what changes from now on is carried over.")
            return redirect(to(area, "review", found.pk))
    theirs = asked.theirs or {}
    names = [name for name in (ours[0].said if ours else theirs) if name in theirs]
    lines = [(name, shown(theirs[name]), [shown(one.said.get(name)) for one in ours]) for name in names]
    context = {
        **frame(found, request.actor),
        "review": asked,
        "ours": ours,
        "lines": [(name, told, here) for name, told, here in lines if {told, *here} != {"–"}],
        "is_open": asked.state == ReviewState.OPEN,
        "dataset": dataset_words(asked.dataset),
        "outcome": outcome(asked),
    }
    return show_form(request, "integrations/match.html", form, context)


def shown(value: Any) -> str:
    """A value of a record as text; lists and tables line by line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown(one)}" for name, one in value.items() if one not in (None, "", [], {}))
    if isinstance(value, list):
        return "\n".join(shown(one) for one in value) or "–"
    return "–" if value in (None, "") else value_text(value)
