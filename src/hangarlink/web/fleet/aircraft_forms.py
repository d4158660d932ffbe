"""New aircraft, changed aircraft, counters added and changed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.actions.aircraft import add_aircraft, change_aircraft
from hangarlink.fleet.actions.counters import add_counter, change_counter
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.fleet.models.aircraft import MassUnit
from hangarlink.fleet.vocabulary import CounterKind, Display, Slot
from hangarlink.platform.quantities import Unit
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.words import DISPLAY_WORDS, SLOT_WORDS, STATUS_WORDS
from hangarlink.web.forms import Form, QuantityField, refusals_on, sent, show_form

KINDS = [(kind.value, kind.label) for kind in CounterKind]
DISPLAYS = [("", "As usual for the kind"), *((display.value, DISPLAY_WORDS[display]) for display in Display)]
SLOTS = [("", "None"), *((slot.value, SLOT_WORDS[slot]) for slot in Slot)]


class AircraftForm(Form):
    """What identifies an aircraft and where it is."""

    registration = forms.CharField(max_length=20, help_text="As painted on it, such as OY-SKA")
    call_sign = forms.CharField(
        max_length=20, required=False, help_text="Partners look for it first, then for the registration"
    )
    aircraft_model: "forms.ModelChoiceField[AircraftModel]" = forms.ModelChoiceField(
        queryset=None, label="Model", empty_label="Choose a model"
    )
    serial_number = forms.CharField(max_length=60, required=False)
    status = forms.ChoiceField(choices=[(status.value, word) for status, word in STATUS_WORDS.items()])
    location = forms.CharField(max_length=120, required=False)
    empty_weight = forms.DecimalField(required=False, min_value=0, max_digits=9, decimal_places=2)
    mass_unit = forms.ChoiceField(choices=MassUnit.choices, label="Unit")
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args: Any, aircraft: Aircraft | None = None, **kwargs: Any) -> None:
        if aircraft is not None:
            kwargs["initial"] = {name: getattr(aircraft, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.fields["aircraft_model"].queryset = AircraftModel.objects.order_by("name")  # type: ignore[attr-defined]
        if aircraft is None:
            self.fields["with_expected_counters"] = forms.BooleanField(
                required=False, initial=True, label="Add the counters that the model expects"
            )


class CounterForm(Form):
    """A new counter."""

    kind = forms.ChoiceField(choices=KINDS)
    name = forms.CharField(max_length=60, required=False, help_text="Empty takes the kind's name")
    display = forms.ChoiceField(choices=DISPLAYS, required=False, label="Shown as")
    slot = forms.ChoiceField(choices=SLOTS, required=False, label="FlightLogger log")


class CounterChangeForm(Form):
    """What may change on a counter: not what it counts in."""

    name = forms.CharField(max_length=60)
    kind = forms.ChoiceField()
    display = forms.ChoiceField(label="Shown as")
    slot = forms.ChoiceField(choices=SLOTS, required=False, label="FlightLogger log")

    def __init__(self, counter: Counter, *args: Any, **kwargs: Any) -> None:
        unit = Unit(counter.unit)
        rate = None if counter.daily_rate is None else formats.quantity_of(counter, counter.daily_rate)
        kwargs["initial"] = {name: getattr(counter, name) for name in self.base_fields} | {"daily_rate": rate}
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.label) for kind in CounterKind if kind.unit == counter.unit]
        shown = [(d.value, DISPLAY_WORDS[d]) for d in Display if (d is Display.WHOLE) == (unit is Unit.COUNT)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["display"].choices = shown  # type: ignore[attr-defined]
        self.fields["daily_rate"] = QuantityField(
            unit=unit, label="Planned use per day", required=False,
            help_text="For forecasts. Empty takes the average of the recent past",
        )  # fmt: skip


@page(permission="fleet.edit")
def new_aircraft(request: PageRequest) -> HttpResponse:
    """Add an aircraft."""
    form = AircraftForm(sent(request), initial={"aircraft_model": request.GET.get("model")})
    if form.is_valid():
        with refusals_on(form):
            made = add_aircraft(acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is added. Next: say where its counters stand.")
            return redirect("fleet:aircraft", made.pk)
    context = {"title": "Add aircraft", "verb": "Add aircraft", "cancel": reverse("fleet:list")}
    return show_form(request, "fleet/aircraft_form.html", form, context)


@page(permission="fleet.edit")
def edit_aircraft(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Change an aircraft."""
    aircraft = reads.find_aircraft(aircraft_id)
    form = AircraftForm(sent(request), aircraft=aircraft)
    if form.is_valid():
        with refusals_on(form):
            change_aircraft(aircraft, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("fleet:aircraft", aircraft_id)
    context = {
        "title": "Edit aircraft", "verb": "Save", "cancel": reverse("fleet:aircraft", args=[aircraft_id]),
        "aircraft": aircraft,
    }  # fmt: skip
    return show_form(request, "fleet/aircraft_form.html", form, context)


@page(permission="fleet.edit")
def new_counter(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Add a counter to an aircraft."""
    aircraft = reads.find_aircraft(aircraft_id)
    form = CounterForm(sent(request))
    if form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            made = add_counter(
                aircraft, kind=given["kind"], name=given["name"], display=given["display"] or None,
                slot=given["slot"] or None, acting_user=request.actor,
            )  # fmt: skip
            messages.success(request, f"{made} is added. Its total is unknown until its opening balance is set.")
            return redirect("fleet:opening", aircraft_id, made.pk)
    context = {
        "title": "Add counter", "verb": "Add counter", "aircraft": aircraft,
        "answer": "What limits of this aircraft are measured on, and what its flights add to.",
        "cancel": reverse("fleet:aircraft", args=[aircraft_id]),
    }  # fmt: skip
    return show_form(request, "fleet/counter_form.html", form, context)


@page(permission="fleet.edit")
def edit_counter(request: PageRequest, aircraft_id: UUID, counter_id: UUID) -> HttpResponse:
    """Change how a counter is named, shown and forecast."""
    counter = reads.find_counter(aircraft_id, counter_id)
    form = CounterChangeForm(counter, sent(request))
    if form.is_valid():
        with refusals_on(form):
            change_counter(counter, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("fleet:counter", aircraft_id, counter_id)
    context = {
        "title": "Edit counter", "verb": "Save", "aircraft": counter.aircraft, "counter": counter,
        "answer": "What it counts stays; how it is named, shown and forecast may change.",
        "cancel": reverse("fleet:counter", args=[aircraft_id, counter_id]),
    }  # fmt: skip
    return show_form(request, "fleet/counter_form.html", form, context)
