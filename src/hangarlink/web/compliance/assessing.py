"""A directive on one object: how it stands, and the steps from there."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.compliance import actions
from hangarlink.maintenance.compliance.actions.demanding import actions_of
from hangarlink.maintenance.compliance.actions.holding import pair_of
from hangarlink.maintenance.compliance.models import Amoc, Credit, Decision, Directive, DirectiveParagraph
from hangarlink.maintenance.compliance.queries.report import entries
from hangarlink.maintenance.compliance.queries.rows import Pair
from hangarlink.maintenance.compliance.rules.standing import STEPS
from hangarlink.maintenance.compliance.rules.words import Because
from hangarlink.maintenance.compliance.subjects import Subject, find_subject
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import Accomplishment
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.choices import LongChoiceField
from hangarlink.web.compliance.editing import AREA, ReasonForm
from hangarlink.web.compliance.reads import current_of, find_directive
from hangarlink.web.compliance.words import next_text, product_text, standing_cell, value_text
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, sent, show_form

if TYPE_CHECKING:
    _Paragraphs = forms.ModelMultipleChoiceField[DirectiveParagraph]
else:
    _Paragraphs = forms.ModelMultipleChoiceField


class ParagraphsField(_Paragraphs):
    """Paragraphs of the directive, all of them marked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=None, widget=forms.CheckboxSelectMultiple, label="Paragraphs", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Code and title."""
        return f"{obj.code} {obj.title}".strip()


class ApplicableForm(Form):
    """It applies."""

    paragraphs = ParagraphsField()
    method = forms.CharField(max_length=300, required=False, label="Method of compliance")
    reason = forms.CharField(max_length=300, required=False, label="Why it applies")


class NotApplicableForm(Form):
    """It does not apply."""

    because = forms.ChoiceField(choices=[(one.value, one.label) for one in Because], label="Because")
    reason = forms.CharField(
        max_length=300, help_text="As an auditor would read it: the serial number, the part, the modification"
    )


class TerminateForm(Form):
    """What ends it."""

    method = forms.CharField(max_length=300, label="What was done", help_text="And under which paragraph")
    reference = forms.CharField(max_length=120, help_text="Of the release or the modification")
    done_on = DayField(label="Done on")


class AmocForm(Form):
    """An alternative method of compliance."""

    reference = forms.CharField(max_length=60)
    approved_by = forms.CharField(max_length=120, label="Approved by")
    approved_on = DayField(label="Approved on")
    valid_until = DayField(required=False, label="Valid until", help_text="After that day it must be assessed again")
    paragraphs = ParagraphsField()
    scope = forms.CharField(widget=AREA, help_text="As it is approved: it is valid in it and nowhere else")


class WorkField(LongChoiceField):
    """Work on record: under what, when, released by what."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as "AD 2019-06-06 (g), 2025-12-10 CRS 12"."""
        return f"{obj.item.requirement}, {obj.on:%Y-%m-%d} {obj.certificate}".strip()


class CreditForm(Form):
    """Work that counts."""

    paragraph = LongChoiceField(empty_label="Choose the paragraph", label="Counts for")
    earlier = WorkField(empty_label="Choose the work", label="Work on record")
    reason = ReasonField(label="Why it counts", help_text="The paragraph that accepts it. Kept with your name.")


@page(permission="compliance.view")
def assessment(request: PageRequest, directive_id: UUID, on: str) -> HttpResponse:
    """How a directive stands on an object, what was done, and what comes next."""
    found, subject, pair = _found(directive_id, on)
    (entry,) = entries([pair], today())
    history = Decision.objects.filter(directive=found, **subject.columns).select_related("revision")
    credits = Credit.objects.filter(directive=found, given__in=[p.done.chain for p in entry.parts if p.done])
    context = {
        "directive": found,
        "revision": current_of(found),
        "subject": subject,
        "pair": pair,
        "entry": entry,
        "shape": standing_cell(pair),
        "product": product_text(pair),
        "parts": [
            {"part": part, "next": next_text(part), "values": ", ".join(value_text(one) for one in part.values)}
            for part in entry.parts
        ],
        "steps": {step for step, states in STEPS.items() if pair.state in states},
        "history": history.order_by("-decided_at"),
        "amocs": Amoc.objects.filter(directive=found, **subject.columns).order_by("-recorded_at"),
        "credits": {one.given: one.source for one in credits},
        "is_aircraft": isinstance(subject.object, Aircraft),
    }
    return render(request, "compliance/assessment.html", context)


@page(permission="compliance.assess")
def applicable(request: PageRequest, directive_id: UUID, on: str) -> HttpResponse:
    """It applies."""
    found, subject, _ = _found(directive_id, on)
    form = ApplicableForm(sent(request), initial={"paragraphs": actions_of(found)})
    _offer_paragraphs(form, found)

    def act() -> object:
        return actions.assess_applicable(found, subject.object, acting_user=request.actor, **form.cleaned_data)

    text = "Its limits become due items, counted as the directive says. What it supersedes ends here."
    return _step(request, found, subject, form, act, "Applicable", text)


