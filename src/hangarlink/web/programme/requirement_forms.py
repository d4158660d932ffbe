"""Requirements: added and revised, with a live sentence of what they mean and what they would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.components.models import Component, Item
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, revise_requirement
from hangarlink.maintenance.programme.actions.requirements import Target
from hangarlink.maintenance.programme.models import Requirement, ToleranceClass
from hangarlink.maintenance.programme.rules.codec import ScheduleInvalid, from_json
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.platform.errors import Refused
from hangarlink.platform.quantities import Unit
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import DayField, Form, ReasonField, field_as, refusals_on, sent, show_form
from hangarlink.web.programme.limit_form import units_by_name
from hangarlink.web.programme.limit_tree import LimitTree, begun
from hangarlink.web.programme.reads import current_revision, find_requirement
from hangarlink.web.programme.requirement_preview import AheadForm, preview
from hangarlink.web.programme.schedule_form import ScheduleForm, initial_of, put_problems, schedule_json
from hangarlink.web.programme.words import CLASS_WORDS

TRIED = "preview"


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
    tolerance = forms.ChoiceField(
        required=False, label="Tolerance class", help_text="How far an approved variation may go. None: exact"
    )
    tolerance_source = forms.CharField(
        max_length=120, required=False, label="Tolerance granted in",
        help_text="Of a directive: the paragraph of its text that grants one",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = ToleranceClass.objects.filter(retired_at__isnull=True).order_by("code")
        known = [(one.code, f"{one.code}: {one.name}") for one in classes]
        field_as(self, "tolerance", forms.ChoiceField).choices = [("", "None"), *known]


class AircraftForm(Form):
    """Models and aircraft to choose from."""

    models: "forms.ModelMultipleChoiceField[AircraftModel]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Aircraft models", widget=forms.CheckboxSelectMultiple,
        help_text="Also aircraft of the model that are added later",
    )  # fmt: skip
    aircraft: "forms.ModelMultipleChoiceField[Aircraft]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Single aircraft", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_as(self, "models", forms.ModelMultipleChoiceField).queryset = AircraftModel.objects.order_by("name")
        field_as(self, "aircraft", forms.ModelMultipleChoiceField).queryset = Aircraft.objects.order_by("registration")

    def chosen_aircraft(self) -> list[AircraftModel | Aircraft]:
        """Models, then aircraft."""
        return [*self.cleaned_data["models"], *self.cleaned_data["aircraft"]]


class TargetForm(AircraftForm):
    """What a requirement may apply to."""

    parts: "forms.ModelMultipleChoiceField[Item]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Part numbers", widget=forms.CheckboxSelectMultiple,
        help_text="Every unit, wherever it is, also those added later",
    )  # fmt: skip
    components: "forms.ModelMultipleChoiceField[Component]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="Single components", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tracked = Item.objects.filter(units__component__isnull=False).distinct()
        field_as(self, "parts", forms.ModelMultipleChoiceField).queryset = tracked.order_by("part_number")
        field_as(self, "components", forms.ModelMultipleChoiceField).queryset = Component.objects.order_by("name")

    def chosen(self) -> list[Target]:
        """Models, aircraft, part numbers, then components."""
        return [*self.chosen_aircraft(), *self.cleaned_data["parts"], *self.cleaned_data["components"]]


@dataclass
class Parts:
    """The forms of the page, together."""

    content: ContentForm
    schedule: ScheduleForm
    limits: LimitTree
    targets: TargetForm | None
    ahead: AheadForm
    units: Mapping[str, Unit]
    requirement: Requirement | None = None

    def are_valid(self) -> bool:
        """Every one of them, so that all messages show at once."""
        found = [self.content.is_valid(), self.schedule.is_valid(), self.limits.is_valid()]
        if self.targets:
            found.append(self.targets.is_valid())
        return all(found)

    def checked_schedule(self) -> Schedule | None:
        """The schedule; None after putting what is wrong with it at its inputs."""
        try:
            return from_json(schedule_json(self.schedule, self.limits), counters=self.units.keys())
        except ScheduleInvalid as invalid:
            put_problems(invalid.problems, self.content, self.schedule, self.limits)
            return None

    def says_something(self) -> bool:
        """Whether every limit that is begun has an amount or a date: before that there is nothing to say."""
        if not (self.schedule.is_valid() and self.limits.is_valid()):
            return False
        rows = begun(self.limits)
        return bool(rows) and all(row.is_whole() for row in rows)

    def chosen(self) -> list[Target]:
        """What a new requirement is applied to."""
        return self.targets.chosen() if self.targets and self.targets.is_valid() else []

    def values(self, schedule: Schedule) -> dict[str, Any]:
        """As the actions want it."""
        given = {name: self.content.cleaned_data[name] for name in ContentForm.base_fields if name != "reference"}
        return given | {"schedule": schedule, "alerts": self.limits.alerts()}

    def write(self, request: PageRequest, schedule: Schedule) -> Requirement:
        """Add the requirement and apply it, or make the next revision of the one that stands."""
        values = self.values(schedule)
        if self.requirement is not None:
            reason = self.content.cleaned_data["reason"]
            revise_requirement(self.requirement, reason=reason, acting_user=request.actor, **values)
            return self.requirement
        reference = self.content.cleaned_data["reference"]
        made = add_requirement(reference=reference, acting_user=request.actor, **values)
        for target in self.chosen():
            apply_requirement(made, target, acting_user=request.actor)
        return made

    def try_out(self, request: PageRequest, schedule: Schedule) -> Requirement:
        """The same for a preview, which needs neither name nor reason and is undone."""
        self.content.is_valid()
        given = self.content.cleaned_data
        limits: dict[str, Any] = {
            "schedule": schedule,
            "alerts": self.limits.alerts(),
            "effective_on": given.get("effective_on"),
        }
        if self.requirement is not None:
            revise_requirement(self.requirement, reason=TRIED, acting_user=request.actor, **limits)
            return self.requirement
        kind = given.get("mandatory_class") or "programme"
        return add_requirement(
            reference=f"{TRIED} {uuid4()}", title=TRIED, mandatory_class=kind, acting_user=request.actor, **limits
        )


@page(permission="programme.edit")
def new(request: PageRequest) -> HttpResponse:
    """Add a requirement."""
    asked = {"models": "model", "aircraft": "aircraft", "parts": "part", "components": "component"}
    parts = _parts(sent(request), {field: request.GET.get(name) for field, name in asked.items()})
    context = {"title": "Add requirement", "verb": "Add requirement", "cancel": reverse("due:list")}
    return _answer(request, parts, context, "{} is added.")


@page(permission="programme.edit")
def revise(request: PageRequest, requirement_id: UUID) -> HttpResponse:
    """Make a new revision of a requirement."""
    requirement = find_requirement(requirement_id)
    parts = _revision_parts(sent(request), requirement)
    context = {
        "title": "Revise requirement", "verb": "Make revision", "requirement": requirement,
        "cancel": reverse("requirements:requirement", args=[requirement_id]),
    }  # fmt: skip
    return _answer(request, parts, context, "Revised; every item is worked out anew.")


def _answer(request: PageRequest, parts: Parts, context: Mapping[str, Any], done: str) -> HttpResponse:
    context = {**context, "parts": parts}
    if request.POST.get("preview"):
        return _preview(request, parts)
    if verb := request.POST.get("do", ""):
        parts.limits.change(verb)
        return render(request, "due/requirement_form.html", {**context, "form": parts.content})
    if request.method == "POST" and parts.are_valid() and (schedule := parts.checked_schedule()):
        with refusals_on(parts.content):
            made = parts.write(request, schedule)
            messages.success(request, done.format(made))
            return redirect("requirements:requirement", made.pk)
    return show_form(request, "due/requirement_form.html", parts.content, context)


def _preview(request: PageRequest, parts: Parts) -> HttpResponse:
    if not parts.says_something():
        return render(request, "due/requirement_preview.html")
    try:
        schedule = from_json(schedule_json(parts.schedule, parts.limits), counters=parts.units.keys())
        return preview(
            request, schedule, parts.units,
            write=lambda: parts.try_out(request, schedule), targets=parts.chosen(), aircraft=parts.ahead.aircraft(),
        )  # fmt: skip
    except Refused as refused:
        return render(request, "due/requirement_preview.html", {"refused": str(refused)})


def _parts(data: QueryDict | None, targets: Mapping[str, str | None]) -> Parts:
    units = units_by_name()
    chosen = {name: [value] for name, value in targets.items() if value}
    return Parts(
        ContentForm(data),
        ScheduleForm(data),
        LimitTree(data, units=units),
        TargetForm(data, initial=chosen),
        AheadForm(data),
        units,
    )


def _revision_parts(data: QueryDict | None, requirement: Requirement) -> Parts:
    units = units_by_name()
    stands = current_revision(requirement)
    initial = {name: getattr(stands, name) for name in ContentForm.base_fields if name != "reference"}
    content = ContentForm(data, initial=initial | {"reference": requirement.reference})
    content.fields["reference"].disabled = True
    content.fields["reason"] = ReasonField()
    tree = LimitTree(data, units=units, schedule=stands.rules, alerts=stands.alerts)
    return Parts(
        content, ScheduleForm(data, initial=initial_of(stands.rules)), tree, None, AheadForm(data), units, requirement
    )
