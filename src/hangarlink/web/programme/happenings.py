"""Events of an aircraft that limits count from: the list, recorded, corrected, withdrawn."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.actions import correct_event, record_event, withdraw_event
from hangarlink.maintenance.programme.happened import codes_named
from hangarlink.maintenance.programme.models import EventRecord, ValueSource
from hangarlink.maintenance.programme.rules.happenings import READY
from hangarlink.maintenance.programme.rules.sentences import event_name
from hangarlink.maintenance.programme.words import show
from hangarlink.platform.errors import Missing
from hangarlink.platform.quantities import Unit
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet.reads import find_aircraft
from hangarlink.web.fleet.tabs import tabs_of
from hangarlink.web.forms import Form, MomentField, QuantityField, ReasonField, refusals_on, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.programme.impact import consequences, is_preview, typed


class EventFilters(Filters):
    state = Chips([("withdrawn", "Withdrawn")], every="Happened")
    q = SearchField("Event or source")


class EventList(Listing[EventRecord]):
    """What happened to one aircraft, as far as limits care."""

    name = "aircraft-events"
    noun = ("event", "events")
    filters = EventFilters
    sort = "-at"
    empty = "due/events_empty.html"

    def __init__(self, request: PageRequest, aircraft: Aircraft) -> None:
        super().__init__(request)
        self.aircraft = aircraft
        may = request.actor.may("programme.record")
        link = partial(_address, aircraft) if may else None
        self.columns = (
            Column(
                key="event", label="Event", value=lambda r: event_name(r.code), sort=("code",), link=link,
                under=lambda r: r.note[:120],
            ),
            Column(key="at", label="When", value=lambda r: r.at, sort=("at",)),
            Column(key="values", label="Counters then", value=_values, phone=False),
            Column(key="source", label="Source", value=lambda r: r.source, phone=False),
            Column(key="by", label="Recorded by", value=lambda r: r.recorded_by_label, shown=False),
            Column(key="reason", label="Last correction", value=lambda r: r.reason, shown=False),
        )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Versions that stand, by text; withdrawn ones apart."""
        found = EventRecord.objects.filter(
            aircraft=self.aircraft, superseded_at__isnull=True, is_withdrawn=chosen.get("state") == "withdrawn"
        )
        if text := chosen.get("q"):
            found = found.filter(code__icontains=text.replace(" ", "_")) | found.filter(source__icontains=text)
        return FromQuerySet(found.prefetch_related("values__counter"))


def _address(aircraft: Aircraft, row: EventRecord) -> str:
    return reverse("due:event", args=[aircraft.pk, row.pk])


def _values(row: EventRecord) -> str:
    return ", ".join(f"{one.counter.name} {show(one.counter, one.value)}" for one in row.values.all())


class EventForm(Form):
    """What happened, when, what the counters showed, where it is written."""

    code = forms.CharField(
        max_length=40, label="Event", help_text="As limits name it: hard landing, shop visit",
        widget=forms.TextInput(attrs={"list": "event-codes", "autocomplete": "off"}),
    )  # fmt: skip
    at = MomentField(label="When")
    source = forms.CharField(max_length=200, required=False, help_text="Technical log page, report")
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, counters: Iterable[Counter], event: EventRecord | None, *args: Any, **kwargs: Any) -> None:
        self.counters = list(counters)
        if event is not None:
            kwargs["initial"] = _initial(event, self.counters)
        super().__init__(*args, **kwargs)
        for counter in self.counters:
            self.fields[f"value-{counter.pk}"] = QuantityField(
                unit=Unit(counter.unit), label=counter.name, required=False,
                help_text="Then. Empty follows from the recorded usage",
            )  # fmt: skip
        if event is not None:
            self.fields["code"].disabled = True
            self.fields["reason"] = ReasonField()

    def said(self) -> dict[str, Any]:
        """As the actions want it, but for the code."""
        given = {counter.pk: self.cleaned_data.get(f"value-{counter.pk}") for counter in self.counters}
        values = {counter: value for counter, value in given.items() if value is not None}
        return {name: self.cleaned_data[name] for name in ("at", "source", "note")} | {"values": values}

    def counter_fields(self) -> list[forms.BoundField]:
        """The counters' fields, for the page."""
        return [self[f"value-{counter.pk}"] for counter in self.counters]


