"""The annual review of a programme."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hangarlink.maintenance.amp.actions import record_review
from hangarlink.maintenance.amp.models import Review
from hangarlink.maintenance.amp.reviewing import facts_of
from hangarlink.maintenance.programme.days import today
from hangarlink.platform.errors import Missing
from hangarlink.platform.quantities import Display, Unit
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.amp import reads
from hangarlink.web.forms import DayField, Form, refusals_on, sent, show_form


class ReviewForm(Form):
    """When it was held, what came of it."""

    held_on = DayField(label="Held on")
    remains_fit = forms.ChoiceField(
        choices=[("", ""), ("yes", "It still fits"), ("no", "It has to be revised")], label="The programme"
    )
    conclusion = forms.CharField(
        max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}), label="Findings and action"
    )
    next_on = DayField(required=False, label="Next review by", help_text="Empty: twelve months on")


@page(permission="amp.approve")
def new(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Record an annual review, beside the figures of the year."""
    found = reads.find_programme(programme_id)
    form = ReviewForm(sent(request), initial={"held_on": today()})
    if form.is_valid():
        with refusals_on(form):
            given = form.cleaned_data
            record_review(
                found, held_on=given["held_on"], remains_fit=given["remains_fit"] == "yes",
                conclusion=given["conclusion"], next_on=given["next_on"], acting_user=request.actor,
            )  # fmt: skip
            messages.success(request, "The review is on record.")
            return redirect("programmes:programme", programme_id)
    context = {"programme": found, "facts": drawn_facts(facts_of(found, today()))}
    return show_form(request, "amp/review_form.html", form, context)


@page(permission="programme.view")
def review(request: PageRequest, review_id: UUID) -> HttpResponse:
    """One review as it was recorded."""
    found = Review.objects.select_related("programme").filter(pk=review_id).first()
    if found is None:
        raise Missing("There is no such review in this account.")
    context = {"programme": found.programme, "review": found, "facts": drawn_facts(found.facts)}
    return render(request, "amp/review.html", context)


def drawn_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The figures with amounts as quantities."""
    use = [
        (row["aircraft"], row["counter"], formats.Quantity(row["used"], Unit(row["unit"]), Display.DECIMAL_1))
        for row in facts.get("use", [])
    ]
    return {**facts, "use": use}
