"""Records that could not be taken or sent and wait for somebody: why, and another try, of one, of some or of all."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from hangarlink.integration import overview
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import MANAGE, VIEW
from hangarlink.integration.contract import Area
from hangarlink.integration.datasets.outgoing import OBJECTION
from hangarlink.integration.sync.actions import dismiss_records, overrule_objection, retry_records
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.platform.errors import RuleBroken
from hangarlink.web.access import PageRequest
from hangarlink.web.connections.refused import OpenRecords
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import find, ids_in, tabs
from hangarlink.web.integrations.record import frame
from hangarlink.web.listing import Filters, SearchField


class WaitingFilters(Filters):
    """The kind of refusal comes with a link: which there are differs by partner."""

    q = SearchField("Record, id or reason")
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)


class WaitingRecords(OpenRecords):
    """The same list, for any partner."""

    filters = WaitingFilters
    empty = "integrations/refused_empty.html"


@area_page(VIEW)
def refused(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponseBase:
    """What waits for somebody."""
    found = find(request, area, connection_id)
    held_back = overview.open_records(found, acting_user=request.actor).filter(code=OBJECTION).exists()
    context = {**frame(found, request.actor), "tabs": tabs(found, "refused"), "held_back": held_back}
    return WaitingRecords(request, found).respond("integrations/refused.html", context)


@area_page(MANAGE)
@require_POST
def decide(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Try the ticked records again, or say that they are not wanted; with "all", every open one."""
    found = find(request, area, connection_id)
    if request.POST.get("all") == "yes":
        records = list(overview.open_records(found, acting_user=request.actor))
    else:
        records = overview.chosen_records(found, ids_in(request.POST.getlist("record")), acting_user=request.actor)
    if request.POST.get("verb") == "overrule":
        return _overrule(request, area, found, records)
    if request.POST.get("verb") == "dismiss":
        count = dismiss_records(found, records, acting_user=request.actor)
        messages.success(request, f"{count} dismissed, until one side changes them.")
        return redirect(to(area, "refused", found.pk))
    run = retry_records(found, records, acting_user=request.actor)
    return redirect(reverse("synclog:run", args=[run.pk]))


def _overrule(request: PageRequest, area: Area, found: Connection, records: Sequence[SyncRecord]) -> HttpResponse:
    """One record at a time, each with its own reason."""
    try:
        if len(records) != 1:
            raise RuleBroken("Tick exactly one record: each is sent for a reason of its own.")
        reason = request.POST.get("reason", "")
        run = overrule_objection(found, records[0], reason=reason, acting_user=request.actor)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect(to(area, "refused", found.pk))
    return redirect(reverse("synclog:run", args=[run.pk]))