class WithdrawForm(Form):
    """Why an event is said not to have happened."""

    reason = ReasonField()


@page(permission="programme.view")
def events(request: PageRequest, aircraft_id: UUID) -> HttpResponseBase:
    """Events of one aircraft."""
    aircraft = find_aircraft(aircraft_id)
    context = {"aircraft": aircraft, "tabs": tabs_of(request, aircraft, "events")}
    return EventList(request, aircraft).respond("due/events.html", context)


@page(permission="programme.record")
def record(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Record that something happened."""
    aircraft = find_aircraft(aircraft_id)
    form = EventForm(_counters(aircraft), None, typed(request), initial={"code": request.GET.get("code")})

    def act() -> object:
        return record_event(aircraft, code=form.cleaned_data["code"], acting_user=request.actor, **form.said())

    return _answer(request, aircraft, form, act, {"verb": "Record event"})


@page(permission="programme.record")
def event(request: PageRequest, aircraft_id: UUID, event_id: UUID) -> HttpResponse:
    """Correct an event on record."""
    aircraft, found = find_aircraft(aircraft_id), _event(aircraft_id, event_id)
    form = EventForm(_counters(aircraft), found, typed(request))

    def act() -> object:
        return correct_event(found, reason=form.cleaned_data["reason"], acting_user=request.actor, **form.said())

    withdraw_href = reverse("due:withdraw_event", args=[aircraft_id, event_id])
    return _answer(request, aircraft, form, act, {"verb": "Correct event", "withdraw_href": withdraw_href})


@page(permission="programme.record")
def withdraw(request: PageRequest, aircraft_id: UUID, event_id: UUID) -> HttpResponse:
    """Say that an event did not happen."""
    aircraft, found = find_aircraft(aircraft_id), _event(aircraft_id, event_id)
    form = WithdrawForm(typed(request))

    def act() -> object:
        return withdraw_event(found, reason=form.cleaned_data["reason"], acting_user=request.actor)

    return _answer(request, aircraft, form, act, {"verb": "Withdraw event", "danger": True, "event": found})


def _answer(
    request: PageRequest, aircraft: Aircraft, form: Form, act: Callable[[], object], context: dict[str, Any]
) -> HttpResponse:
    if is_preview(request):
        return consequences(request, form, act)
    cancel = reverse("due:events", args=[aircraft.pk])
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, "Recorded. What waits for it or counts from it is worked out anew.")
            return redirect(cancel)
    codes = sorted({event_name(code) for code in (*READY, *codes_named())})
    whole = {"aircraft": aircraft, "cancel": cancel, "codes": codes, **context}
    return show_form(request, "due/event_form.html", form, whole)


def _event(aircraft_id: UUID, event_id: UUID) -> EventRecord:
    rows = EventRecord.objects.filter(aircraft_id=aircraft_id, superseded_at__isnull=True, is_withdrawn=False)
    found = rows.prefetch_related("values").filter(pk=event_id).first()
    if found is None:
        raise Missing("This event was corrected or withdrawn meanwhile. Open the aircraft's events and look.")
    return found


def _counters(aircraft: Aircraft) -> list[Counter]:
    return list(Counter.objects.filter(aircraft=aircraft).order_by("position", "name"))


def _initial(event: EventRecord, counters: list[Counter]) -> dict[str, Any]:
    by_id = {counter.pk: counter for counter in counters}
    read = [one for one in event.values.all() if one.source == ValueSource.READ and one.counter_id in by_id]
    amounts = {f"value-{one.counter_id}": formats.quantity_of(by_id[one.counter_id], one.value) for one in read}
    return {"code": event_name(event.code), "at": event.at, "source": event.source, "note": event.note, **amounts}
