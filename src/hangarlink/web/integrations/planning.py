"""What a sync would do, and the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hangarlink.integration import overview
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.rights import MANAGE, VIEW
from hangarlink.integration.connections.schedules import set_frequency
from hangarlink.integration.contract import Area, Manifest
from hangarlink.integration.overview import FlowRow
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.access import PageRequest
from hangarlink.web.formats import State
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import find, mappings_of, tabs
from hangarlink.web.integrations.record import frame, way_words
from hangarlink.web.integrations.running import is_run, run_all
from hangarlink.web.integrations.steps import next_step, steps_at
from hangarlink.web.integrations.words import FREQUENCIES
from hangarlink.web.synclog.counts import bar, progress, state_of


@dataclass(frozen=True)
class Plan:
    """The newest dry run of a stream as drawn; `run` is None where there is none."""

    stream: Stream
    way: str
    run: SyncRun | None
    state: State | None = None
    bar: str = ""
    fraction: float = 0.0
    words: str = ""


class StartForm(Form):
    """How often each stream runs by itself."""

    def __init__(self, *args: Any, streams: Sequence[Stream], manifest: Manifest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.value, FREQUENCIES[one.value]) for one in manifest.frequencies]
        self.streams = {str(stream.pk): stream for stream in streams}
        for key, stream in self.streams.items():
            label = f"{stream}, {way_words(stream.direction, manifest.name)}"
            # What is scheduled already stays so, unless somebody changes it.
            initial = stream.frequency if stream.every_seconds else choices[0][0]
            self.fields[key] = forms.ChoiceField(label=label, choices=choices, initial=initial)

    def save(self, *, acting_user: Actor) -> None:
        for key, stream in self.streams.items():
            set_frequency(stream, self.cleaned_data[key], acting_user=acting_user)


@area_page(VIEW)
def plan(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """The newest dry run of each stream that is switched on."""
    found = find(request, area, connection_id)
    rows = _rows(found, request.actor)
    plans = _plans(found, rows, request.actor)
    step = next_step(found, rows)
    context = {
        **frame(found, request.actor),
        "plans": plans,
        "steps": steps_at("plan") if step else None,
        "tabs": tabs(found, "plan"),
        "mappings": mappings_of(found) if step else (),
        "is_planned": bool(plans) and all(one.stream.planned_at for one in plans),
        "is_working": any(one.run and not one.run.is_finished for one in plans),
    }
    if request.htmx and not context["is_working"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "integrations/plans.html" if request.htmx else "integrations/plan.html", context)


@area_page(MANAGE)
def start(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """The last step: how often, and off it goes."""
    found = find(request, area, connection_id)
    rows = _rows(found, request.actor)
    form = StartForm(sent(request), streams=[row.stream for row in rows], manifest=manifest_of(found.connector))
    if form.is_valid():
        with refusals_on(form):
            form.save(acting_user=request.actor)
            run_all(found, acting_user=request.actor)
            messages.success(request, "Started.")
            return redirect(to(area, "connection", found.pk))
    context = {
        **frame(found, request.actor),
        "steps": steps_at("start"),
        "plans": _plans(found, rows, request.actor),
    }
    return show_form(request, "integrations/start.html", form, context)


def _rows(found: Connection, actor: Actor) -> list[FlowRow]:
    """What is switched on and runs."""
    rows = overview.flow_rows(found, acting_user=actor)
    return [row for row in rows if row.stream.is_enabled and is_run(row.stream)]


def _plans(found: Connection, rows: Sequence[FlowRow], actor: Actor) -> list[Plan]:
    """A plan for each of these streams, in their order."""
    runs = overview.latest_plans(found, acting_user=actor)
    name = manifest_of(found.connector).name
    return [_plan(row.stream, runs.get((row.stream.flow, row.stream.direction)), name) for row in rows]


def _plan(stream: Stream, run: SyncRun | None, name: str) -> Plan:
    way = way_words(stream.direction, name)
    return Plan(stream, way, run, state_of(run), bar(run), *progress(run)) if run else Plan(stream, way, None)
