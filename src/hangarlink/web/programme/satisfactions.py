"""Which requirements work under another one satisfies."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from hangarlink.maintenance.programme.actions import add_satisfaction, remove_satisfaction
from hangarlink.maintenance.programme.models import Requirement, Satisfaction
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, field_as, refusals_on, sent, show_form
from hangarlink.web.programme.reads import find_requirement


class SatisfactionForm(Form):
    """What it satisfies, and where that is written."""

    satisfied: "forms.ModelChoiceField[Requirement]" = forms.ModelChoiceField(
        queryset=None, label="Work under this satisfies", empty_label="Choose a requirement"
    )
    source = forms.CharField(
        max_length=120, required=False, label="Where it is written", help_text="14 CFR 91.409(b), programme 1.6"
    )

    def __init__(self, requirement: Requirement, data: object) -> None:
        super().__init__(data)
        others = Requirement.objects.filter(retired_at__isnull=True).exclude(pk=requirement.pk)
        field_as(self, "satisfied", forms.ModelChoiceField).queryset = others.order_by("reference")


@page(permission="programme.edit")
def add(request: PageRequest, requirement_id: UUID) -> HttpResponse:
    """Say that work under a requirement satisfies another one from now on."""
    found = find_requirement(requirement_id)
    form = SatisfactionForm(found, sent(request))
    if form.is_valid():
        with refusals_on(form):
            add_satisfaction(
                found, form.cleaned_data["satisfied"], source=form.cleaned_data["source"], acting_user=request.actor
            )
            messages.success(request, "From now on both are recorded together. What is on record stays.")
            return redirect("requirements:requirement", requirement_id)
    return show_form(request, "due/satisfaction_form.html", form, {"requirement": found})


@page(permission="programme.edit")
def remove(request: PageRequest, requirement_id: UUID, satisfied_id: UUID) -> HttpResponse:
    """Each is recorded by itself from now on."""
    found, other = find_requirement(requirement_id), find_requirement(satisfied_id)
    if request.method == "POST":
        remove_satisfaction(found, other, acting_user=request.actor)
        messages.success(request, f"Work under {found} no longer satisfies {other}.")
    return redirect("requirements:requirement", requirement_id)


def links_of(requirement: Requirement) -> tuple[list[Satisfaction], list[Satisfaction]]:
    """What it satisfies, and what satisfies it."""
    down = requirement.satisfies.select_related("satisfied").order_by("satisfied__reference")
    up = requirement.satisfied_by.select_related("requirement").order_by("requirement__reference")
    return list(down), list(up)
