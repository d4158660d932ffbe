"""Programmes: the list, a record, what it is assigned to."""

from collections.abc import Mapping
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
    add_programme,
    assign_programme,
    change_programme,
    draft_revision,
    unassign_programme,
)
from hangarlink.maintenance.amp.models import OPEN_STAGES, Assignment, Programme
from hangarlink.maintenance.amp.reviewing import aircraft_under
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.maintenance.programme.days import today
from hangarlink.platform.errors import Missing
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.amp import reads, words
from hangarlink.web.forms import Form, ReasonField, field_as, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.programme.requirement_forms import AircraftForm

_KINDS = [("active", "In force"), ("open", "Revision on its way"), ("minimum", "Minimum programmes")]


class ProgrammeFilters(Filters):
    kind = Chips(_KINDS)
    q = SearchField("Code or name")


class ProgrammeList(Listing[Any]):
    """Every maintenance programme, and where its revisions stand."""

    name = "maintenance-programmes"
    noun = ("programme", "programmes")
    filters = ProgrammeFilters
    sort = "code"
    empty = "amp/empty.html"
    columns = (
        Column(
            key="code", label="Programme", value=lambda r: r.code, sort=("code",), under=lambda r: r.name,
            link=lambda r: reverse("programmes:programme", args=[r.pk]),
        ),
        Column(
            key="active", label="In force", sort=("active_number",),
            value=lambda r: f"revision {r.active_number}" if r.active_number else None,
            html=lambda r: formats.show(f"revision {r.active_number}" if r.active_number else "nothing yet"),
        ),
        Column(
            key="open", label="On its way", sort=("open_stage",),
            value=lambda r: words.badge(r.open_stage) if r.open_stage else None,
        ),
        Column(key="tasks", label="Tasks", value=lambda r: r.task_count or 0, sort=("task_count",), numeric=True),
        Column(
            key="assigned", label="Assigned to", value=lambda r: r.assigned_count or 0, sort=("assigned_count",),
            numeric=True, phone=False,
        ),
        Column(key="review", label="Review by", value=lambda r: r.review_next, sort=("review_next",), phone=False),
        Column(key="name", label="Name", value=lambda r: r.name, sheet=True),
        Column(key="example", label="Example", value=lambda r: r.is_example, shown=False),
    )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Programmes by text and by where they stand."""
        found = reads.programmes()
        if text := chosen.get("q"):
            found = found.filter(Q(code__icontains=text) | Q(name__icontains=text))
        narrow = {
            "active": {"active_number__isnull": False},
            "open": {"open_number__isnull": False},
            "minimum": {"is_minimum": True},
        }.get(chosen.get("kind", ""), {})
        return FromQuerySet(found.filter(**narrow))


@page(permission="programme.view")
def listing(request: PageRequest) -> HttpResponseBase:
    """All maintenance programmes."""
    return ProgrammeList(request).respond("amp/list.html", {})


@page(permission="programme.view")
def programme(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """One programme: what is in force, what is on its way, where it holds."""
    found = reads.find_programme(programme_id)
    revisions = list(found.revisions.order_by("-number"))
    reviews = list(found.reviews.order_by("-held_on"))
    targets = found.assignments.select_related("aircraft_model", "aircraft")
    active = next((one for one in revisions if one.stage == Stage.ACTIVE), None)
    context = {
        "programme": found,
        "active": active,
        "underway": next((one for one in revisions if one.stage in OPEN_STAGES), None),
        "revisions": [(one, words.badge(one.stage)) for one in revisions],
        "targets": targets.order_by("aircraft_model__name", "aircraft__registration"),
        "aircraft": aircraft_under(found),
        "reviews": reviews,
        "review_due": reviews[0].next_on if reviews else None,
        "review_late": bool(active) and (not reviews or reviews[0].next_on < today()),
    }
    return render(request, "amp/programme.html", context)


class ProgrammeForm(Form):
    """What a programme is."""

    code = forms.CharField(max_length=20, help_text="Short: AMP-172. Its requirements are named by it")
    name = forms.CharField(max_length=200)
    minimum: "forms.ModelChoiceField[Programme]" = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="None", label="Minimum programme",
        help_text="No interval may be weaker than the one of the minimum programme that it stands for",
    )  # fmt: skip
    is_minimum = forms.BooleanField(required=False, label="This is a minimum programme: others are compared with it")
    description = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_as(self, "minimum", forms.ModelChoiceField).queryset = Programme.objects.filter(is_minimum=True)


@page(permission="amp.edit")
def new(request: PageRequest) -> HttpResponse:
    """Add a programme, with its first draft."""
    form = ProgrammeForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            made = add_programme(acting_user=request.actor, **form.cleaned_data)
            draft = draft_revision(made, summary="First issue", acting_user=request.actor)
            messages.success(request, f"{made} is added, with an empty draft. Add its tasks, or import a spreadsheet.")
            return redirect("programmes:revision", draft.pk)
    return _form(request, form, "Add maintenance programme", "Add programme", reverse("programmes:list"))


@page(permission="amp.edit")
def change(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Change name, description and the minimum programme."""
    found = reads.find_programme(programme_id)
    values = {name: getattr(found, name) for name in ("code", "name", "minimum", "is_minimum", "description")}
    form = ProgrammeForm(sent(request), initial=values)
    for name in ("code", "is_minimum"):
        form.fields[name].disabled = True
    if form.is_valid():
        with refusals_on(form):
            given = {name: form.cleaned_data[name] for name in ("name", "minimum", "description")}
            change_programme(found, acting_user=request.actor, **given)
            messages.success(request, "Saved.")
            return redirect("programmes:programme", programme_id)
    return _form(request, form, "Maintenance programme", "Save", reverse("programmes:programme", args=[programme_id]))


