"""An item tracked elsewhere, opened; and the system that tracks it: how old its word may get, what may go."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.maintenance.tracked.actions import let_go, set_stale_after
from hangarlink.maintenance.tracked.models import TrackedItem, TrackedSource
from hangarlink.maintenance.tracked.queries import (
    Narrow,
    TrackedRow,
    find_source,
    missing_count,
    tracked_count,
    tracked_item,
    tracked_states,
)
from hangarlink.maintenance.tracked.rules import TrackedTerm
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.tracked import words


class AgeForm(Form):
    hours = forms.IntegerField(
        label="Hours that its word holds",
        help_text="An item whose figures are older than this is unknown, unless it was over already. 1 to 2160 hours.",
        widget=forms.NumberInput(attrs={"class": "num", "min": 1, "max": 2160}),
    )


@page(permission="programme.view")
def item(request: PageRequest, item_id: UUID) -> HttpResponse:
    """One item: what the partner says, as of when, and what follows from it today."""
    row = tracked_item(item_id)
    found = TrackedItem.objects.get(pk=item_id)
    context = {
        "row": row,
        "name": words.name_of(row),
        "state": row.state.code,
        "answer": _answer(row),
        "status": found.status.replace("_", " "),
        "first_told_at": found.first_told_at,
        "told_at": found.told_at,
        "changed_at": found.changed_at,
        "terms": [
            (words.measure(term), words.limit_text(term), _told(term), words.remaining_text(term, row))
            for term in row.terms
        ],
    }
    return render(request, "tracked/item.html", context)


@page(permission="programme.view")
def source(request: PageRequest, source_id: UUID) -> HttpResponse:
    """A system that tracks items: how many in which state, when it listed everything last."""
    found = find_source(source_id)
    narrow = Narrow(source_id=source_id)
    context = {
        "source": found,
        "counts": words.counts_text(tracked_states(narrow)),
        "count": tracked_count(narrow),
        "gone": tracked_count(Narrow(source_id=source_id, is_gone=True)),
        "late": missing_count(found),
    }
    return render(request, "tracked/source.html", context)


@page(permission="tracked.manage")
def age(request: PageRequest, source_id: UUID) -> HttpResponse:
    """How old the word of a system may get."""
    found = find_source(source_id)
    form = AgeForm(sent(request), initial={"hours": found.stale_after_hours})
    if form.is_valid():
        with refusals_on(form):
            set_stale_after(found, hours=form.cleaned_data["hours"], acting_user=request.actor)
            messages.success(request, f"What {found.partner} says holds for {form.cleaned_data['hours']} hours now.")
            return redirect("tracked:source", source_id)
    return show_form(request, "tracked/age.html", form, {"source": found, "cancel": _page_of(found)})


@page(permission="tracked.manage")
def forget(request: PageRequest, source_id: UUID) -> HttpResponse:
    """Agree that what was missing in the system's list is gone there."""
    found = find_source(source_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            gone = let_go(found, acting_user=request.actor)
            messages.success(request, f"{len(gone)} items are kept as gone.")
            return redirect("tracked:source", source_id)
    context = {"source": found, "late": missing_count(found), "cancel": _page_of(found)}
    return show_form(request, "tracked/forget.html", form, context)


def _page_of(found: TrackedSource) -> str:
    return reverse("tracked:source", args=[found.pk])


def _told(term: TrackedTerm) -> str:
    """What was told as remaining, at that moment."""
    left = term.remaining
    if left is None:
        return "not told"
    over = left < 0
    text = words.amount(term, abs(left), up=over)
    return f"{text} over" if over else text


def _answer(row: TrackedRow) -> str:
    whose = f"{row.partner} says so, as of {formats.moment_text(row.as_of)}"
    if row.gone_since:
        return f"{row.partner} no longer lists it, since {formats.moment_text(row.gone_since)}."
    if why := words.why_unknown(row):
        return f"Nobody can tell: {why}."
    term = words.deciding_term(row)
    if term is None:
        return f"{whose}."
    left = words.remaining_text(term, row)
    unit = words.unit(term)
    said = left if left.endswith("over") else f"{left} {unit}".strip() + " left"
    return f"{said}. {whose}."
