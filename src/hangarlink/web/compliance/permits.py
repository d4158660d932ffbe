"""Special flight permits: recorded, their flights ticked off, revoked."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.maintenance.compliance import actions
from hangarlink.maintenance.compliance.models import SpecialFlightPermit
from hangarlink.maintenance.programme.days import today
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.compliance.editing import AREA, ReasonForm
from hangarlink.web.fleet import reads
from hangarlink.web.forms import DayField, Form, refusals_on, sent, show_form


class PermitForm(Form):
    """A permit."""

    reference = forms.CharField(max_length=60)
    authority = forms.CharField(max_length=60)
    purpose = forms.CharField(max_length=300, help_text="Ferry to the workshop at Billund")
    issued_on = DayField(label="Issued on")
    valid_from = DayField(label="Valid from")
    valid_to = DayField(label="Valid to")
    flights = forms.CharField(
        widget=AREA, label="Flights it names",
        help_text="One a line: EKRK EKBI. A dash stands for any aerodrome: EKRK -. Nothing else is covered.",
    )  # fmt: skip
    conditions = forms.CharField(required=False, widget=AREA)

    def clean_flights(self) -> list[tuple[str, str]]:
        """Departure and destination of each line."""
        return [_flight(line) for line in self.cleaned_data["flights"].splitlines() if line.strip()]


class UseForm(Form):
    """A flight made under it."""

    departure = forms.CharField(max_length=8)
    destination = forms.CharField(max_length=8)
    on = DayField(label="Flown on")


@page(permission="compliance.assess")
def new(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Record a permit."""
    aircraft = reads.find_aircraft(aircraft_id)
    form = PermitForm(sent(request), initial={"issued_on": today(), "valid_from": today(), "valid_to": today()})
    back = reverse("compliance:report", args=[aircraft_id])
    if form.is_valid():
        with refusals_on(form):
            made = actions.record_permit(aircraft, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"Permit {made} is recorded. It changes no state.")
            return redirect("compliance:permit", made.pk)
    text = "It lets the flights it names go although something is due. The aircraft's state stays what it is."
    context = {"thing": aircraft.registration, "verb": "Record special flight permit", "text": text, "back": back}
    return show_form(request, "compliance/step.html", form, context)


@page(permission="compliance.view")
def permit(request: PageRequest, permit_id: UUID) -> HttpResponse:
    """One permit with its flights."""
    found = _find(permit_id)
    context = {
        "permit": found, "flights": found.flights.order_by("position"),
        "is_valid": found.revoked_at is None and found.valid_from <= today() <= found.valid_to,
    }  # fmt: skip
    return render(request, "compliance/permit.html", context)


@page(permission="compliance.assess")
def use(request: PageRequest, permit_id: UUID) -> HttpResponse:
    """Tick off a flight."""
    found, form = _find(permit_id), UseForm(sent(request), initial={"on": today()})
    if form.is_valid():
        with refusals_on(form):
            actions.use_permit(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Ticked off.")
            return redirect("compliance:permit", permit_id)
    return _step(request, found, form, "Tick off flight", "The flight must be one of those the permit names.")


@page(permission="compliance.assess")
def revoke(request: PageRequest, permit_id: UUID) -> HttpResponse:
    """It holds no longer."""
    found, form = _find(permit_id), ReasonForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.revoke_permit(found, reason=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, "Revoked.")
            return redirect("compliance:permit", permit_id)
    return _step(request, found, form, "Revoke permit", "No further flight is covered by it.")


def _step(request: PageRequest, found: SpecialFlightPermit, form: Form, verb: str, text: str) -> HttpResponse:
    back = reverse("compliance:permit", args=[found.pk])
    context: dict[str, Any] = {"thing": f"Permit {found}", "verb": verb, "text": text, "back": back}
    return show_form(request, "compliance/step.html", form, context)


def _find(permit_id: UUID) -> SpecialFlightPermit:
    found = SpecialFlightPermit.objects.select_related("aircraft").filter(pk=permit_id).first()
    if found is None:
        raise Missing("There is no such permit in this account.")
    return found


def _flight(line: str) -> tuple[str, str]:
    words = line.replace("→", " ").replace(" to ", " ").split()
    if len(words) != 2:
        raise ValidationError(f"{line!r} is not a flight. Write departure and destination: EKRK EKBI.")
    departure, destination = ("" if word in {"-", "–", "any"} else word for word in words)
    return departure, destination
