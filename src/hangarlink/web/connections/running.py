"""Buttons of a connection: sync now, dry run, pause, resume, how often."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.actions import pause_connection, resume_connection
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.schedules import set_frequency
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.web.access import PageRequest, page
from hangarlink.web.connections.flightlogger import FEATURE
from hangarlink.web.connections.record import FREQUENCY_WORDS, find
from hangarlink.web.connections.rights import MANAGE


@page(permission=MANAGE, feature=FEATURE)
@require_POST
def sync_now(request: PageRequest, connection_id: UUID, flow: str) -> HttpResponse:
    """Ask for a run of one flow. Pressed twice, it is one run."""
    found = find(request, connection_id)
    request_run(found, _flow(flow), acting_user=request.actor, full=request.POST.get("full") == "yes")
    return redirect("connections:connection", found.pk)


@page(permission=MANAGE, feature=FEATURE)
@require_POST
def dry_run(request: PageRequest, connection_id: UUID, flow: str) -> HttpResponse:
    """Ask what a sync would do now."""
    found = find(request, connection_id)
    request_run(found, _flow(flow), dry_run=True, acting_user=request.actor)
    return redirect("connections:plan", found.pk)


@page(permission=MANAGE, feature=FEATURE)
@require_POST
def pause(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Let nothing run until it is resumed."""
    found = pause_connection(find(request, connection_id), acting_user=request.actor)
    messages.success(request, "Paused. A run under way ends with the page it is at.")
    return redirect("connections:connection", found.pk)


@page(permission=MANAGE, feature=FEATURE)
@require_POST
def resume(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Let schedules and buttons work again."""
    found = resume_connection(find(request, connection_id), acting_user=request.actor)
    messages.success(request, "Resumed.")
    return redirect("connections:connection", found.pk)


@page(permission=MANAGE, feature=FEATURE)
@require_POST
def schedule(request: PageRequest, connection_id: UUID, flow: str) -> HttpResponse:
    """How often a flow runs by itself."""
    found = find(request, connection_id)
    frequency = request.POST.get("frequency", "")
    if frequency not in FREQUENCY_WORDS:
        raise RuleBroken(f"Choose one of: {', '.join(FREQUENCY_WORDS.values())}.")
    stream = set_frequency(stream_of(found, _flow(flow)), frequency, acting_user=request.actor)
    messages.success(request, f"{Flow(stream.flow).label}: {FREQUENCY_WORDS[frequency]}.")
    return redirect("connections:connection", found.pk)


def stream_of(connection: Connection, flow: Flow) -> Stream:
    stream = Stream.objects.filter(connection=connection, flow=flow).first()
    if stream is None:
        raise Missing(f"{connection.name} does not carry {flow.label.lower()}.")
    return stream


def _flow(name: str) -> Flow:
    if name not in set(Flow):
        raise Missing("There is no such flow.")
    return Flow(name)
