"""What a sync would do, and the start."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hangarlink.integration import overview
from hangarlink.integration.connections.schedules import set_frequency
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.web.access import PageRequest, page
from hangarlink.web.connections.flightlogger import FEATURE
from hangarlink.web.connections.record import FREQUENCY_WORDS, find, incoming, is_set_up, tabs
from hangarlink.web.connections.rights import MANAGE, VIEW
from hangarlink.web.connections.running import stream_of
from hangarlink.web.connections.steps import steps_at
from hangarlink.web.formats import State
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.synclog.counts import bar, progress, state_of

CHOICES = list(FREQUENCY_WORDS.items())


@dataclass(frozen=True)
class Plan:
    """The newest dry run of a flow as drawn; `run` is None where there is none."""

    flow: Flow
    run: SyncRun | None
    state: State | None = None
    bar: str = ""
    fraction: float = 0.0
    words: str = ""


def _plan(flow: Flow, run: SyncRun | None) -> Plan:
    return Plan(flow, run, state_of(run), bar(run), *progress(run)) if run else Plan(flow, None)


class StartForm(Form):
    hours_cycles = forms.ChoiceField(label="Hours and cycles", choices=CHOICES, initial="hourly")
    aircraft = forms.ChoiceField(label="Aircraft", choices=CHOICES, initial="daily")


@page(permission=VIEW, feature=FEATURE)
def plan(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """The newest dry run of each flow."""
    found = find(request, connection_id)
    rows = incoming(overview.flow_rows(found, acting_user=request.actor))
    plans = [_plan(row.flow, overview.latest_plan(found, row.flow, acting_user=request.actor)) for row in rows]
    # What the set-up is about comes first.
    plans.sort(key=lambda one: one.flow is not Flow.HOURS_CYCLES)
    in_set_up = not is_set_up(rows)
    context = {
        "connection": found,
        "plans": plans,
        "steps": steps_at("plan") if in_set_up else None,
        "tabs": tabs(found, "plan"),
        "is_planned": any(row.flow is Flow.HOURS_CYCLES and row.stream.planned_at for row in rows),
        "is_working": any(one.run and not one.run.is_finished for one in plans),
    }
    if request.htmx and not context["is_working"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "connections/plans.html" if request.htmx else "connections/plan.html", context)


@page(permission=MANAGE, feature=FEATURE)
def start(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """The last step: how often, and off it goes."""
    found = find(request, connection_id)
    form = StartForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            request_run(found, Flow.AIRCRAFT, acting_user=request.actor)
            request_run(found, Flow.HOURS_CYCLES, acting_user=request.actor)
            for flow in (Flow.AIRCRAFT, Flow.HOURS_CYCLES):
                set_frequency(stream_of(found, flow), form.cleaned_data[flow.value], acting_user=request.actor)
            messages.success(request, "Started. Hours and cycles arrive now.")
            return redirect("connections:connection", found.pk)
    latest = overview.latest_plan(found, Flow.HOURS_CYCLES, acting_user=request.actor)
    context = {
        "connection": found,
        "steps": steps_at("start"),
        "plan": latest,
        "bar": bar(latest) if latest else "",
    }
    return show_form(request, "connections/start.html", form, context)
