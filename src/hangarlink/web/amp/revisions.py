"""A revision: its tasks, its way through review, and the page on which it is approved."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.maintenance.amp.actions import (
    activate_revision,
    approve_revision,
    discard_revision,
    return_revision,
    submit_revision,
)
from hangarlink.maintenance.amp.contents import before
from hangarlink.maintenance.amp.minimum import weaker_tasks
from hangarlink.maintenance.amp.models import Revision
from hangarlink.maintenance.amp.report import Report, report_of
from hangarlink.maintenance.amp.rules.difference import Fate
from hangarlink.maintenance.amp.rules.life import Stage, Step, steps_from, transition
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.platform.errors import Missing, Refused
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.access import PageRequest, page
from hangarlink.web.amp import reads, words
from hangarlink.web.forms import Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.listing import Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.programme import impact as impact_pages
from hangarlink.web.programme.limit_form import units_by_name
from hangarlink.web.programme.words import CLASS_WORDS

# Items of the report that are drawn, worst first; the API gives all of them.
MOST_DRAWN = 300


class TaskFilters(Filters):
    q = SearchField("Reference, title or source")


class TaskList(Listing[Any]):
    """The tasks of one revision."""

    name = "programme-tasks"
    noun = ("task", "tasks")
    filters = TaskFilters
    sort = "reference"
    page_size = 100
    empty = "amp/tasks_empty.html"

    def __init__(self, request: PageRequest, revision: Revision) -> None:
        super().__init__(request)
        self.revision = revision
        units = units_by_name()

        def text(name: str) -> Callable[[Any], str]:
            return lambda r: words.field_text(name, r.content.get(name), units) if r.content.get(name) else ""

        self.columns = (
            Column(
                key="reference", label="Task", value=lambda r: r.reference, sort=("reference",),
                under=lambda r: r.content["title"], link=lambda r: reverse("programmes:task", args=[r.pk]),
            ),
            Column(key="says", label="When", value=text("schedule"), phone=False),
            Column(
                key="class", label="Class", sort=("content__mandatory_class",), phone=False,
                value=lambda r: CLASS_WORDS[MandatoryClass(r.content["mandatory_class"])],
            ),
            Column(key="effectivity", label="Effectivity", value=text("effectivity"), phone=False),
            Column(key="ata", label="ATA", value=text("ata"), sort=("content__ata",), phone=False),
            Column(
                key="source", label="Source", phone=False,
                value=lambda r: " ".join(filter(None, map(r.content.get, ("source_document", "source_paragraph")))),
            ),
            Column(key="minimum", label="Stands for", value=lambda r: r.minimum_task, shown=False),
            Column(key="title", label="Title", value=lambda r: r.content["title"], sheet=True),
        )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Tasks by text."""
        found = self.revision.tasks.all()
        if text := chosen.get("q"):
            found = found.filter(
                Q(reference__icontains=text) | Q(content__title__icontains=text)
                | Q(content__source_document__icontains=text)
            )  # fmt: skip
        return FromQuerySet(found)


@page(permission="programme.view")
def revision(request: PageRequest, revision_id: UUID) -> HttpResponseBase:
    """One revision with its tasks."""
    found = reads.find_revision(revision_id)
    stage = Stage(found.stage)
    context = {
        "programme": found.programme,
        "revision": found,
        "badge": words.badge(found.stage),
        "may_edit": stage is Stage.DRAFT and request.actor.may("amp.edit"),
        "steps": _steps(stage, request.actor),
        "weaker": weaker_tasks(found) if stage.is_open else {},
    }
    return TaskList(request, found).respond("amp/revision.html", context)


def _steps(stage: Stage, actor: Actor) -> list[tuple[str, str]]:
    """What this person may do with it now, beside reading and editing."""
    offered = [step for step in steps_from(stage) if step in _ACTS and actor.may(transition(stage, step).permission)]
    return [(step.value, words.STEPS[step]) for step in offered]


class StepForm(Form):
    """A step that says why."""

    reason = ReasonField()


