"""Tasks of a draft: added, changed, taken out, with the sentence of what they mean."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.fleet.reference import chapters
from hangarlink.maintenance.amp.actions import put_task, remove_task
from hangarlink.maintenance.amp.contents import content_of
from hangarlink.maintenance.amp.models import Revision, Task
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.maintenance.programme.rules.effectivity import Effectivity
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.platform.errors import Refused, RuleBroken
from hangarlink.web.access import PageRequest, page
from hangarlink.web.amp import reads, words
from hangarlink.web.amp.library import library_task
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.programme.limit_form import units_by_name
from hangarlink.web.programme.limit_tree import LimitTree
from hangarlink.web.programme.requirement_forms import ContentForm, Parts
from hangarlink.web.programme.requirement_preview import AheadForm, preview
from hangarlink.web.programme.saying import sentence
from hangarlink.web.programme.schedule_form import ScheduleForm, initial_of, schedule_json

_EFFECTIVITY = ("serials", "but", "post", "pre")


class TaskForm(ContentForm):
    """What a task is, apart from its limits."""

    serials = forms.CharField(
        required=False, max_length=2_000, label="Serial numbers", help_text="101 to 250, 300, 400 on. Empty: all"
    )
    but = forms.CharField(required=False, max_length=2_000, label="But not")
    post = forms.CharField(
        required=False, max_length=1_000, label="Only with", help_text="Modifications, all embodied: SB 32-01; STC 1"
    )
    pre = forms.CharField(required=False, max_length=1_000, label="Only without", help_text="None of them embodied")
    minimum_task = forms.CharField(
        required=False, max_length=38, label="Stands for", help_text="Task of the minimum programme"
    )
    field_order = ("reference", "title", "mandatory_class")

    def __init__(self, data: QueryDict | None, revision: Revision, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reference"].max_length = 38  # type: ignore[attr-defined]
        self.fields["ata"].widget.attrs["list"] = "ata-chapters"
        self.fields["reference"].help_text = "As the source names it: 05-20-01, Phase 2"
        if revision.programme.minimum is None:
            del self.fields["minimum_task"]

    def clean_serials(self) -> Any:
        return self._ranges("serials")

    def clean_but(self) -> Any:
        return self._ranges("but")

    def effectivity(self) -> dict[str, Any]:
        """As the task keeps it."""
        given = self.cleaned_data
        narrowed = Effectivity(
            serials=given["serials"], but=given["but"], post=_codes(given["post"]), pre=_codes(given["pre"])
        )
        return effectivity.to_json(narrowed)

    def _ranges(self, name: str) -> Any:
        try:
            return effectivity.ranges_from(self.cleaned_data[name], field=name)
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken)) from broken


def _codes(said: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in said.replace(",", ";").split(";") if part.strip())


class TaskParts(Parts):
    """The forms of a task's page."""

    def values(self, schedule: Schedule) -> dict[str, Any]:
        """As the action wants it: all of the task."""
        given = super().values(schedule)
        form = self.content
        if isinstance(form, TaskForm):
            given["effectivity"] = form.effectivity()
            given["minimum_task"] = form.cleaned_data.get("minimum_task", "")
        return given


@page(permission="programme.view")
def task(request: PageRequest, task_id: UUID) -> HttpResponse:
    """One task as its revision says it."""
    found = reads.find_task(task_id)
    units = units_by_name()
    names = [name for name in words.FIELDS if name != "minimum_task"]
    context = {
        "programme": found.revision.programme,
        "revision": found.revision,
        "task": found,
        "facts": [(words.FIELDS[n], words.field_text(n, found.content.get(n), units)) for n in names],
        "may_edit": found.revision.stage == Stage.DRAFT and request.actor.may("amp.edit"),
    }
    return render(request, "amp/task.html", context)


@page(permission="amp.edit")
def new(request: PageRequest, revision_id: UUID) -> HttpResponse:
    """Add a task to a draft."""
    found = reads.find_revision(revision_id)
    like = request.GET.get("like")
    if like and request.method == "GET":
        parts = _parts_of(None, found, library_task(like))
        return _edit(request, found, parts, None)
    data, units = sent(request), units_by_name()
    tree = LimitTree(data, units=units)
    parts = TaskParts(TaskForm(data, found), ScheduleForm(data), tree, None, AheadForm(data), units)
    return _edit(request, found, parts, None)


