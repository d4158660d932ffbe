"""The page of a connection: how it is doing, its flows, what needs somebody."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from hangarlink.integration import overview
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rules import Beat
from hangarlink.integration.datasets.queries import Matched, matching_report, opening_offers
from hangarlink.integration.overview import FlowRow
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Kind
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.access import PageRequest, page
from hangarlink.web.connections.flightlogger import FEATURE, KEY
from hangarlink.web.connections.rights import VIEW
from hangarlink.web.connections.standing import Standing, standing
from hangarlink.web.fleet.tabs import Tab
from hangarlink.web.integrations.health_panel import health_panel
from hangarlink.web.synclog.counts import KINDS, progress, state_of

FREQUENCY_WORDS = {
    "manual": "by hand only",
    "hourly": "hourly",
    "six_hourly": "every 6 hours",
    "daily": "daily, 00:00Z",
}
MOST_SHOWN = 6


@dataclass(frozen=True)
class Todo:
    """Something that somebody has to decide, and where."""

    text: str
    verb: str
    href: str


def find(request: PageRequest, connection_id: UUID) -> Connection:
    return overview.find_connection(connection_id, connector=KEY, acting_user=request.actor)


def ids_in(texts: Sequence[str]) -> list[UUID]:
    """Those of the posted texts that are ids."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def incoming(rows: Sequence[FlowRow]) -> list[FlowRow]:
    """What FlightLogger brings. What goes there is switched on and planned on the pages that all partners share."""
    return [row for row in rows if row.stream.direction == Direction.IN]


def is_set_up(rows: Sequence[FlowRow]) -> bool:
    """Whether hours and cycles were ever synced, or are scheduled to be."""
    hours = next((row for row in rows if row.flow is Flow.HOURS_CYCLES), None)
    return hours is None or bool(hours.stream.last_success_at or hours.stream.every_seconds or hours.last)


def tabs(
    connection: Connection, current: str, *, attention: int | None = None, refused: int | None = None
) -> list[Tab]:
    """The pages of one connection."""
    pages = (
        ("connection", "Overview", None),
        ("aircraft", "Aircraft and counters", attention),
        ("refused", "Refused records", refused),
        ("plan", "Dry run", None),
        ("settings", "Settings", None),
    )
    return [
        Tab(label, reverse(f"connections:{name}", args=[connection.pk]), name == current, count)
        for name, label, count in pages
    ]


def standing_of(connection: Connection, rows: Sequence[FlowRow], waiting: int) -> Standing:
    streams = [row.stream for row in rows]
    return standing(
        state=connection.state,
        is_set_up=is_set_up(rows),
        alert=connection.alert_message,
        alert_code=connection.alert_code,
        failures=connection.failures,
        last_success_at=connection.last_success_at,
        beats=[Beat(s.every_seconds, s.last_success_at) for s in streams if s.every_seconds],
        waiting=waiting,
        now=timezone.now(),
    )


@page(permission=VIEW, feature=FEATURE)
def connection(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """How the connection is doing."""
    found = find(request, connection_id)
    report = matching_report(found, acting_user=request.actor)
    refusals = overview.refusals(found, acting_user=request.actor)
    rows = overview.flow_rows(found, acting_user=request.actor)
    refused = sum(one.count for one in refusals)
    todos = _todos(found, report, refusals, request.actor)
    context = {
        "connection": found,
        "standing": standing_of(found, rows, len(todos)),
        "todos": todos,
        "tabs": tabs(
            found, "connection", attention=sum(m.needs_attention for m in report) or None, refused=refused or None
        ),
        "is_set_up": is_set_up(rows),
        "next_at": min((row.next_at for row in rows if row.next_at), default=None),
        "linked": sum(m.aircraft is not None for m in report),
        "listed": len(report),
        "health": health_panel(found, rows, acting_user=request.actor),
        **live_context(found, rows, request.actor),
    }
    return render(request, "connections/connection.html", context)


@page(permission=VIEW, feature=FEATURE)
def live(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """The flows while something runs. When nothing runs any more, the whole page is read anew."""
    found = find(request, connection_id)
    context = live_context(found, overview.flow_rows(found, acting_user=request.actor), request.actor)
    if not context["under_way"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "connections/flows.html", context)


def live_context(found: Connection, rows: Sequence[FlowRow], actor: Actor) -> dict[str, Any]:
    """What the table of flows needs, also when it is read again by itself."""
    return {
        "connection": found,
        "rows": [(row, state_of(row.last) if row.last else None, _frequency(row)) for row in incoming(rows)],
        "outgoing": [
            (row, state_of(row.last) if row.last else None) for row in rows if row.stream.direction == Direction.OUT
        ],
        "frequencies": FREQUENCY_WORDS.items(),
        "under_way": under_way(overview.unfinished_runs(found, acting_user=actor)),
        "actor": actor,
    }


def under_way(runs: Sequence[SyncRun]) -> list[dict[str, Any]]:
    """Runs that wait or work, with how far they are."""
    found = []
    for run in runs:
        fraction, words = progress(run)
        what = f"{KINDS[Kind(run.kind)]} of {Flow(run.flow).label.lower()}"
        found.append({"run": run, "what": what, "state": state_of(run), "fraction": fraction, "words": words})
    return found


def _frequency(row: FlowRow) -> str:
    return str(row.stream.frequency)


def _todos(
    found: Connection, report: Sequence[Matched], refusals: Sequence[overview.Refused], actor: Actor
) -> list[Todo]:
    """What needs somebody, each with the place where it is decided."""
    todos = []
    aircraft_page = reverse("connections:aircraft", args=[found.pk])
    if found.alert_code:
        todos.append(Todo(found.alert_message, "Settings", reverse("connections:settings", args=[found.pk])))
    unmatched = [row for row in report if row.link.state == "unmatched"]
    if unmatched:
        names = ", ".join(row.link.label for row in unmatched[:MOST_SHOWN])
        more = f" and {len(unmatched) - MOST_SHOWN} more" if len(unmatched) > MOST_SHOWN else ""
        todos.append(Todo(f"No aircraft of yours is {names}{more}.", "Match", aircraft_page))
    for row in report:
        for source in row.sources:
            if source.is_open and row.aircraft is not None:
                text = f"The log “{source.name}” of {row.aircraft.registration} is not mapped: its flights are refused."
                todos.append(Todo(text, "Map it", reverse("connections:match", args=[found.pk, row.link.pk])))
        if row.unfed and row.aircraft is not None:
            names = ", ".join(counter.name for counter in row.unfed)
            text = f"Nothing feeds {names} of {row.aircraft.registration}: it stands still while the aircraft flies."
            todos.append(Todo(text, "Decide", reverse("connections:match", args=[found.pk, row.link.pk])))
    for offer in opening_offers(found, acting_user=actor):
        text = f"{offer.registration}: the total of {offer.counter.name} is unknown here and known there."
        todos.append(Todo(text, "Look", aircraft_page + "#openings"))
    for one in refusals:
        some = "1 record waits" if one.count == 1 else f"{one.count:,} records wait"
        href = reverse("connections:refused", args=[found.pk]) + f"?code={one.code}"
        todos.append(Todo(f"{some}: {one.example}", "Look", href))
    return todos