def _form(request: PageRequest, form: Form, title: str, verb: str, cancel: str) -> HttpResponse:
    return show_form(request, "amp/programme_form.html", form, {"title": title, "verb": verb, "cancel": cancel})


@page(permission="amp.edit")
def draft(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Begin the next revision."""
    found = reads.find_programme(programme_id)
    form = DraftForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            made = draft_revision(found, summary=form.cleaned_data["summary"], acting_user=request.actor)
            return redirect("programmes:revision", made.pk)
    context = {
        "programme": found, "verb": "Draft revision",
        "text": "The draft begins with the tasks in force. Nothing is demanded of any aircraft before it is approved "
        "and activated.",
    }  # fmt: skip
    return show_form(request, "amp/step.html", form, context)


class DraftForm(Form):
    """Why there is a new revision."""

    summary = forms.CharField(max_length=300, required=False, label="What it changes and why")


@page(permission="amp.approve")
def assign(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Let it hold for more models or aircraft."""
    found = reads.find_programme(programme_id)
    form = AircraftForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            for target in form.chosen_aircraft():
                assign_programme(found, target, acting_user=request.actor)
            messages.success(request, "Assigned. What is in force there shows in the due list.")
            return redirect("programmes:programme", programme_id)
    return show_form(request, "amp/assign.html", form, {"programme": found})


class EndForm(Form):
    """Why it holds there no longer."""

    reason = ReasonField()


@page(permission="amp.approve")
def unassign(request: PageRequest, programme_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Let it hold there no longer."""
    found = reads.find_programme(programme_id)
    rows = Assignment.objects.select_related("aircraft_model", "aircraft")
    one = rows.filter(programme=found, pk=assignment_id).first()
    if one is None:
        raise Missing("It is not assigned there any more.")
    form = EndForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            unassign_programme(found, one.target, reason=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, f"{found} no longer holds for {one.target}. The history stays.")
            return redirect("programmes:programme", programme_id)
    context = {
        "programme": found, "verb": "Take back", "danger": "yes",
        "text": f"{one.target} is no longer asked for the tasks of {found}: their due items are closed, unless "
        "something else demands them.",
    }  # fmt: skip
    return show_form(request, "amp/step.html", form, context)
