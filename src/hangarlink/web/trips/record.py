"""A trip: planned, its legs, confirmed, completed, cancelled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft
from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.customers.queries import active_customers
from hangarlink.operations.trips.actions import (
    add_leg,
    cancel_trip,
    change_leg,
    change_trip,
    complete_trip,
    confirm_trip,
    plan_trip,
    remove_leg,
    reopen_trip,
)
from hangarlink.operations.trips.models import Leg, Trip
from hangarlink.operations.trips.queries import find_leg, find_trip
from hangarlink.operations.trips.rules import OPEN, Kind, Status
from hangarlink.web.access import PageRequest, page
from hangarlink.web.choices import LongChoiceField, offer
from hangarlink.web.forms import Form, MomentField, ReasonField, refusals_on, sent, show_form
from hangarlink.web.trips.words import KIND_WORDS, STATUS_WORDS, block


class TripForm(Form):
    """For whom, with what, and why."""

    customer = LongChoiceField(required=False, empty_label="Nobody")
    aircraft: "forms.ModelChoiceField[Aircraft]" = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Not chosen yet"
    )
    kind = forms.ChoiceField(choices=[(kind.value, word) for kind, word in KIND_WORDS.items()])
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, *args: Any, trip: Trip | None = None, **kwargs: Any) -> None:
        if trip is not None:
            kwargs["initial"] = {name: getattr(trip, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        offered = active_customers()
        if trip is not None and trip.customer_id:
            offered = offered | Customer.objects.filter(pk=trip.customer_id)
        offer(self, "customer", offered, "name", "id")
        self.fields["aircraft"].queryset = Aircraft.objects.order_by("registration")  # type: ignore[attr-defined]


class LegForm(Form):
    """From where, to where, when."""

    departure = forms.CharField(max_length=40, label="From", help_text="An ICAO code, such as EKRK, or a place")
    arrival = forms.CharField(max_length=40, label="To")
    off_at = MomentField(label="Off block")
    on_at = MomentField(label="On block")
    passengers = forms.IntegerField(initial=0, min_value=0)

    def __init__(self, *args: Any, leg: Leg | None = None, **kwargs: Any) -> None:
        if leg is not None:
            kwargs["initial"] = {name: getattr(leg, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class CancelForm(Form):
    """Why it is not flown."""

    reason = ReasonField(help_text="Kept with the trip.")


@page(permission="trips.view")
def trip(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """One trip."""
    found = find_trip(trip_id)
    context: dict[str, object] = {
        "trip": found,
        "status": STATUS_WORDS[Status(found.status)],
        "kind": KIND_WORDS[Kind(found.kind)],
        "block_time": block(found),
        "legs": list(found.legs.all()),
        "is_open": found.status in OPEN,
    }
    if request.actor.may("billing.view"):
        context["invoices"] = list(Invoice.objects.filter(trip=found).order_by("created_at"))
    return render(request, "trips/trip.html", context)


@page(permission="trips.manage")
def new(request: PageRequest) -> HttpResponse:
    """Plan a trip."""
    initial = {"customer": request.GET.get("customer"), "aircraft": request.GET.get("aircraft")}
    form = TripForm(sent(request), initial=initial)
    if form.is_valid():
        with refusals_on(form):
            made = plan_trip(acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is planned. Next: add its legs.")
            return redirect("trips:trip", made.pk)
    context = {"title": "Plan trip", "verb": "Plan trip", "cancel": reverse("trips:list")}
    return show_form(request, "trips/form.html", form, context)


@page(permission="trips.manage")
def edit(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """Change a trip."""
    found = find_trip(trip_id)
    form = TripForm(sent(request), trip=found)
    if form.is_valid():
        with refusals_on(form, {"status": ""}):
            change_trip(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("trips:trip", trip_id)
    context = {"title": "Edit trip", "verb": "Save", "cancel": reverse("trips:trip", args=[trip_id]), "trip": found}
    return show_form(request, "trips/form.html", form, context)


@page(permission="trips.manage")
def new_leg(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """Add a leg; it begins where the last one ended."""
    found = find_trip(trip_id)
    last = list(found.legs.all())[-1:]
    initial = {"departure": last[0].arrival, "off_at": last[0].on_at} if last else {}
    form = LegForm(sent(request), initial=initial)
    if form.is_valid():
        with refusals_on(form):
            made = add_leg(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is added.")
            return redirect("trips:trip", trip_id)
    return show_form(request, "trips/leg.html", form, {"trip": found, "title": "Add leg", "verb": "Add leg"})


@page(permission="trips.manage")
def edit_leg(request: PageRequest, trip_id: UUID, leg_id: UUID) -> HttpResponse:
    """Change a leg."""
    found = find_trip(trip_id)
    leg = find_leg(found, leg_id)
    form = LegForm(sent(request), leg=leg)
    if form.is_valid():
        with refusals_on(form):
            change_leg(leg, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("trips:trip", trip_id)
    context = {"trip": found, "leg": leg, "title": "Edit leg", "verb": "Save"}
    return show_form(request, "trips/leg.html", form, context)


@page(permission="trips.manage")
def delete_leg(request: PageRequest, trip_id: UUID, leg_id: UUID) -> HttpResponse:
    """Take a leg out."""
    found = find_trip(trip_id)
    leg = find_leg(found, leg_id)
    text = f"{leg} is taken out of the trip. The audit trail keeps it."
    return _step(
        request, found, Form(sent(request)), lambda: remove_leg(leg, acting_user=request.actor), "Remove leg", text
    )


@page(permission="trips.manage")
def confirm(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """Book the aircraft."""
    found = find_trip(trip_id)
    text = "The aircraft is booked for the times of its legs: no other confirmed trip may have it then."
    return _step(
        request,
        found,
        Form(sent(request)),
        lambda: confirm_trip(found, acting_user=request.actor),
        "Confirm trip",
        text,
    )


@page(permission="trips.manage")
def complete(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """Say that it was flown."""
    found = find_trip(trip_id)
    text = "It was flown as its legs say. A completed trip stays as it is; correct its times first."
    return _step(
        request,
        found,
        Form(sent(request)),
        lambda: complete_trip(found, acting_user=request.actor),
        "Complete trip",
        text,
    )


@page(permission="trips.manage")
def cancel(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """Say that it will not be flown."""
    found = find_trip(trip_id)
    form = CancelForm(sent(request))
    text = "The aircraft is free again. The trip stays readable and can be reopened."
    return _step(
        request,
        found,
        form,
        lambda: cancel_trip(found, reason=form.cleaned_data["reason"], acting_user=request.actor),
        "Cancel trip",
        text,
    )


@page(permission="trips.manage")
def reopen(request: PageRequest, trip_id: UUID) -> HttpResponse:
    """Plan a cancelled trip again."""
    found = find_trip(trip_id)
    text = "The trip is planned again; confirm it to book the aircraft."
    return _step(
        request, found, Form(sent(request)), lambda: reopen_trip(found, acting_user=request.actor), "Reopen trip", text
    )


def _step(
    request: PageRequest, found: Trip, form: Form, act: Callable[[], object], verb: str, text: str
) -> HttpResponse:
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, f"{found}: done.")
            return redirect("trips:trip", found.pk)
    return show_form(request, "trips/step.html", form, {"trip": found, "verb": verb, "text": text})
