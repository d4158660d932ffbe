"""New and changed aircraft models, with the counters their aircraft should have."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.actions.aircraft_models import add_aircraft_model, change_aircraft_model, expect_counters
from hangarlink.fleet.models import AircraftModel
from hangarlink.fleet.rules.counters import USUAL, CounterPlan, plan
from hangarlink.platform.errors import Refused
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet.aircraft_forms import DISPLAYS, KINDS, SLOTS
from hangarlink.web.fleet.reads import find_model
from hangarlink.web.forms import Form, refusals_on, sent, show_form

# Three timer logs, landings, cycles and a few more: nobody has needed a ninth.
MOST_COUNTERS = 8


class ModelForm(Form):
    """What aircraft of one type share."""

    name = forms.CharField(max_length=120, help_text="What people say, such as Cessna 172S")
    manufacturer = forms.CharField(max_length=120, required=False)
    model_number = forms.CharField(max_length=120, required=False, help_text="The type certificate's designation")
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


class ExpectedForm(Form):
    """One expected counter; without a kind, none."""

    kind = forms.ChoiceField(choices=[("", "No counter"), *KINDS], required=False)
    name = forms.CharField(max_length=60, required=False)
    display = forms.ChoiceField(choices=DISPLAYS, required=False, label="Shown as")
    slot = forms.ChoiceField(choices=SLOTS, required=False, label="FlightLogger log")

    def clean(self) -> dict[str, Any]:
        """What was typed, with the plan it makes."""
        given = super().clean() or {}
        if given.get("kind"):
            try:
                self.plan: CounterPlan | None = plan(
                    given["kind"], name=given.get("name") or "", display=given.get("display") or None,
                    slot=given.get("slot") or None,
                )  # fmt: skip
            except Refused as refused:
                raise ValidationError({refused.field or "kind": str(refused)}) from refused
        return given


ExpectedRows = forms.formset_factory(ExpectedForm, extra=0, min_num=MOST_COUNTERS, max_num=MOST_COUNTERS)


@page(permission="fleet.edit")
def new_model(request: PageRequest) -> HttpResponse:
    """Add an aircraft model."""
    usual = [{"kind": p.kind.value, "name": p.name, "display": p.display.value, "slot": p.slot or ""} for p in USUAL]
    form, rows = ModelForm(sent(request)), ExpectedRows(sent(request), initial=usual, prefix="counter")
    if form.is_valid() and rows.is_valid():
        with refusals_on(form, _ROWS):
            made = add_aircraft_model(acting_user=request.actor, expected_counters=_plans(rows), **form.cleaned_data)
            messages.success(request, f"{made} is added.")
            return redirect("fleet:model", made.pk)
    context = {"title": "Add aircraft model", "verb": "Add model", "rows": rows, "cancel": reverse("fleet:models")}
    return show_form(request, "fleet/model_form.html", form, context)


@page(permission="fleet.edit")
def edit_model(request: PageRequest, model_id: UUID) -> HttpResponse:
    """Change an aircraft model."""
    model = find_model(model_id)
    initial = {name: getattr(model, name) for name in ModelForm.base_fields}
    form = ModelForm(sent(request), initial=initial)
    rows = ExpectedRows(sent(request), initial=_initial(model), prefix="counter")
    if form.is_valid() and rows.is_valid():
        with refusals_on(form, _ROWS):
            change_aircraft_model(model, acting_user=request.actor, **form.cleaned_data)
            expect_counters(model, _plans(rows), acting_user=request.actor)
            messages.success(request, "Saved. Aircraft that exist keep the counters they have.")
            return redirect("fleet:model", model_id)
    context = {
        "title": "Edit aircraft model", "verb": "Save", "rows": rows, "model": model,
        "cancel": reverse("fleet:model", args=[model_id]),
    }  # fmt: skip
    return show_form(request, "fleet/model_form.html", form, context)


# Two rows that do not go together: said above the form, because no single input is wrong.
_ROWS = {"slot": ""}


def _plans(rows: "forms.BaseFormSet[ExpectedForm]") -> list[CounterPlan]:
    return [row.plan for row in rows if row.cleaned_data.get("kind") and row.plan is not None]


def _initial(model: AircraftModel) -> list[Any]:
    return list(model.expected_counters.order_by("id").values("kind", "name", "display", "slot")[:MOST_COUNTERS])
