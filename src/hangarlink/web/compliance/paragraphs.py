"""Paragraphs of a directive, and their limits as a tree."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.maintenance.compliance import actions
from hangarlink.maintenance.compliance.models import DirectiveParagraph
from hangarlink.maintenance.compliance.rules.words import ParagraphKind
from hangarlink.maintenance.programme.rules.codec import ScheduleInvalid, from_json
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.web.access import PageRequest, page
from hangarlink.web.compliance.editing import ReasonForm
from hangarlink.web.compliance.reads import find_directive, find_paragraph
from hangarlink.web.forms import Form, ReasonField, refusals_on, sent, show_form
from hangarlink.web.programme.limit_form import units_by_name
from hangarlink.web.programme.limit_tree import LimitTree
from hangarlink.web.programme.reads import current_revision
from hangarlink.web.programme.schedule_form import ScheduleForm, initial_of, put_problems, schedule_json


class ParagraphForm(Form):
    """A paragraph."""

    code = forms.CharField(max_length=20, required=False, label="Paragraph", help_text="(g); empty for a single one")
    title = forms.CharField(max_length=200, label="What it asks for")
    kind = forms.ChoiceField(choices=[(one.value, one.label) for one in ParagraphKind])


class LimitsForm(Form):
    """Why limits that stand are changed."""


@dataclass
class Limits:
    """The forms of limits, together."""

    schedule: ScheduleForm
    limits: LimitTree

    def checked(self, form: Form) -> Schedule | None:
        """The schedule; None after putting what is wrong with it at its inputs."""
        if not all([form.is_valid(), self.schedule.is_valid(), self.limits.is_valid()]):
            return None
        try:
            return from_json(schedule_json(self.schedule, self.limits), counters=self.limits.units.keys())
        except ScheduleInvalid as invalid:
            put_problems(invalid.problems, form, self.schedule, self.limits)
            return None


@page(permission="compliance.edit")
def new(request: PageRequest, directive_id: UUID) -> HttpResponse:
    """Add a paragraph; its limits come next."""
    found, form = find_directive(directive_id), ParagraphForm(sent(request))
    back = reverse("compliance:directive", args=[directive_id])
    if form.is_valid():
        with refusals_on(form):
            made = actions.add_paragraph(found, acting_user=request.actor, **form.cleaned_data)
            if made.kind == ParagraphKind.ACTION:
                return redirect("compliance:limits", made.pk)
            messages.success(request, "Added.")
            return redirect(back)
    text = "One part of the directive that asks for something. Its limits come on the next page."
    context = {"thing": str(found), "verb": "Add paragraph", "text": text, "back": back}
    return show_form(request, "compliance/step.html", form, context)


@page(permission="compliance.edit")
def limits(request: PageRequest, paragraph_id: UUID) -> HttpResponse:
    """Enter or correct the limits of a paragraph."""
    row = find_paragraph(paragraph_id)
    form, parts = _limits_forms(request, row)
    context = {
        "paragraph": row, "directive": row.directive, "parts": parts, "verb": "Save limits",
        "cancel": reverse("compliance:directive", args=[row.directive_id]),
    }  # fmt: skip
    if verb := request.POST.get("do", ""):
        parts.limits.change(verb)
        return show_form(request, "compliance/limits.html", form, context)
    if request.method == "POST" and (schedule := parts.checked(form)):
        with refusals_on(form):
            reason = form.cleaned_data.get("reason", "")
            actions.change_limits(row, schedule=schedule, reason=reason, acting_user=request.actor)
            messages.success(request, "The limits are kept. What applies is worked out anew.")
            return redirect("compliance:directive", row.directive_id)
    return show_form(request, "compliance/limits.html", form, context)


@page(permission="compliance.edit")
def retire(request: PageRequest, paragraph_id: UUID) -> HttpResponse:
    """It is not in the directive any more."""
    row, form = find_paragraph(paragraph_id), ReasonForm(sent(request))
    back = reverse("compliance:directive", args=[row.directive_id])
    if form.is_valid():
        with refusals_on(form):
            actions.retire_paragraph(row, reason=form.cleaned_data["reason"], acting_user=request.actor)
            messages.success(request, "Taken out. Its history stays.")
            return redirect(back)
    text = "Nothing is demanded under this paragraph any more, on any object; its history stays."
    context = {"thing": f"{row.directive} {row}", "verb": "Take paragraph out", "text": text, "back": back}
    return show_form(request, "compliance/step.html", form, context)


def _limits_forms(request: PageRequest, row: DirectiveParagraph) -> tuple[LimitsForm, Limits]:
    data, units = sent(request), units_by_name()
    form = LimitsForm(data)
    if row.requirement is None:
        initial = {"basis": "actual"}
        return form, Limits(ScheduleForm(data, initial=initial), LimitTree(data, units=units))
    form.fields["reason"] = ReasonField()
    stands = current_revision(row.requirement)
    tree = LimitTree(data, units=units, schedule=stands.rules, alerts=stands.alerts)
    return form, Limits(ScheduleForm(data, initial=initial_of(stands.rules)), tree)
