"""\"Sync now\" where people look at the result: it asks for the run and shows how far it is."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.models import Connection, ConnectionState, Stream
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Flow
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.tenancy.models import Feature
from hangarlink.web.access import PageRequest, page

FLOW = Flow.HOURS_CYCLES


@dataclass(frozen=True)
class Sync:
    """What the board says about syncing, and whether this member may start one."""

    connection: Connection
    run: SyncRun | None
    may_start: bool


def latest_sync(request: PageRequest) -> Sync | None:
    """The connection that brings usage; None without one, or for who may not see connections."""
    if not request.account.has_feature(Feature.FLIGHTLOGGER_SYNC) or not request.actor.may("integrations.view"):
        return None
    rows = Stream.objects.filter(flow=FLOW, connection__state=ConnectionState.ACTIVE).select_related("connection")
    stream = rows.order_by("connection__created_at").first()
    if stream is None:
        return None
    runs = SyncRun.objects.filter(connection_id=stream.connection_id, flow=FLOW, state__in=UNFINISHED)
    run = runs.defer("technical", "checkpoint").order_by("requested_at").first()
    return Sync(stream.connection, run, request.actor.may("integrations.manage_sync"))


@require_POST
@page(permission="integrations.manage_sync", feature=Feature.FLIGHTLOGGER_SYNC)
def start(request: PageRequest) -> HttpResponse:
    """Ask for the hours to be synced now."""
    sync = latest_sync(request)
    if sync is None:
        raise Missing("No connection that brings hours is active. Connect one first.")
    try:
        run = request_run(sync.connection, FLOW, acting_user=request.actor)
    except RuleBroken as refused:
        needs_plan = refused.field == "plan"
        if needs_plan and not request.htmx:
            messages.warning(request, str(refused))
            return redirect("connections:plan", sync.connection.pk)
        context = {"refused": str(refused), "needs_plan": needs_plan, "connection": sync.connection, "flow": FLOW}
        return render(request, "fleet/sync_progress.html", context)
    return _show(request, run) if request.htmx else redirect("fleet:board")


@page(permission="integrations.view", feature=Feature.FLIGHTLOGGER_SYNC)
def progress(request: PageRequest, run_id: UUID) -> HttpResponse:
    """How far a run is; asked again every second until it ends."""
    run = SyncRun.objects.defer("technical", "checkpoint").filter(pk=run_id).first()
    if run is None:
        raise Missing("There is no such run in this account.")
    return _show(request, run)


def _show(request: PageRequest, run: SyncRun) -> HttpResponse:
    part = min(100, run.read * 100 // run.total) if run.total else None
    answer = render(request, "fleet/sync_progress.html", {"run": run, "part": part})
    if run.is_finished:
        # The board listens and fetches itself anew.
        answer.headers["HX-Trigger"] = "synced"
    return answer