@page(permission="amp.edit")
def change(request: PageRequest, task_id: UUID) -> HttpResponse:
    """Say anew what a task of a draft says."""
    found = reads.find_task(task_id)
    parts = _parts_of(sent(request), found.revision, found)
    parts.content.fields["reference"].disabled = True
    return _edit(request, found.revision, parts, found)


def _parts_of(data: QueryDict | None, revision: Revision, found: Task) -> TaskParts:
    """The forms as a task fills them: that of the draft itself, or one of the library to begin with."""
    units = units_by_name()
    content = content_of(found)
    schedule = from_json(content["schedule"])
    narrowed = effectivity.from_json(content.get("effectivity", {}))
    initial = content | {
        "reference": found.reference,
        "minimum_task": found.minimum_task,
        "serials": effectivity.ranges_text(narrowed.serials),
        "but": effectivity.ranges_text(narrowed.but),
        "post": "; ".join(narrowed.post),
        "pre": "; ".join(narrowed.pre),
    }
    form = TaskForm(data, revision, initial=initial)
    tree = LimitTree(data, units=units, schedule=schedule, alerts=content.get("alerts", {}))
    return TaskParts(form, ScheduleForm(data, initial=initial_of(schedule)), tree, None, AheadForm(data), units)


def _edit(request: PageRequest, found: Revision, parts: TaskParts, stands: Task | None) -> HttpResponse:
    if request.POST.get("preview"):
        return _preview(request, parts)
    if verb := request.POST.get("do", ""):
        parts.limits.change(verb)
        return render(request, "amp/task_form.html", _context(found, parts, stands) | {"form": parts.content})
    if request.method == "POST" and parts.are_valid() and (schedule := parts.checked_schedule()):
        with refusals_on(parts.content):
            reference = parts.content.cleaned_data["reference"]
            put_task(found, reference, acting_user=request.actor, **parts.values(schedule))
            messages.success(request, f"{reference} is in the draft.")
            return redirect("programmes:revision", found.pk)
    return show_form(request, "amp/task_form.html", parts.content, _context(found, parts, stands))


def _preview(request: PageRequest, parts: TaskParts) -> HttpResponse:
    """The sentence; for who may also make requirements, the next dues on an aircraft."""
    if not parts.says_something():
        return render(request, "due/requirement_preview.html")
    try:
        schedule = from_json(schedule_json(parts.schedule, parts.limits), counters=parts.units.keys())
        if not request.actor.may("programme.edit"):
            return render(request, "due/requirement_preview.html", {"said": sentence(schedule, parts.units)})
        return preview(
            request, schedule, parts.units,
            write=lambda: parts.try_out(request, schedule), targets=(), aircraft=parts.ahead.aircraft(),
        )  # fmt: skip
    except Refused as refused:
        return render(request, "due/requirement_preview.html", {"refused": str(refused)})


def _context(found: Revision, parts: TaskParts, stands: Task | None) -> dict[str, Any]:
    return {
        "programme": found.programme, "revision": found, "task": stands, "parts": parts,
        "effectivity": [parts.content[name] for name in _EFFECTIVITY],
        "verb": "Save task" if stands else "Add task", "chapters": chapters(),
    }  # fmt: skip


@page(permission="amp.edit")
def remove(request: PageRequest, task_id: UUID) -> HttpResponse:
    """Take a task out of a draft."""
    found = reads.find_task(task_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            remove_task(found, acting_user=request.actor)
            messages.success(request, f"{found} is taken out of the draft.")
            return redirect("programmes:revision", found.revision_id)
    context = {
        "programme": found.revision.programme, "revision": found.revision, "verb": "Take out", "danger": "yes",
        "text": f"{found} {found.content['title']} is taken out of the draft. If it is in force, activating the draft "
        "ends it on every aircraft of the programme.",
        "cancel": reverse("programmes:task", args=[task_id]),
    }  # fmt: skip
    return show_form(request, "amp/step.html", form, context)
