"""Requirements: added and revised, with a live sentence of what they mean and what they would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, revise_requirement
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.queries import Narrow, due_list
from hangarlink.maintenance.programme.rules.codec import ScheduleInvalid, from_json
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.platform.errors import Refused
from hangarlink.platform.quantities import Unit
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.programme.reads import current_revision, find_requirement
from hangarlink.web.programme.saying import sentence
from hangarlink.web.programme.schedule_form import (
    LimitForm,
    LimitRows,
    ScheduleForm,
    alerts_of,
    can_be_typed,
    initial_of,
    put_problems,
    schedule_json,
    units_by_name,
)
from hangarlink.web.programme.words import CLASS_WORDS

# A preview works out every aircraft it would apply to; beyond this it only tells the sentence.
MOST_PREVIEWED = 60
SHOWN = 8


class ContentForm(Form):
    """What a requirement is, apart from its limits."""

    reference = forms.CharField(max_length=60, help_text="As your programme names it: 05-20-01, AD 2020-21-22")
    title = forms.CharField(max_length=200)
    mandatory_class = forms.ChoiceField(
        choices=[(kind.value, word) for kind, word in CLASS_WORDS.items()], label="Class", initial="programme"
    )
    ata = forms.CharField(max_length=8, required=False, label="ATA", help_text="32 or 32-10-00")
    source_document = forms.CharField(max_length=120, required=False, label="Source document")
    source_paragraph = forms.CharField(max_length=120, required=False, label="Paragraph")
    effective_on = DayField(required=False, label="Effective date", help_text="Of a directive")


class TargetForm(Form):
    """What it applies to."""

    models: "forms.ModelMultipleChoiceField[AircraftModel]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Aircraft models", widget=forms.CheckboxSelectMultiple,
        help_text="Also aircraft of the model that are added later",
    )  # fmt: skip
    aircraft: "forms.ModelMultipleChoiceField[Aircraft]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Single aircraft", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["models"].queryset = AircraftModel.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["aircraft"].queryset = Aircraft.objects.order_by("registration")  # type: ignore[attr-defined]

    def chosen(self) -> list[AircraftModel | Aircraft]:
        """Models, then aircraft."""
        return [*self.cleaned_data["models"], *self.cleaned_data["aircraft"]]


@dataclass
class Parts:
    """The forms of the page, together."""

    content: ContentForm
    schedule: ScheduleForm
    limits: "forms.BaseFormSet[LimitForm]"
    targets: TargetForm | None
    units: Mapping[str, Unit]
    is_typed: bool = True

    def are_valid(self) -> bool:
        """Every one of them, so that all messages show at once."""
        found = [self.content.is_valid()]
        if self.is_typed:
            found += [self.schedule.is_valid(), self.limits.is_valid()]
        if self.targets:
            found.append(self.targets.is_valid())
        return all(found)

    def checked_schedule(self) -> Schedule | None:
        """The schedule; None after putting what is wrong with it at its inputs."""
        try:
            return from_json(schedule_json(self.schedule, self.limits), counters=self.units.keys())
        except ScheduleInvalid as invalid:
            put_problems(invalid.problems, self.content, self.limits)
            return None

    def values(self, schedule: Schedule | None) -> dict[str, Any]:
        """As the actions want it."""
        given = {name: self.content.cleaned_data[name] for name in ContentForm.base_fields if name != "reference"}
        return given | ({"schedule": schedule, "alerts": alerts_of(self.limits)} if schedule else {})


@page(permission="programme.edit")
def new(request: PageRequest) -> HttpResponse:
    """Add a requirement."""
    parts = _parts(sent(request), {"models": request.GET.get("model"), "aircraft": request.GET.get("aircraft")})
    if request.POST.get("preview"):
        return _preview(request, parts)
    if request.method == "POST" and parts.are_valid() and (schedule := parts.checked_schedule()):
        with refusals_on(parts.content):
            made = _add(request, parts, schedule)
            messages.success(request, f"{made} is added.")
            return redirect("requirements:requirement", made.pk)
    context = {"title": "Add requirement", "verb": "Add requirement", "cancel": reverse("due:list"), "parts": parts}
    return show_form(request, "due/requirement_form.html", parts.content, context)


@page(permission="programme.edit")
def revise(request: PageRequest, requirement_id: UUID) -> HttpResponse:
    """Make a new revision of a requirement."""
    requirement = find_requirement(requirement_id)
    parts = _revision_parts(sent(request), requirement)
    if request.POST.get("preview"):
        return _preview(request, parts)
    if request.method == "POST" and parts.are_valid():
        schedule = parts.checked_schedule() if parts.is_typed else None
        if schedule or not parts.is_typed:
            with refusals_on(parts.content):
                reason = parts.content.cleaned_data["reason"]
                revise_requirement(requirement, reason=reason, acting_user=request.actor, **parts.values(schedule))
                messages.success(request, "Revised; every item is worked out anew.")
                return redirect("requirements:requirement", requirement_id)
    context = {
        "title": "Revise requirement", "verb": "Make revision", "requirement": requirement, "parts": parts,
        "cancel": reverse("requirements:requirement", args=[requirement_id]),
        "said": sentence(current_revision(requirement).rules, parts.units),
    }  # fmt: skip
    return show_form(request, "due/requirement_form.html", parts.content, context)


def _parts(data: QueryDict | None, targets: Mapping[str, str | None]) -> Parts:
    units = units_by_name()
    first = [{"measure": "counter:airborne"}]
    chosen = {name: [value] for name, value in targets.items() if value}
    return Parts(
        ContentForm(data),
        ScheduleForm(data),
        LimitRows(data, initial=first, prefix="limit", form_kwargs={"units": units}),
        TargetForm(data, initial=chosen),
        units,
    )


def _revision_parts(data: QueryDict | None, requirement: Requirement) -> Parts:
    units = units_by_name()
    stands = current_revision(requirement)
    initial = {name: getattr(stands, name) for name in ContentForm.base_fields if name != "reference"}
    content = ContentForm(data, initial=initial | {"reference": requirement.reference})
    content.fields["reference"].disabled = True
    content.fields["reason"] = ReasonField()
    typed = can_be_typed(stands.rules)
    whole, limits = initial_of(stands.rules, stands.alerts, units) if typed else ({}, [])
    rows = LimitRows(data if typed else None, initial=limits, prefix="limit", form_kwargs={"units": units})
    return Parts(content, ScheduleForm(data if typed else None, initial=whole), rows, None, units, is_typed=typed)


def _add(request: PageRequest, parts: Parts, schedule: Schedule) -> Requirement:
    reference = parts.content.cleaned_data["reference"]
    made = add_requirement(reference=reference, acting_user=request.actor, **parts.values(schedule))
    for target in parts.targets.chosen() if parts.targets else ():
        apply_requirement(made, target, acting_user=request.actor)
    return made


def _preview(request: PageRequest, parts: Parts) -> HttpResponse:
    """The sentence, and on which aircraft it would be due when: everything is done, looked at and undone."""
    context: dict[str, Any] = {}
    if parts.schedule.is_valid() and parts.limits.is_valid() and _says_something(parts):
        try:
            schedule = from_json(schedule_json(parts.schedule, parts.limits), counters=parts.units.keys())
            context = {"said": sentence(schedule, parts.units), **_consequences(request, parts, schedule)}
        except Refused as refused:
            context = {"refused": str(refused)}
    return render(request, "due/requirement_preview.html", context)


def _says_something(parts: Parts) -> bool:
    """Whether every limit that is begun has an amount or a date: before that there is nothing to say."""
    begun = [row for row in parts.limits if row.cleaned_data.get("measure")]
    return bool(begun) and all(row.is_whole() for row in begun)


def _consequences(request: PageRequest, parts: Parts, schedule: Schedule) -> dict[str, Any]:
    if parts.targets is None or not parts.content.is_valid() or not parts.targets.is_valid():
        return {}
    targets = parts.targets.chosen()
    models = [one.pk for one in targets if isinstance(one, AircraftModel)]
    if not targets or Aircraft.objects.filter(aircraft_model__in=models).count() + len(targets) > MOST_PREVIEWED:
        return {}
    with transaction.atomic():
        made = _add(request, parts, schedule)
        found = due_list(Narrow(requirement_id=made.pk), limit=MOST_PREVIEWED)
        transaction.set_rollback(True)
    return {"rows": found.rows[:SHOWN], "more": max(0, len(found.rows) - SHOWN)}
