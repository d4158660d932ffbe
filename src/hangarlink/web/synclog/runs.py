"""The log, and one run with its refused records or its plan."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import MANAGE, VIEW, area_of, connectors_outside, right, visible_areas
from hangarlink.integration.contract import Area
from hangarlink.integration.sync.actions import stop_run
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.queries import recent_runs, run_detail
from hangarlink.integration.synclog.vocabulary import Flow, Kind, State, Trigger, Verdict
from hangarlink.platform.applications.models import Application
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.access import PageRequest, page
from hangarlink.web.audit.words import value_text
from hangarlink.web.forms import field_as
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, NewestFirst, SearchField
from hangarlink.web.synclog.counts import DIRECTIONS, KINDS, STATES, TRIGGERS, bar, progress, state_of

# The log is one for all settings areas; everybody sees the runs of their own.
ELSEWHERE = {verb: tuple(right(area, verb) for area in (Area.SAFETY, Area.BILLING)) for verb in (VIEW, MANAGE)}
OUTCOMES = {
    "failed": (State.FAILED,),
    "partial": (State.PARTIAL,),
    "succeeded": (State.SUCCEEDED,),
    "unfinished": (State.REQUESTED, State.RUNNING, State.WAITING),
}


class PartnerField(forms.ChoiceField):
    """A connection or an application, by id. Read when the list is asked for, inside the account's wall."""

    def fill(self, actor: Actor) -> None:
        areas = visible_areas(actor)
        seen = Connection.objects.exclude(connector__in=connectors_outside(areas)).order_by("name")
        connections = [(str(pk), name) for pk, name in seen.values_list("pk", "name")]
        applications = Application.objects.order_by("name") if Area.OPS in areas else Application.objects.none()
        programs = [(str(pk), name) for pk, name in applications.values_list("pk", "name")]
        self.choices = [("", "Every partner"), *connections, *programs]


def verdict_html(verdict: str) -> SafeString:
    """A verdict with the mark that it has in the bar."""
    return format_html('<span class="figure part-{}">{}</span>', verdict, verdict)


def figures(found: SyncRun) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in found.counts.items() if count)


def _pairs(record: SyncRecord) -> list[tuple[str, str, str]]:
    """Name, old and new value, where they differ or something is new."""
    old, new = record.old or {}, record.new or {}
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return [(name, value_text(old[name]) if name in old else "", value_text(new.get(name))) for name in names]


def change_text(record: SyncRecord) -> str:
    """For a spreadsheet cell."""
    return "; ".join(f"{name}: {old} -> {new}" if old else f"{name}: {new}" for name, old, new in _pairs(record))


def change_html(record: SyncRecord) -> SafeString:
    """What is new in one line; what changes as a table, old beside new."""
    pairs = _pairs(record)
    if record.old is None:
        words = ((name, new) for name, _, new in pairs)
        return format_html_join(" ", '<span class="said"><span class="muted">{}</span> {}</span>', words)
    rows = format_html_join("", "<tr><th>{}</th><td><del>{}</del></td><td><ins>{}</ins></td></tr>", pairs)
    return format_html('<table class="diff"><tbody>{}</tbody></table>', rows)


