"""Which aircraft of the partner is which of ours, for any partner that tells of aircraft."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.connections.rights import EDIT, VIEW
from hangarlink.integration.contract import Area, Dataset
from hangarlink.integration.datasets.actions import ignore_aircraft, link_to, match_again
from hangarlink.integration.datasets.queries import matching_report
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest
from hangarlink.web.connections.matching import LinkForm
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import find, tabs
from hangarlink.web.integrations.record import frame


@area_page(VIEW)
def aircraft(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Every aircraft that the partner has told of, those without one of ours first."""
    found = find(request, area, connection_id)
    rows = sorted(matching_report(found, acting_user=request.actor), key=lambda row: row.link.state != "unmatched")
    open_ones = sum(row.link.state == "unmatched" for row in rows)
    context: dict[str, Any] = {
        **frame(found, request.actor),
        "tabs": tabs(found, "aircraft", aircraft=open_ones or None),
        "rows": rows,
        "open_ones": open_ones,
        "linked": sum(row.aircraft is not None for row in rows),
        "choices": LinkForm(connection=found).fields["aircraft"].choices if open_ones else (),  # type: ignore[attr-defined]
    }
    return render(request, "integrations/aircraft.html", context)


@area_page(EDIT)
@require_POST
def decide(request: PageRequest, area: Area, connection_id: UUID, link_id: UUID, verb: str) -> HttpResponse:
    """Link by hand, ignore, or match again by serial number, call sign and registration."""
    found = find(request, area, connection_id)
    link = _link(found, link_id)
    if verb == "link":
        form = LinkForm(request.POST, connection=found)
        if form.is_valid():
            ours = form.cleaned_data["aircraft"]
            link_to(link, ours, acting_user=request.actor)
            messages.success(request, f"{link.label} is {ours.registration}, from the next sync on.")
        else:
            messages.error(request, "Choose an aircraft of yours.")
    elif verb == "ignore":
        ignore_aircraft(link, acting_user=request.actor)
    elif verb == "again":
        match_again(link, acting_user=request.actor)
    else:
        raise Missing("There is no such thing to do.")
    return redirect(to(area, "aircraft", found.pk))


def _link(connection: Connection, link_id: UUID) -> Link:
    link = Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT, pk=link_id).first()
    if link is None:
        raise Missing("There is no such aircraft in this connection.")
    return link
