"""The page of a connection: how it is doing, what moves, what needs somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hangarlink.integration import overview
from hangarlink.integration.conflicts.queries import open_reviews
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import EDIT, MANAGE, VIEW, area_of, right
from hangarlink.integration.connections.rules import Beat
from hangarlink.integration.contract import Area, Manifest
from hangarlink.integration.datasets.booking import unbooked
from hangarlink.integration.inbound.actions import signed_by
from hangarlink.integration.overview import FlowRow
from hangarlink.integration.sync.reach import Moved, how_moved
from hangarlink.integration.synclog.vocabulary import Direction
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.access import PageRequest
from hangarlink.web.connections.record import Todo, under_way
from hangarlink.web.connections.standing import Standing, standing
from hangarlink.web.formats import State
from hangarlink.web.integrations.areas import OWN_PAGES, PLACES, area_page, to, to_connection, to_partner
from hangarlink.web.integrations.finding import find, tabs
from hangarlink.web.integrations.health_panel import health_panel
from hangarlink.web.integrations.steps import next_step
from hangarlink.web.integrations.words import FREQUENCIES
from hangarlink.web.synclog.counts import state_of


@dataclass(frozen=True)
class StreamLine:
    """A stream as drawn."""

    row: FlowRow
    way: str
    state: State | None
    frequencies: list[tuple[str, str]]
    moved: Moved

    @property
    def frequency(self) -> str:
        return FREQUENCIES[self.row.stream.frequency]


@area_page(VIEW)
def connection(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """How the connection is doing."""
    found = find(request, area, connection_id)
    if found.connector in OWN_PAGES:
        return redirect(to_connection(found))
    rows = overview.flow_rows(found, acting_user=request.actor)
    refusals = overview.refusals(found, acting_user=request.actor)
    waiting = open_reviews(acting_user=request.actor, connection_id=found.pk).count()
    todos = _todos(found, refusals, waiting)
    context = {
        **frame(found, request.actor),
        "standing": standing_of(found, rows, len(todos)),
        "todos": todos,
        "tabs": tabs(found, "connection", refused=sum(one.count for one in refusals) or None, review=waiting or None),
        "next_step": next_step(found, rows),
        "next_at": min((row.next_at for row in rows if row.next_at), default=None),
        "health": health_panel(found, rows, acting_user=request.actor),
        **live_context(found, rows, request.actor),
    }
    return render(request, "integrations/connection.html", context)


@area_page(VIEW)
def live(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """The streams while something runs. When nothing runs any more, the whole page is read anew."""
    found = find(request, area, connection_id)
    rows = overview.flow_rows(found, acting_user=request.actor)
    context = frame(found, request.actor) | live_context(found, rows, request.actor)
    if not context["under_way"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "integrations/streams.html", context)


def frame(found: Connection, actor: Actor) -> dict[str, Any]:
    """What every page of a connection needs."""
    area, manifest = area_of(found.connector), manifest_of(found.connector)
    return {
        "connection": found,
        "manifest": manifest,
        "is_told": signed_by(manifest) is not None,
        "area": area,
        "directory_href": to(area, "directory"),
        "directory_title": PLACES[area].title,
        "partner_href": to_partner(area, found.connector),
        "may_edit": actor.may(right(area, EDIT)),
        "may_manage": actor.may(right(area, MANAGE)),
    }


def live_context(found: Connection, rows: Sequence[FlowRow], actor: Actor) -> dict[str, Any]:
    """What the table of streams needs, also when it is read again by itself."""
    manifest = manifest_of(found.connector)
    return {
        "lines": [_line(row, manifest) for row in rows if row.stream.is_enabled],
        "switched_off": [_line(row, manifest) for row in rows if not row.stream.is_enabled],
        "under_way": under_way(overview.unfinished_runs(found, acting_user=actor)),
    }


def standing_of(found: Connection, rows: Sequence[FlowRow], waiting: int) -> Standing:
    streams = [row.stream for row in rows if row.stream.is_enabled]
    # A dry run that succeeds shows that the partner answers, not that anything arrived.
    arrived = any(one.last_success_at or how_moved(one.flow, one.direction) is Moved.BY_RULES for one in streams)
    return standing(
        state=found.state,
        is_set_up=next_step(found, rows) is None,
        alert=found.alert_message,
        alert_code=found.alert_code,
        failures=found.failures,
        last_success_at=found.last_success_at if arrived else None,
        beats=[Beat(s.every_seconds, s.last_success_at) for s in streams if s.every_seconds],
        waiting=waiting,
        now=timezone.now(),
    )


def way_words(direction: str, name: str) -> str:
    return f"in, from {name}" if direction == Direction.IN else f"out, to {name}"


def _line(row: FlowRow, manifest: Manifest) -> StreamLine:
    stream = row.stream
    offered = [(one.value, FREQUENCIES[one.value]) for one in manifest.frequencies]
    if stream.frequency not in dict(offered):
        offered.append((stream.frequency, FREQUENCIES[stream.frequency]))
    state = state_of(row.last) if row.last else None
    way = way_words(stream.direction, manifest.name)
    return StreamLine(row, way, state, offered, how_moved(stream.flow, stream.direction))


def _todos(found: Connection, refusals: Sequence[overview.Refused], waiting: int) -> list[Todo]:
    """What needs somebody, each with the place where it is decided."""
    area = area_of(found.connector)
    todos = []
    if found.alert_code:
        todos.append(Todo(found.alert_message, "Settings", to(area, "settings", found.pk)))
    if waiting:
        some = "1 conflict waits" if waiting == 1 else f"{waiting:,} conflicts wait"
        todos.append(Todo(f"{some} for a decision.", "Decide", to(area, "review", found.pk)))
    if count := unbooked(found):
        some = "1 category has" if count == 1 else f"{count} categories have"
        todos.append(Todo(f"{some} no account: lines of it are not sent.", "Map", to(area, "accounts", found.pk)))
    for one in refusals:
        some = "1 record waits" if one.count == 1 else f"{one.count:,} records wait"
        todos.append(Todo(f"{some}: {one.example}", "Look", to(area, "refused", found.pk) + f"?code={one.code}"))
    return todos