class RunFilters(Filters):
    outcome = Chips(
        [("failed", "Failed"), ("partial", "With refusals"), ("succeeded", "Done"), ("unfinished", "Under way")]
    )
    flow = forms.ChoiceField(
        choices=[("", "Every flow"), *((flow.value, flow.label) for flow in Flow)],
        widget=forms.Select(attrs={"aria-label": "Flow"}),
    )
    kind = forms.ChoiceField(
        choices=[("", "Syncs and calls"), *((kind.value, word + "s") for kind, word in KINDS.items())],
        widget=forms.Select(attrs={"aria-label": "Kind"}),
    )
    partner = PartnerField(widget=forms.Select(attrs={"aria-label": "Partner"}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_as(self, "partner", PartnerField).fill(actor)


class RunList(Listing[SyncRun]):
    """Every attempt to move data, newest first."""

    name = "sync-log"
    noun = ("entry", "entries")
    filters = RunFilters
    sort = "-at"
    empty = "synclog/empty.html"
    columns = (
        Column(
            key="at",
            label="When",
            value=lambda r: r.requested_at,
            sort=("requested_at",),
            link=lambda r: reverse("synclog:run", args=[r.pk]),
        ),
        Column(key="outcome", label="Outcome", value=state_of),
        Column(
            key="what",
            label="What",
            value=lambda r: Flow(r.flow).label,
            under=lambda r: f"{KINDS[Kind(r.kind)]}, {DIRECTIONS[r.direction]}",
        ),
        Column(
            key="partner",
            label="Partner",
            value=lambda r: r.partner or "–",
            under=lambda r: TRIGGERS[Trigger(r.trigger)],
            phone=False,
        ),
        Column(key="counts", label="Records", value=figures, html=bar),
        Column(key="summary", label="In short", value=lambda r: r.summary, phone=False),
    )

    def make_filters(self, data: QueryDict) -> Filters:
        return RunFilters(data, actor=self.request.actor)

    def source(self, chosen: Mapping[str, Any]) -> NewestFirst:
        """The log narrowed by outcome, flow, kind and partner."""
        flow, kind = chosen.get("flow"), chosen.get("kind")
        found = recent_runs(
            acting_user=self.request.actor, flow=Flow(flow) if flow else None, kind=Kind(kind) if kind else None
        )
        if outcome := chosen.get("outcome"):
            found = found.filter(state__in=OUTCOMES[outcome])
        if partner := chosen.get("partner"):
            found = found.filter(Q(connection_id=partner) | Q(application_id=partner))
        return NewestFirst(found, "requested_at")


class RecordFilters(Filters):
    q = SearchField("Aircraft, id or reason")
    verdict = Chips([(verdict.value, verdict.value.capitalize()) for verdict in Verdict if verdict is not Verdict.READ])


class RecordList(Listing[SyncRecord]):
    """The records of one run that somebody may want to look at."""

    name = "records"
    noun = ("record", "records")
    filters = RecordFilters
    sort = "what"
    empty = "synclog/no_records.html"
    columns: tuple[Column[Any], ...] = (
        Column(
            key="what",
            label="Record",
            value=lambda r: r.subject or r.external_id,
            sort=("id",),
            under=lambda r: r.external_id if r.subject else "",
        ),
        Column(key="verdict", label="Outcome", value=lambda r: r.verdict, html=lambda r: verdict_html(r.verdict)),
        Column(key="reason", label="Why", value=lambda r: r.reason),
    )

    def __init__(self, request: PageRequest, run: SyncRun) -> None:
        self.run = run
        super().__init__(request)

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        return FromQuerySet(_records(self.run, chosen))

    def chip_counts(self, name: str, others: Mapping[str, Any]) -> Mapping[str, int]:  # noqa: ARG002 - one chip field
        return dict(_records(self.run, others).order_by().values_list("verdict").annotate(Count("pk")))


class Plan(RecordList):
    """The lines of a dry run."""

    name = "plan"
    columns = (*RecordList.columns, Column(key="change", label="Values", value=change_text, html=change_html))


@page(permission="integrations.view", instead=ELSEWHERE[VIEW])
def runs(request: PageRequest) -> HttpResponseBase:
    """The sync log."""
    return RunList(request).respond("synclog/runs.html")


@page(permission="integrations.view", instead=ELSEWHERE[VIEW])
def run(request: PageRequest, run_id: UUID) -> HttpResponseBase:
    """One run: what came of it, what was refused and why; for a dry run, the plan."""
    detail = run_detail(run_id, acting_user=request.actor)
    listing = (Plan if detail.run.kind == Kind.DRY_RUN else RecordList)(request, detail.run)
    connection = Connection.objects.filter(pk=detail.run.connection_id).first() if detail.run.connection_id else None
    context = _run_context(detail.run) | {"technical": detail.technical, "connection": connection}
    area = area_of(connection.connector) if connection else Area.OPS
    context["may_stop"] = request.actor.may(right(area, MANAGE))
    return listing.respond("synclog/run.html", context)


@page(permission="integrations.view", instead=ELSEWHERE[VIEW])
def run_live(request: PageRequest, run_id: UUID) -> HttpResponse:
    """The moving part of a run's page. When the run has ended, the whole page is read anew."""
    found = run_detail(run_id, acting_user=request.actor).run
    if found.is_finished:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "synclog/live.html", _run_context(found))


@page(permission="integrations.manage_sync", instead=ELSEWHERE[MANAGE])
@require_POST
def run_stop(request: PageRequest, run_id: UUID) -> HttpResponse:
    """End a run after the page it is at."""
    found = run_detail(run_id, acting_user=request.actor).run
    stop_run(found, acting_user=request.actor)
    messages.success(request, "Stopped. What was applied before stays; the next sync goes on from there.")
    return redirect("synclog:run", run_id)


def _run_context(found: SyncRun) -> dict[str, Any]:
    fraction, words = progress(found)
    return {
        "run": found,
        "flow": Flow(found.flow).label,
        "kind": KINDS[Kind(found.kind)],
        "trigger": TRIGGERS[Trigger(found.trigger)],
        "state": STATES[State(found.state)],
        "bar": bar(found),
        "fraction": fraction,
        "words": words,
    }


def _records(found: SyncRun, chosen: Mapping[str, Any]) -> Any:
    records = SyncRecord.objects.filter(run=found)
    if verdict := chosen.get("verdict"):
        records = records.filter(verdict=verdict)
    if text := chosen.get("q"):
        records = records.filter(
            Q(subject__icontains=text) | Q(external_id__icontains=text) | Q(reason__icontains=text)
        )
    return records