@page(permission="compliance.assess")
def not_applicable(request: PageRequest, directive_id: UUID, on: str) -> HttpResponse:
    """It does not apply."""
    found, subject, pair = _found(directive_id, on)
    initial = {"because": Because.SERIAL.value, "reason": pair.proposed} if pair.proposed else {}
    form = NotApplicableForm(sent(request), initial=initial)

    def act() -> object:
        return actions.assess_not_applicable(found, subject.object, acting_user=request.actor, **form.cleaned_data)

    text = (
        "The reason stands in the status list. It is asked for again when the serial number or the directive changes."
    )
    return _step(request, found, subject, form, act, "Not applicable", text)


@page(permission="compliance.assess")
def ends(request: PageRequest, directive_id: UUID, on: str) -> HttpResponse:
    """A terminating action was done."""
    found, subject, _ = _found(directive_id, on)
    form = TerminateForm(sent(request), initial={"done_on": timezone.now().date()})

    def act() -> object:
        return actions.terminate(found, subject.object, acting_user=request.actor, **form.cleaned_data)

    return _step(request, found, subject, form, act, "Terminate", "Nothing repeats any more; the history stays.")


@page(permission="compliance.assess")
def again(request: PageRequest, directive_id: UUID, on: str) -> HttpResponse:
    """The decision does not hold."""
    found, subject, _ = _found(directive_id, on)
    form = ReasonForm(sent(request))

    def act() -> object:
        reason = form.cleaned_data["reason"]
        return actions.reopen(found, subject.object, reason=reason, acting_user=request.actor)

    text = "It is not assessed then, and where it binds the aircraft is unknown until it is."
    return _step(request, found, subject, form, act, "Take decision back", text)


@page(permission="compliance.assess")
def amoc(request: PageRequest, directive_id: UUID, on: str) -> HttpResponse:
    """Record an approved alternative method that keeps the directive's limits."""
    found, subject, _ = _found(directive_id, on)
    form = AmocForm(sent(request), initial={"paragraphs": actions_of(found)})
    _offer_paragraphs(form, found)

    def act() -> object:
        return actions.record_amoc(found, subject.object, acting_user=request.actor, **form.cleaned_data)

    text = "Another way to comply, at the directive's own times. One with times of its own is recorded by the API."
    return _step(request, found, subject, form, act, "Record AMOC", text)


@page(permission="compliance.assess")
def withdraw(request: PageRequest, amoc_id: UUID) -> HttpResponse:
    """It holds no longer."""
    row = Amoc.objects.select_related("directive").filter(pk=amoc_id).first()
    if row is None:
        raise Missing("There is no such AMOC in this account.")
    held = row
    subject = find_subject(f"component-{row.component_id}" if row.component_id else f"aircraft-{row.aircraft_id}")
    form = ReasonForm(sent(request))

    def act() -> object:
        return actions.withdraw_amoc(held, reason=form.cleaned_data["reason"], acting_user=request.actor)

    return _step(request, row.directive, subject, form, act, "Withdraw AMOC", "The directive's own limits apply again.")


@page(permission="compliance.assess")
def credit(request: PageRequest, directive_id: UUID, on: str) -> HttpResponse:
    """Let work on record count for it."""
    found, subject, _ = _found(directive_id, on)
    form = CreditForm(sent(request))
    limited = found.paragraphs.filter(retired_at=None, requirement__isnull=False).order_by("position")
    form.fields["paragraph"].queryset = limited  # type: ignore[attr-defined]  # of a model choice
    on_object = Q(item__component=subject.columns["component_id"]) & Q(item__component__isnull=False)
    if subject.columns["aircraft_id"]:
        on_object = Q(item__aircraft=subject.columns["aircraft_id"], item__component__isnull=True)
    earlier = Accomplishment.objects.filter(on_object, superseded_at__isnull=True, is_withdrawn=False).exclude(
        item__requirement__in=limited.values("requirement")
    )
    form.fields["earlier"].queryset = earlier.select_related("item__requirement").order_by("-due_reference")  # type: ignore[attr-defined]  # of a model choice

    def act() -> object:
        given = form.cleaned_data
        return actions.give_credit(
            given["paragraph"], subject.object, given["earlier"], reason=given["reason"], acting_user=request.actor
        )

    text = "The work is recorded for this directive with its own day and values; what is next follows from it."
    return _step(request, found, subject, form, act, "Give credit", text)


def _found(directive_id: UUID, on: str) -> tuple[Directive, Subject, Pair]:
    found, subject = find_directive(directive_id), find_subject(on)
    pair = pair_of(found, subject)
    if pair is None:
        raise Missing(f"{found} does not name {subject.name}, or was cancelled.")
    return found, subject, pair


def _offer_paragraphs(form: Form, found: Directive) -> None:
    rows = DirectiveParagraph.objects.filter(directive=found, retired_at=None, requirement__isnull=False)
    form.fields["paragraphs"].queryset = rows.order_by("position", "code")  # type: ignore[attr-defined]  # of a model choice


def _step(
    request: PageRequest,
    found: Directive,
    subject: Subject,
    form: Form,
    act: Callable[[], object],
    verb: str,
    text: str,
) -> HttpResponse:
    back = reverse("compliance:assessment", args=[found.pk, subject.slug])
    if form.is_valid():
        with refusals_on(form):
            act()
            messages.success(request, f"{found} on {subject.name}: done.")
            return redirect(back)
    context = {"thing": f"{found} on {subject.name}", "verb": verb, "text": text, "back": back}
    return show_form(request, "compliance/step.html", form, context)