# What a step does, and what it will do in words.
_ACTS: dict[Step, tuple[Callable[..., Revision], str]] = {
    Step.SUBMIT: (submit_revision, "It is read by who approves programmes. Its tasks do not change meanwhile."),
    Step.RETURN: (return_revision, "It becomes a draft again, and an approval is void."),
    Step.ACTIVATE: (
        activate_revision,
        (
            "It comes into force now: the revision before is superseded, and every due item of the programme's "
            "aircraft is worked out anew. This cannot be taken back; a further revision can say otherwise."
        ),
    ),
    Step.DISCARD: (discard_revision, "It is given up and stays for the record. This cannot be taken back."),
}
_SAYS_WHY = {Step.RETURN, Step.DISCARD}


@page(permission="amp.edit", instead=("amp.approve",))
def step(request: PageRequest, revision_id: UUID, step: str) -> HttpResponse:
    """Take a revision through a step, once more asked."""
    found = reads.find_revision(revision_id)
    if step not in {one.value for one in _ACTS}:
        raise Missing("There is no such step.")
    wanted = Step(step)
    act, text = _ACTS[wanted]
    form = StepForm(sent(request)) if wanted in _SAYS_WHY else Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            act(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{found.programme} {found}: done.")
            if wanted is Step.ACTIVATE:
                return redirect("programmes:programme", found.programme_id)
            return redirect("programmes:revision", found.pk)
    context = {
        "programme": found.programme, "revision": found, "verb": words.STEPS[wanted], "text": text,
        "danger": "yes" if wanted is Step.DISCARD else "",
    }  # fmt: skip
    return show_form(request, "amp/step.html", form, context)


class ApproveForm(Form):
    """The approval, of the report that is on the page."""

    reference = forms.CharField(max_length=120, required=False, label="Approval reference")
    digest = forms.CharField(max_length=40, widget=forms.HiddenInput)


@page(permission="programme.view")
def report(request: PageRequest, revision_id: UUID) -> HttpResponse:
    """What a revision changes and which due dates it moves; here it is approved."""
    found = reads.find_revision(revision_id)
    if not Stage(found.stage).is_open:
        return _past(request, found)
    form = ApproveForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            approve_revision(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(
                request, f"{found.programme} {found} is approved. It demands nothing before it is activated."
            )
            return redirect("programmes:revision", found.pk)
    return _shown(request, found, form)


def _shown(request: PageRequest, found: Revision, form: ApproveForm) -> HttpResponse:
    may_approve = found.stage == Stage.IN_REVIEW and request.actor.may("amp.approve")
    try:
        made = report_of(found, acting_user=request.actor)
    except Refused as refused:
        return show_form(request, "amp/report.html", form, {**_basics(found), "refused": str(refused)})
    # What is approved is what stands on this page, whatever was sent before.
    approve = ApproveForm(initial={"digest": made.digest, "reference": form.data.get("reference", "")})
    context = {**_basics(found), **_drawn(made), "may_approve": may_approve, "approve": approve}
    return show_form(request, "amp/report.html", form, context)


def _past(request: PageRequest, found: Revision) -> HttpResponse:
    """The report that was read when it was approved."""
    return render(request, "amp/report_kept.html", {**_basics(found), "kept": found.report})


def _basics(found: Revision) -> dict[str, Any]:
    return {
        "programme": found.programme, "revision": found, "badge": words.badge(found.stage), "before": before(found),
        "weaker": weaker_tasks(found) if Stage(found.stage).is_open else {},
    }  # fmt: skip


def _drawn(made: Report) -> dict[str, Any]:
    units = units_by_name()
    because = {line.moved.item_id: line.task for line in made.lines}
    told = impact_pages.drawn(made.impact, shown=len(made.impact.moved))
    moves = [line for line in (*told["overdue"], *told["lines"]) if line.row.item_id in because]
    return {
        "counts": [(words.FATES[fate], len(made.of(fate))) for fate in Fate],
        "tasks": [words.drawn(one, units) for one in made.of(Fate.CHANGED, Fate.ADDED, Fate.REMOVED)],
        "overdue": len(told["overdue"]),
        "moves": len(moves),
        "lines": [(line, words.why(because[line.row.item_id])) for line in moves[:MOST_DRAWN]],
        "more": max(0, len(moves) - MOST_DRAWN),
        "sees_due": made.impact.sees_due,
    }
