"""One decision for many objects that a directive names, those outside its serial numbers first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hangarlink.maintenance.compliance import actions
from hangarlink.maintenance.compliance.models import Directive
from hangarlink.maintenance.compliance.queries.rows import Narrow, Pair, pairs
from hangarlink.maintenance.compliance.rules.standing import Standing
from hangarlink.maintenance.compliance.rules.words import Because, Verdict
from hangarlink.maintenance.compliance.subjects import find_subject
from hangarlink.web.access import PageRequest, page
from hangarlink.web.compliance.reads import find_directive
from hangarlink.web.forms import Form, refusals_on, sent, show_form

MOST = 100


class TogetherForm(Form):
    """One decision for the marked objects."""

    objects = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="On")
    verdict = forms.ChoiceField(
        choices=[(Verdict.NOT_APPLICABLE.value, "Not applicable"), (Verdict.APPLICABLE.value, "Applicable")],
        widget=forms.RadioSelect, label="It is",
    )  # fmt: skip
    because = forms.ChoiceField(
        choices=[("", "—"), *((one.value, one.label) for one in Because)], required=False, label="Because",
        help_text="When it is not applicable",
    )  # fmt: skip
    reason = forms.CharField(max_length=300, required=False, help_text="Needed when it is not applicable")
    method = forms.CharField(max_length=300, required=False, label="Method of compliance")


@page(permission="compliance.assess")
def together(request: PageRequest, directive_id: UUID) -> HttpResponse:
    """Decide for many objects at once: all of them, or none."""
    found = find_directive(directive_id)
    asked = pairs(Narrow(directive_id=directive_id, states=[Standing.NOT_ASSESSED]), order="object", limit=MOST)
    form = TogetherForm(sent(request), initial=_proposal(asked))
    field: Any = form.fields["objects"]
    field.choices = [(pair.slug, _label(pair)) for pair in asked]
    back = reverse("compliance:directive", args=[directive_id])
    if form.is_valid():
        with refusals_on(form):
            for slug in form.cleaned_data["objects"]:
                _decide(request, found, slug, form.cleaned_data)
            messages.success(request, f"{found}: decided for {len(form.cleaned_data['objects'])}.")
            return redirect(back)
    text = (
        f"The first {MOST} that are not assessed. Those that its serial numbers leave out are marked." if asked else ""
    )
    context = {"thing": str(found), "verb": "Assess together", "text": text or "Everything is assessed.", "back": back}
    return show_form(request, "compliance/step.html", form, context)


def _decide(request: PageRequest, directive: Directive, slug: str, given: dict[str, Any]) -> None:
    on = find_subject(slug).object
    if given["verdict"] == Verdict.APPLICABLE:
        actions.assess_applicable(
            directive, on, method=given["method"], reason=given["reason"], acting_user=request.actor
        )
    else:
        actions.assess_not_applicable(
            directive, on, because=given["because"], reason=given["reason"], acting_user=request.actor
        )


def _proposal(asked: Sequence[Pair]) -> dict[str, Any]:
    out = [pair.slug for pair in asked if pair.proposed]
    if not out:
        return {"verdict": Verdict.APPLICABLE.value}
    reason = "The serial number is outside the range that the directive gives"
    return {
        "objects": out, "verdict": Verdict.NOT_APPLICABLE.value, "because": Because.SERIAL.value, "reason": reason,
    }  # fmt: skip


def _label(pair: Pair) -> str:
    return f"{pair.object_name}, S/N {pair.serial_number or 'unknown'}" + (
        f": {pair.proposed}" if pair.proposed else ""
    )
