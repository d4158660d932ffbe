"""What an aircraft is planned to do: its flights, the days on which it stands, how its counters will go on."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hangarlink.fleet.actions import (
    change_parking,
    clear_use_ratio,
    complete_schedule,
    park_aircraft,
    plan_flight,
    remove_parking,
    set_use_ratio,
    withdraw_planned,
)
from hangarlink.fleet.models import Aircraft, Counter, Parking, PlannedFlight, UseRatio
from hangarlink.fleet.queries import parkings, planned_flights, schedule_complete_until
from hangarlink.fleet.rules.planning import MOST_IN_RATIO
from hangarlink.fleet.vocabulary import ParkingReason, Unit
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries.plans import Outlook, outlooks
from hangarlink.maintenance.programme.rules.pace import PaceSource
from hangarlink.platform.errors import Missing
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.forms import DayField, Form, MomentField, refusals_on, sent, show_form

SOURCE_WORDS = {
    PaceSource.SET: "set for this counter",
    PaceSource.AVERAGE: "average of recent use",
    PaceSource.RATIO: "in its ratio to another counter",
    PaceSource.NONE: "nothing was set or used",
}
SOURCES = {"manual": "entered here", "trips": "a trip", "visits": "a workshop visit"}
SHOWN = 100


class FlightForm(Form):
    """A flight to plan. What it adds is its duration, a landing and a cycle."""

    starts_at = MomentField(label="Off block")
    ends_at = MomentField(label="On block")
    departure = forms.CharField(required=False, max_length=80, label="From")
    arrival = forms.CharField(required=False, max_length=80, label="To")


class ParkingForm(Form):
    """Days on which it stands."""

    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day", required=False, help_text="Empty: until somebody says otherwise.")
    reason = forms.ChoiceField(choices=[(word.value, word.value.capitalize()) for word in ParkingReason], label="Why")
    note = forms.CharField(required=False, max_length=200)


class CompleteForm(Form):
    """Up to which day only planned flights are flown."""

    until = DayField(
        required=False, label="Complete up to", help_text="Empty: a day without a planned flight has its usual use."
    )


class RatioForm(Form):
    """How much a counter gains for so much of another one."""

    follows = forms.ModelChoiceField(queryset=Counter.objects.none(), required=False, empty_label="No other counter")
    use = forms.IntegerField(min_value=1, max_value=MOST_IN_RATIO, initial=1, label="Gains")
    per = forms.IntegerField(min_value=1, max_value=MOST_IN_RATIO, initial=1, label="For each")


@page(permission="fleet.view")
def planning(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """What is planned, in one look."""
    aircraft = reads.find_aircraft(aircraft_id)
    day, counters = today(), reads.counters_of(aircraft_id)
    expected = outlooks(counters, day)
    flights = list(planned_flights(aircraft, timezone.now())[: SHOWN + 1])
    follows = {one.counter_id: one for one in UseRatio.objects.filter(counter__in=counters).select_related("follows")}
    context = {
        "aircraft": aircraft,
        "tabs": tabs_of(request, aircraft, "planning"),
        "flights": [(one, SOURCES.get(one.source, one.source)) for one in flights[:SHOWN]],
        "has_more": len(flights) > SHOWN,
        "parkings": [(one, SOURCES.get(one.source, one.source)) for one in parkings(aircraft, day)],
        "stands": any(span.within(day, day) for outlook in expected.values() for span in outlook.parked),
        "complete_until": schedule_complete_until(aircraft),
        "today": day,
        "paces": [(one, _pace(one, expected[one.pk]), follows.get(one.pk)) for one in counters],
    }
    return render(request, "forecast/planning.html", context)


@page(permission="fleet.plan")
def new_flight(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Plan a flight; tomorrow morning, unless something else is said."""
    aircraft = reads.find_aircraft(aircraft_id)
    morning = (timezone.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    form = FlightForm(sent(request), initial={"starts_at": morning, "ends_at": morning + timedelta(hours=1)})
    return _form(
        request, aircraft, form, "Plan a flight",
        lambda: plan_flight(aircraft, acting_user=request.actor, **form.cleaned_data),
        verb="Plan flight",
    )  # fmt: skip


@page(permission="fleet.plan")
def withdraw(request: PageRequest, aircraft_id: UUID, flight_id: UUID) -> HttpResponse:
    """Take a flight out of the plan, once more asked."""
    aircraft = reads.find_aircraft(aircraft_id)
    flight = PlannedFlight.objects.filter(aircraft=aircraft, pk=flight_id).first()
    if flight is None:
        raise Missing("There is no such planned flight of this aircraft.")
    form = Form(sent(request))
    return _form(
        request, aircraft, form, "Withdraw the planned flight",
        lambda: withdraw_planned(flight, acting_user=request.actor),
        verb="Withdraw", note=f"{flight} is taken out of the plan, and forecasts no longer count it.",
    )  # fmt: skip


@page(permission="fleet.plan")
def complete(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Say up to which day the plan is complete."""
    aircraft = reads.find_aircraft(aircraft_id)
    form = CompleteForm(sent(request), initial={"until": schedule_complete_until(aircraft)})
    return _form(
        request, aircraft, form, "Is the flight schedule complete?",
        lambda: complete_schedule(aircraft, form.cleaned_data["until"], acting_user=request.actor),
        note="Up to that day the planned flights are all it will fly: a day without one has no use in forecasts.",
    )  # fmt: skip


@page(permission="fleet.plan")
def new_parking(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Say on which days it stands."""
    aircraft = reads.find_aircraft(aircraft_id)
    form = ParkingForm(sent(request), initial={"starts_on": today()})
    return _form(
        request, aircraft, form, "Days of standing",
        lambda: park_aircraft(aircraft, acting_user=request.actor, **form.cleaned_data),
    )  # fmt: skip


@page(permission="fleet.plan")
def edit_parking(request: PageRequest, aircraft_id: UUID, parking_id: UUID) -> HttpResponse:
    """Move those days, or say when they end."""
    stands = _parking(aircraft_id, parking_id)
    form = ParkingForm(sent(request), initial={"starts_on": stands.starts_on, "ends_on": stands.ends_on})
    del form.fields["reason"], form.fields["note"]
    return _form(
        request, stands.aircraft, form, "Days of standing",
        lambda: change_parking(stands, acting_user=request.actor, **form.cleaned_data),
        remove=reverse("forecast:remove_parking", args=[aircraft_id, parking_id]),
    )  # fmt: skip


@page(permission="fleet.plan")
def drop_parking(request: PageRequest, aircraft_id: UUID, parking_id: UUID) -> HttpResponse:
    """It did not, or will not, stand then."""
    stands = _parking(aircraft_id, parking_id)
    form = Form(sent(request))
    return _form(
        request, stands.aircraft, form, "Remove the days of standing",
        lambda: remove_parking(stands, acting_user=request.actor),
        verb="Remove", note=f"{stands}: forecasts count the usual use of these days again.",
    )  # fmt: skip


@page(permission="fleet.plan")
def ratio(request: PageRequest, aircraft_id: UUID, counter_id: UUID) -> HttpResponse:
    """Let a counter follow another one."""
    counter = reads.find_counter(aircraft_id, counter_id)
    aircraft = reads.find_aircraft(aircraft_id)
    stands = UseRatio.objects.filter(counter=counter).first()
    initial = {"follows": stands.follows_id, "use": stands.use, "per": stands.per} if stands else {}
    form = RatioForm(sent(request), initial=initial)
    choice = form.fields["follows"]
    if isinstance(choice, forms.ModelChoiceField):
        choice.queryset = Counter.objects.filter(aircraft_id=aircraft_id).exclude(pk=counter.pk).order_by("position")

    def save() -> object:
        told = form.cleaned_data
        if told["follows"] is None:
            return clear_use_ratio(counter, acting_user=request.actor)
        return set_use_ratio(counter, told["follows"], use=told["use"], per=told["per"], acting_user=request.actor)

    return _form(
        request, aircraft, form, f"{counter} follows another counter", save,
        note="Used where nothing was set and nothing was used lately. Hours count in seconds, the rest one by one.",
    )  # fmt: skip


def _form(
    request: PageRequest,
    aircraft: Aircraft,
    form: Form,
    title: str,
    save: Callable[[], object],
    **more: object,
) -> HttpResponse:
    """Save and go back to the plan, or show the form with what was typed."""
    back = reverse("forecast:planning", args=[aircraft.pk])
    if form.is_valid():
        with refusals_on(form):
            save()
            messages.success(request, f"{aircraft}: the plan is changed.")
            return redirect(back)
    context = {"aircraft": aircraft, "title": title, "cancel": back, "verb": "Save", **more}
    return show_form(request, "forecast/planning_form.html", form, context)


def _parking(aircraft_id: UUID, parking_id: UUID) -> Parking:
    found = Parking.objects.filter(aircraft_id=aircraft_id, pk=parking_id).select_related("aircraft").first()
    if found is None:
        raise Missing("There is no such period of standing of this aircraft.")
    return found


def _pace(counter: Counter, outlook: Outlook) -> str:
    """The usual use in words: "3.5 h a day (average of recent use)"."""
    rate = outlook.plan.pace
    per = "a day" if rate.days == 1 else f"in {rate.days} days"
    unit = " h" if counter.unit == Unit.SECONDS else ""
    return f"{formats.quantity_of(counter, rate.amount)}{unit} {per} ({SOURCE_WORDS[outlook.source]})"
