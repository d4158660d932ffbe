"""Records that were refused and wait for somebody, across all runs of a connection."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from hangarlink.integration import overview
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.sync.actions import dismiss_records, retry_records
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.web.access import PageRequest, page
from hangarlink.web.connections.flightlogger import FEATURE
from hangarlink.web.connections.record import find, ids_in, tabs
from hangarlink.web.connections.rights import MANAGE, VIEW
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.synclog.runs import verdict_html

CODE_WORDS = {
    "unmapped_log": "Log not mapped",
    "log_missing": "Log missing",
    "landings_unknown": "Landings unknown",
    "nothing_mapped": "Nothing mapped",
    "no_match": "No aircraft",
    "taken": "Aircraft taken",
    "internal": "Failed here",
}


class OpenFilters(Filters):
    q = SearchField("Aircraft, id or reason")
    code = Chips(list(CODE_WORDS.items()))


class OpenRecords(Listing[SyncRecord]):
    """Each with the reason of today, and a tick to try it again."""

    name = "refused-records"
    noun = ("record", "records")
    filters: ClassVar[type[Filters]] = OpenFilters
    sort = "what"
    empty = "connections/refused_empty.html"
    columns = (
        Column(
            key="what",
            label="Record",
            value=lambda r: r.subject or r.external_id,
            html=lambda r: format_html(
                '<label class="pick"><input type="checkbox" name="record" value="{}" form="chosen"> {}</label>',
                r.pk,
                r.subject or r.external_id,
            ),
            sort=("id",),
            under=lambda r: r.external_id if r.subject else "",
        ),
        Column(key="verdict", label="Outcome", value=lambda r: r.verdict, html=lambda r: verdict_html(r.verdict)),
        Column(key="reason", label="Why, and what to do", value=lambda r: r.reason),
        Column(
            key="run",
            label="Refused in",
            value=lambda r: r.run.requested_at,
            sort=("run__requested_at",),
            link=lambda r: reverse("synclog:run", args=[r.run_id]),
            phone=False,
        ),
    )

    def __init__(self, request: PageRequest, connection: Connection) -> None:
        self.connection = connection
        super().__init__(request)

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        return FromQuerySet(self._narrowed(chosen))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        rows = self._narrowed(others).select_related(None).order_by().values_list("code").annotate(Count("pk"))
        return dict(rows)

    def _narrowed(self, chosen: Mapping[str, Any]) -> Any:
        found = overview.open_records(self.connection, acting_user=self.request.actor)
        if code := chosen.get("code"):
            found = found.filter(code=code)
        if text := chosen.get("q"):
            found = found.filter(
                Q(subject__icontains=text) | Q(external_id__icontains=text) | Q(reason__icontains=text)
            )
        return found


@page(permission=VIEW, feature=FEATURE)
def refused(request: PageRequest, connection_id: UUID) -> HttpResponseBase:
    """What waits for somebody."""
    found = find(request, connection_id)
    context = {"connection": found, "tabs": tabs(found, "refused")}
    return OpenRecords(request, found).respond("connections/refused.html", context)


@page(permission=MANAGE, feature=FEATURE)
@require_POST
def decide(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Try the ticked records again, or say that they are not wanted; with "all", every open one."""
    found = find(request, connection_id)
    if request.POST.get("all") == "yes":
        records = list(overview.open_records(found, acting_user=request.actor))
    else:
        ids = ids_in(request.POST.getlist("record"))
        records = overview.chosen_records(found, ids, acting_user=request.actor)
    if request.POST.get("verb") == "dismiss":
        count = dismiss_records(found, records, acting_user=request.actor)
        messages.success(request, f"{count} dismissed, until FlightLogger changes them.")
        return redirect("connections:refused", found.pk)
    run = retry_records(found, records, acting_user=request.actor)
    return redirect("synclog:run", run.pk)
