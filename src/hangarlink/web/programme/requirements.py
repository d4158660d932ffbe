"""Requirements: the list, a record, what it applies to, and its end."""

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

from hangarlink.maintenance.amp.contents import programme_keeping
from hangarlink.maintenance.programme.actions import apply_requirement, retire_requirement, withdraw_requirement
from hangarlink.maintenance.programme.actions.requirements import Target
from hangarlink.maintenance.programme.models import Applicability, Requirement
from hangarlink.maintenance.programme.queries import Narrow, due_list
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.platform.errors import Missing
from hangarlink.platform.quantities import Unit
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.listing import Chips, Column, Filters, FromQuerySet, Listing, SearchField
from hangarlink.web.programme.limit_form import units_by_name
from hangarlink.web.programme.reads import current_revision, find_requirement, requirements
from hangarlink.web.programme.requirement_forms import TargetForm
from hangarlink.web.programme.satisfactions import links_of
from hangarlink.web.programme.saying import sentence
from hangarlink.web.programme.words import CLASS_WORDS

MOST_ITEMS = 200
TARGETS = ("aircraft_model", "aircraft", "part", "component")


class RequirementFilters(Filters):
    state = Chips([("retired", "Retired")], every="In force")
    q = SearchField("Reference, title or source")
    kind = forms.ChoiceField(
        choices=[("", "Every class"), *((kind.value, word) for kind, word in CLASS_WORDS.items())],
        widget=forms.Select(attrs={"aria-label": "Every class"}),
    )


class RequirementList(Listing[Any]):
    """The programme: what is demanded, and on how many aircraft."""

    name = "requirements"
    noun = ("requirement", "requirements")
    filters = RequirementFilters
    sort = "reference"
    empty = "due/requirements_empty.html"

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        self.units = units_by_name()
        self.columns = (
            Column(
                key="reference", label="Requirement", value=lambda r: r.reference, sort=("reference",),
                link=lambda r: reverse("requirements:requirement", args=[r.pk]), under=lambda r: r.title,
            ),
            Column(key="says", label="Says", value=lambda r: _says(r, self.units), phone=False),
            Column(
                key="class", label="Class", value=lambda r: CLASS_WORDS[MandatoryClass(r.mandatory_class)],
                sort=("mandatory_class",), phone=False,
            ),
            Column(
                key="aircraft", label="Aircraft", value=lambda r: r.item_count, sort=("item_count",), numeric=True,
            ),
            Column(key="ata", label="ATA", value=lambda r: r.ata, sort=("ata",), phone=False),
            Column(
                key="source", label="Source", phone=False, shown=False,
                value=lambda r: " ".join(part for part in (r.source_document, r.source_paragraph) if part),
            ),
            Column(key="title", label="Title", value=lambda r: r.title, sheet=True),
        )  # fmt: skip

    def source(self, chosen: Mapping[str, Any]) -> FromQuerySet:
        """Requirements by text and class, in force or retired."""
        found = requirements().filter(retired_at__isnull=chosen.get("state") != "retired")
        if text := chosen.get("q"):
            found = found.filter(
                Q(reference__icontains=text) | Q(revisions__title__icontains=text)
                | Q(revisions__source_document__icontains=text)
            )  # fmt: skip
        if kind := chosen.get("kind"):
            found = found.filter(revisions__mandatory_class=kind)
        return FromQuerySet(found)


def _says(requirement: Any, units: Mapping[str, Unit]) -> str:
    return sentence(from_json(requirement.schedule), units)


@page(permission="programme.view")
def listing(request: PageRequest) -> HttpResponseBase:
    """Every requirement."""
    return RequirementList(request).respond("due/requirements.html")


@page(permission="programme.view")
def requirement(request: PageRequest, requirement_id: UUID) -> HttpResponse:
    """One requirement: what it says, where it holds, how it came to say that."""
    found = find_requirement(requirement_id)
    revision = current_revision(found)
    items = due_list(Narrow(requirement_id=requirement_id), limit=MOST_ITEMS)
    targets = Applicability.objects.filter(requirement=found).select_related(*TARGETS)
    satisfies, satisfied_by = links_of(found)
    context = {
        "requirement": found,
        "kept_in": programme_keeping(found.pk) if found.kept_by else None,
        "narrowed": effectivity.text(effectivity.from_json(revision.effectivity)),
        "satisfies": satisfies,
        "satisfied_by": satisfied_by,
        "revision": revision,
        "class_words": CLASS_WORDS[MandatoryClass(revision.mandatory_class)],
        "said": sentence(revision.rules, units_by_name()),
        "rows": items.rows,
        "has_more": items.has_more,
        "targets": targets.order_by("aircraft_model__name", "aircraft__registration", "part__part_number", "id"),
        "revisions": found.revisions.order_by("-number"),
    }
    return render(request, "due/requirement.html", context)


@page(permission="programme.edit")
def apply(request: PageRequest, requirement_id: UUID) -> HttpResponse:
    """Demand it of more models or aircraft."""
    found = find_requirement(requirement_id)
    form = TargetForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            for target in form.chosen():
                apply_requirement(found, target, acting_user=request.actor)
            messages.success(request, "Applied. What it demands shows in the due list.")
            return redirect("requirements:requirement", requirement_id)
    return show_form(request, "due/requirement_apply.html", form, {"requirement": found})


class EndForm(Form):
    """Why something is demanded no longer."""

    reason = ReasonField()


@page(permission="programme.edit")
def withdraw(request: PageRequest, requirement_id: UUID, target_id: UUID) -> HttpResponse:
    """Demand it no longer of a model, an aircraft, a part number or a component."""
    found = find_requirement(requirement_id)
    rows = Applicability.objects.select_related(*TARGETS)
    one = rows.filter(requirement=found, pk=target_id).first()
    if one is None:
        raise Missing("It does not apply there any more.")
    target: Target | None = one.aircraft_model or one.aircraft or one.part or one.component
    form = EndForm(sent(request))
    if form.is_valid() and target is not None:
        with refusals_on(form):
            withdraw_requirement(found, target, reason=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, f"Withdrawn from {target}. The history stays.")
            return redirect("requirements:requirement", requirement_id)
    text = f"{target} is no longer asked for it: its due items are closed, unless something else demands them."
    return _end(request, found, form, "Withdraw requirement", text)


@page(permission="programme.edit")
def retire(request: PageRequest, requirement_id: UUID) -> HttpResponse:
    """Demand it no longer of anything."""
    found = find_requirement(requirement_id)
    form = EndForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            retire_requirement(found, reason=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, "Retired. Its history stays.")
            return redirect("requirements:requirement", requirement_id)
    number = found.items.filter(closed_at__isnull=True).count()
    text = (
        f"It ends on {number} aircraft and components: their due items are closed. This cannot be taken back; the "
        "history stays."
    )
    return _end(request, found, form, "Retire requirement", text)


def _end(request: PageRequest, found: Requirement, form: Form, verb: str, text: str) -> HttpResponse:
    return show_form(request, "due/requirement_end.html", form, {"requirement": found, "verb": verb, "text": text})
