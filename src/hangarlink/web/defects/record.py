"""A defect: reported, rectified, closed, reopened."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hangarlink.maintenance.defects.actions import close_defect, rectify_defect, reopen_defect, report_defect
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.rules import LONGEST_DESCRIPTION, Status
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.defects.listing import STATUS_WORDS
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.words import source_words
from hangarlink.web.forms import DayField, Form, MomentField, ReasonField, refusals_on, sent, show_form


class ReportForm(Form):
    """What was found."""

    description = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_DESCRIPTION, label="What was found"
    )
    reported_at = MomentField(label="Reported at")
    reported_by = forms.CharField(max_length=200, required=False)
    ata = forms.CharField(max_length=8, required=False, label="ATA", help_text="32, 32-41 or 32-41-00")
    due_date = DayField(required=False, label="Rectify by")


class RectifyForm(Form):
    """How it was put right."""

    rectification = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="What was done")
    at = MomentField(label="Done at")


class ReopenForm(Form):
    """Why it is open again."""

    reason = ReasonField()


def find_defect(defect_id: UUID) -> Defect:
    """One defect with its aircraft. Raises Missing."""
    found = Defect.objects.select_related("aircraft__aircraft_model").filter(pk=defect_id).first()
    if found is None:
        raise Missing("There is no such defect in this account.")
    return found


@page(permission="defects.view")
def defect(request: PageRequest, defect_id: UUID) -> HttpResponse:
    """One defect."""
    found = find_defect(defect_id)
    context = {"defect": found, "status": STATUS_WORDS[Status(found.status)], "source": source_words(found.source)}
    return render(request, "defects/defect.html", context)


@page(permission="defects.report")
def report(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Report a defect of an aircraft."""
    aircraft = reads.find_aircraft(aircraft_id)
    initial = {"reported_at": timezone.now(), "reported_by": str(request.user)}
    form = ReportForm(sent(request), initial=initial)
    if form.is_valid():
        with refusals_on(form):
            made = report_defect(aircraft, acting_user=request.actor, **form.cleaned_data).defect
            messages.success(request, f"{made} is reported.")
            return redirect("defects:defect", made.pk)
    context = {"aircraft": aircraft, "cancel": reverse("defects:of_aircraft", args=[aircraft_id])}
    return show_form(request, "defects/report.html", form, context)


@page(permission="defects.manage")
def rectify(request: PageRequest, defect_id: UUID) -> HttpResponse:
    """Say how a defect was put right."""
    found = find_defect(defect_id)
    form = RectifyForm(sent(request), initial={"at": timezone.now()})

    def act() -> object:
        return rectify_defect(found, acting_user=request.actor, **form.cleaned_data)

    return _step(request, found, form, act, "Rectify defect", "The repair is recorded; closing completes the record.")


@page(permission="defects.manage")
def close(request: PageRequest, defect_id: UUID) -> HttpResponse:
    """Complete the record of a rectified defect."""
    found = find_defect(defect_id)
    form = Form(sent(request))
    text = "The record is complete then and stays as it is."
    return _step(request, found, form, lambda: close_defect(found, acting_user=request.actor), "Close defect", text)


@page(permission="defects.manage")
def reopen(request: PageRequest, defect_id: UUID) -> HttpResponse:
    """Say that a repair did not hold."""
    found = find_defect(defect_id)
    form = ReopenForm(sent(request))

    def act() -> object:
        return reopen_defect(found, reason=form.cleaned_data["reason"], acting_user=request.actor)

    text = "The repair did not hold: the defect is open again. What was done stays in the audit trail."
    return _step(request, found, form, act, "Reopen defect", text)


def _step(
    request: PageRequest, found: Defect, form: Form, act: Callable[[], object], verb: str, text: str
) -> HttpResponse:
    if form.is_valid():
        with refusals_on(form, {"status": ""}):
            act()
            messages.success(request, f"{found}: done.")
            return redirect("defects:defect", found.pk)
    context: dict[str, Any] = {"defect": found, "verb": verb, "text": text}
    return show_form(request, "defects/step.html", form, context)
