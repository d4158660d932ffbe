"""Flights: the list of an aircraft, typing one, putting one right."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.fleet.actions.correct_flights import cancel_flight, correct_flight, reinstate_flight
from hangarlink.fleet.actions.record_flights import record_flights
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict
from hangarlink.fleet.models import Aircraft, Correction, Counter, Flight
from hangarlink.platform.errors import RuleBroken
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.fleet.usage_forms import FlightCorrectionForm, FlightForm, ReasonForm
from hangarlink.web.fleet.words import MANUAL, amounts, amounts_text, route, source_words
from hangarlink.web.forms import refusals_on, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.programme.impact import consequences, is_preview, typed


class FlightFilters(Filters):
    q = SearchField("Aerodrome or the source's id")
    counts = Chips([("yes", "Counting"), ("no", "Cancelled")])


class FlightList(Listing[Flight]):
    """The flights of one aircraft, latest first."""

    name = "flights"
    noun = ("flight", "flights")
    filters = FlightFilters
    sort = "-ended"
    empty = "fleet/flights_empty.html"
    columns = (
        Column(
            key="ended", label="Landed", value=lambda f: f.ended_at, sort=("ended_at",),
            link=lambda f: reverse("fleet:flight", args=[f.aircraft_id, f.pk]),
            html=lambda f: formats.moment(f.ended_at, beside=False),
        ),
        Column(key="began", label="Departed", value=lambda f: f.started_at, shown=False),
        Column(key="route", label="Route", value=route),
        Column(key="amounts", label="Added", value=amounts_text, html=amounts),
        Column(key="source", label="Told by", value=lambda f: source_words(f.source), phone=False),
        Column(key="external_id", label="Its id there", value=lambda f: f.external_id, shown=False),
        Column(key="state", label="", value=lambda f: "Cancelled" if f.cancelled_at else "", phone=False),
    )  # fmt: skip

    def __init__(self, request: PageRequest, aircraft: Aircraft) -> None:
        self.aircraft = aircraft
        super().__init__(request)

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Flights by aerodrome, id and whether they count."""
        found = reads.flights_of(self.aircraft.pk)
        if text := chosen.get("q"):
            found = found.filter(Q(departure__icontains=text) | Q(arrival__icontains=text) | Q(external_id=text))
        if counts := chosen.get("counts"):
            found = found.filter(cancelled_at__isnull=counts == "yes")
        return FromQuerySet(found)


@page(permission="fleet.view")
def flights(request: PageRequest, aircraft_id: UUID) -> HttpResponseBase:
    """The flights of an aircraft."""
    aircraft = reads.find_aircraft(aircraft_id)
    context = {"aircraft": aircraft, "tabs": tabs_of(request, aircraft, "flights")}
    return FlightList(request, aircraft).respond("fleet/flights.html", context)


@page(permission="fleet.view")
def flight(request: PageRequest, aircraft_id: UUID, flight_id: UUID) -> HttpResponse:
    """One flight: what it added, who said so, what was corrected."""
    found = reads.find_flight(aircraft_id, flight_id)
    corrections = Correction.objects.filter(flight=found).order_by("-made_at")
    names = {str(counter.pk): counter for counter in reads.counters_of(aircraft_id)}
    context = {
        "flight": found,
        "aircraft": found.aircraft,
        "route": route(found),
        "source": source_words(found.source),
        "corrections": [_correction(one, names) for one in corrections],
    }
    return render(request, "fleet/flight.html", context)


@page(permission="fleet.record_usage")
def new_flight(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Type a flight from the technical log."""
    aircraft = reads.find_aircraft(aircraft_id)
    form = FlightForm(reads.counted_by_usage(aircraft_id), typed(request))
    if is_preview(request):
        return consequences(request, form, lambda: _record(aircraft, form, request))
    if form.is_valid():
        with refusals_on(form):
            outcome = _record(aircraft, form, request)
            messages.success(request, "The flight is recorded.")
            return redirect("fleet:flight", aircraft_id, outcome.flight_id)
    return show_form(request, "fleet/flight_form.html", form, {"aircraft": aircraft})


@page(permission="fleet.correct_usage")
def correct(request: PageRequest, aircraft_id: UUID, flight_id: UUID) -> HttpResponse:
    """Give a flight other amounts."""
    found = reads.find_flight(aircraft_id, flight_id)
    form = FlightCorrectionForm(reads.counted_by_usage(aircraft_id), found, typed(request))

    def act() -> None:
        reason = form.cleaned_data["reason"]
        correct_flight(found, amounts=form.amounts(), reason=reason, acting_user=request.actor)

    if is_preview(request):
        return consequences(request, form, act)
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, "The flight is corrected; totals and due dates follow.")
            return redirect("fleet:flight", aircraft_id, flight_id)
    context = {"aircraft": found.aircraft, "flight": found, "route": route(found)}
    return show_form(request, "fleet/flight_correct.html", form, context)


@page(permission="fleet.correct_usage")
def cancel(request: PageRequest, aircraft_id: UUID, flight_id: UUID) -> HttpResponse:
    """Cancel a flight that never was, or let it count again."""
    found = reads.find_flight(aircraft_id, flight_id)
    form = ReasonForm(typed(request))
    change, told = (reinstate_flight, "counts again") if found.cancelled_at else (cancel_flight, "is cancelled")

    def act() -> None:
        change(found, reason=form.cleaned_data["reason"], acting_user=request.actor)

    if is_preview(request):
        return consequences(request, form, act)
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, f"The flight {told}; totals and due dates follow.")
            return redirect("fleet:flight", aircraft_id, flight_id)
    context = {"aircraft": found.aircraft, "flight": found, "route": route(found)}
    return show_form(request, "fleet/flight_cancel.html", form, context)


def _record(aircraft: Aircraft, form: FlightForm, request: PageRequest) -> FlightOutcome:
    given = form.cleaned_data
    fact = FlightFact(
        aircraft.pk, "", given["started_at"], given["ended_at"], given["departure"], given["arrival"], form.amounts()
    )
    (outcome,) = record_flights([fact], source=MANUAL, acting_user=request.actor, on_known=OnKnown.SKIP)
    if outcome.verdict is not Verdict.CREATED:
        raise RuleBroken(outcome.message)
    return outcome


def _correction(one: Correction, counters: Mapping[str, Counter]) -> dict[str, Any]:
    return {"made_at": one.made_at, "by": one.made_by_label, "reason": one.reason, "changes": _changes(one, counters)}


def _changes(one: Correction, counters: Mapping[str, Counter]) -> list[tuple[str, str, str]]:
    """What differs: name, old, new. Amounts by counter in the counter's display; other values as they are."""
    old, new = _flat(one.old, counters), _flat(one.new or {}, counters)
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [(name, old.get(name, "–"), new.get(name, "–") if one.new is not None else "cancelled") for name in names]


def _flat(values: Mapping[str, Any], counters: Mapping[str, Counter]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= {
                counters[key].name: str(formats.quantity_of(counters[key], amount))
                for key, amount in value.items()
                if key in counters and isinstance(amount, int)
            }
        elif value not in (None, ""):
            flat[name.replace("_", " ").capitalize()] = str(value)
    return flat
