"""Which aircraft of theirs is which of ours, which log feeds which counter, and how to mend what does not fit."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.integration import overview
from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.actions import (
    adopt_aircraft,
    adopt_partner_total,
    ignore_aircraft,
    link_to,
    match_again,
    unmap_counter,
)
from hangarlink.integration.datasets.queries import Matched, matching_report, opening_offers
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import require
from hangarlink.web.access import PageRequest, page
from hangarlink.web.connections.flightlogger import FEATURE, read_fleet
from hangarlink.web.connections.mapping_form import MappingForm, save_mapping, sentence_of
from hangarlink.web.connections.record import find, ids_in, is_set_up, tabs, under_way
from hangarlink.web.connections.rights import EDIT, VIEW
from hangarlink.web.connections.steps import steps_at
from hangarlink.web.forms import Form, field_as, refusals_on, sent, show_form


class LinkForm(Form):
    """Aircraft of ours that nothing of this connection is linked to."""

    aircraft: "forms.ModelChoiceField[Aircraft]" = forms.ModelChoiceField(
        queryset=None, label="Aircraft of yours", empty_label="Choose an aircraft"
    )

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT, internal_id__isnull=False)
        free = Aircraft.objects.exclude(pk__in=taken.values("internal_id")).order_by("registration")
        field_as(self, "aircraft", forms.ModelChoiceField).queryset = free


@page(permission=VIEW, feature=FEATURE)
def aircraft(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """The matching report: every aircraft they have shown, those that need somebody first."""
    found = find(request, connection_id)
    report = matching_report(found, acting_user=request.actor)
    rows = overview.flow_rows(found, acting_user=request.actor)
    working = under_way(overview.unfinished_runs(found, acting_user=request.actor))
    context = {
        "connection": found,
        "report": [(row, sentence_of(row)) for row in report],
        "adoptable": [row for row in report if row.link.state == "unmatched"],
        "offers": opening_offers(found, acting_user=request.actor),
        "under_way": working,
        "attention": sum(row.needs_attention for row in report),
        "linked": sum(row.aircraft is not None for row in report),
        "steps": None if is_set_up(rows) else steps_at("aircraft"),
        "tabs": tabs(found, "aircraft"),
    }
    return render(request, "connections/aircraft.html", context)


@page(permission=VIEW, feature=FEATURE)
def aircraft_live(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Whether the fleet list is still being read. When it is not, the whole page is read anew."""
    found = find(request, connection_id)
    working = under_way(overview.unfinished_runs(found, acting_user=request.actor))
    if not working:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "connections/reading.html", {"connection": found, "under_way": working})


@page(permission=EDIT, feature=FEATURE)
@require_POST
def aircraft_read(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Read their fleet list again."""
    found = find(request, connection_id)
    read_fleet(found, acting_user=request.actor)
    return redirect("connections:aircraft", found.pk)


@page(permission=EDIT, feature=FEATURE)
@require_POST
def aircraft_adopt(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Add the chosen aircraft of theirs to our fleet."""
    found = find(request, connection_id)
    require(request.actor, "fleet.edit")
    chosen = set(request.POST.getlist("link"))
    links = [link for link in _links(found) if str(link.pk) in chosen]
    made = adopt_aircraft(links, acting_user=request.actor)
    if made:
        some = "1 aircraft is" if len(made) == 1 else f"{len(made)} aircraft are"
        messages.success(request, f"{some} added to the fleet. Their totals stay unknown until they are said.")
    else:
        messages.warning(request, "Nothing was chosen.")
    return redirect("connections:aircraft", found.pk)


@page(permission=EDIT, feature=FEATURE)
@require_POST
def opening_adopt(request: PageRequest, connection_id: UUID, counter_id: UUID) -> HttpResponse:
    """Take their word for where a counter stood before the first flight that was imported."""
    found = find(request, connection_id)
    offer = next((o for o in opening_offers(found, acting_user=request.actor) if o.counter.pk == counter_id), None)
    if offer is None:
        raise Missing("There is no total to take over for this counter any more.")
    adopt_partner_total(Counter.objects.get(pk=counter_id), acting_user=request.actor)
    messages.success(request, f"{offer.registration}: the opening balance of {offer.counter.name} is set.")
    return redirect("connections:aircraft", found.pk)


@page(permission=VIEW, feature=FEATURE)
def match(request: PageRequest, connection_id: UUID, link_id: UUID) -> HttpResponse:
    """One aircraft: what it is linked to, and what its logs feed."""
    found = find(request, connection_id)
    row = _row(request, found, link_id)
    form = MappingForm(sent(request), sources=row.sources)
    if request.method == "POST":
        require(request.actor, EDIT)
    if form.is_valid():
        with refusals_on(form):
            save_mapping(row, form, acting_user=request.actor)
            messages.success(request, f"The mapping of {row.link.label} is saved. It counts from the next sync on.")
            return redirect("connections:match", found.pk, row.link.pk)
    context = {
        "connection": found,
        "row": row,
        "sentence": sentence_of(row),
        "link_form": LinkForm(connection=found),
        "may_edit": request.actor.may(EDIT),
    }
    return show_form(request, "connections/match.html", form, context)


@page(permission=EDIT, feature=FEATURE)
@require_POST
def match_change(request: PageRequest, connection_id: UUID, link_id: UUID, verb: str) -> HttpResponse:
    """Link by hand, ignore, match again, or add to the fleet."""
    found = find(request, connection_id)
    link = next((one for one in _links(found) if one.pk == link_id), None)
    if link is None:
        raise Missing("There is no such aircraft in this connection.")
    if verb == "link":
        form = LinkForm(request.POST, connection=found)
        if not form.is_valid():
            messages.error(request, "Choose an aircraft of yours.")
            return redirect("connections:match", found.pk, link_id)
        link_to(link, form.cleaned_data["aircraft"], acting_user=request.actor)
    elif verb == "ignore":
        ignore_aircraft(link, acting_user=request.actor)
    elif verb == "again":
        match_again(link, acting_user=request.actor)
    elif verb == "leave":
        counter = Counter.objects.filter(
            pk__in=ids_in(request.POST.getlist("counter")), aircraft=link.internal_id
        ).first()
        if counter is None:
            raise Missing("There is no such counter on this aircraft.")
        unmap_counter(link, counter, acting_user=request.actor)
        messages.success(request, f"{counter.name} stays as it is: nothing feeds it, on purpose.")
    elif verb == "adopt":
        require(request.actor, "fleet.edit")
        adopt_aircraft([link], acting_user=request.actor)
    else:
        raise Missing("There is no such thing to do.")
    return redirect("connections:match", found.pk, link_id)


def _links(connection: Connection) -> list[Link]:
    return list(Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT))


def _row(request: PageRequest, connection: Connection, link_id: UUID) -> Matched:
    report = matching_report(connection, acting_user=request.actor)
    row = next((one for one in report if one.link.pk == link_id), None)
    if row is None:
        raise Missing("There is no such aircraft in this connection.")
    return row
