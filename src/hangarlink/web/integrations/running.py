"""Buttons of a connection: sync, dry run, pause, resume, how often."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.actions import pause_connection, resume_connection
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.rights import MANAGE
from hangarlink.integration.connections.schedules import set_frequency
from hangarlink.integration.connections.streams import stream_of
from hangarlink.integration.contract import Area
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.reach import Moved, how_moved
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.access import PageRequest
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import direction_in, find, flow_in
from hangarlink.web.integrations.words import FREQUENCIES


@area_page(MANAGE)
@require_POST
def sync_now(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Run everything that is switched on and was looked at. Pressed twice, it is one run each."""
    found = find(request, area, connection_id)
    if not run_all(found, acting_user=request.actor):
        raise RuleBroken("Nothing that is switched on was looked at in a dry run. Make a dry run first.")
    return redirect(to(area, "connection", found.pk))


@area_page(MANAGE)
@require_POST
def sync_stream(request: PageRequest, area: Area, connection_id: UUID, flow: str, direction: str) -> HttpResponse:
    """Run one stream; with `full=yes` everything is read again, not only what changed."""
    found = find(request, area, connection_id)
    request_run(
        found,
        flow_in(flow),
        direction=direction_in(direction),
        full=request.POST.get("full") == "yes",
        acting_user=request.actor,
    )
    return redirect(to(area, "connection", found.pk))


@area_page(MANAGE)
@require_POST
def dry_run(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Ask what a sync would do now: of one stream, or of everything that is switched on."""
    found = find(request, area, connection_id)
    for stream in _meant(found, request):
        request_run(
            found,
            Flow(stream.flow),
            direction=Direction(stream.direction),
            dry_run=True,
            acting_user=request.actor,
        )
    return redirect(to(area, "plan", found.pk))


@area_page(MANAGE)
@require_POST
def pause(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Let nothing run until it is resumed."""
    found = pause_connection(find(request, area, connection_id), acting_user=request.actor)
    messages.success(request, "Paused. A run under way ends with the page it is at.")
    return redirect(to(area, "connection", found.pk))


@area_page(MANAGE)
@require_POST
def resume(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Let schedules and buttons work again."""
    found = resume_connection(find(request, area, connection_id), acting_user=request.actor)
    messages.success(request, "Resumed.")
    return redirect(to(area, "connection", found.pk))


@area_page(MANAGE)
@require_POST
def schedule(request: PageRequest, area: Area, connection_id: UUID, flow: str, direction: str) -> HttpResponse:
    """How often a stream runs by itself."""
    found = find(request, area, connection_id)
    stream = stream_of(found, flow_in(flow), direction_in(direction))
    frequency = request.POST.get("frequency", "")
    offered = [one.value for one in manifest_of(found.connector).frequencies]
    if frequency not in offered:
        raise RuleBroken(f"Choose one of: {', '.join(FREQUENCIES[one] for one in offered)}.")
    set_frequency(stream, frequency, acting_user=request.actor)
    messages.success(request, f"{stream}: {FREQUENCIES[frequency]}.")
    return redirect(to(area, "connection", found.pk))


def run_all(connection: Connection, *, acting_user: Actor) -> int:
    """Ask for a run of every stream that is switched on and was planned; how many there are."""
    rows = Stream.objects.filter(connection=connection, is_enabled=True, planned_at__isnull=False)
    streams = [stream for stream in rows if is_run(stream)]
    for stream in streams:
        request_run(connection, Flow(stream.flow), direction=Direction(stream.direction), acting_user=acting_user)
    return len(streams)


def is_run(stream: Stream) -> bool:
    return how_moved(stream.flow, stream.direction) is Moved.BY_RUNS


def _meant(connection: Connection, request: PageRequest) -> list[Stream]:
    if "flow" in request.POST:
        return [stream_of(connection, flow_in(request.POST["flow"]), direction_in(request.POST.get("direction", "")))]
    rows = Stream.objects.filter(connection=connection, is_enabled=True).order_by("flow", "direction")
    streams = [stream for stream in rows if is_run(stream)]
    if not streams:
        raise RuleBroken("Nothing that could be planned is switched on. Choose what may move first.")
    return streams
