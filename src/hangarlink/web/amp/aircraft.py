"""One aircraft: which programmes hold for it, what their effectivity leaves out, and its modifications."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.amp.models import Assignment, Revision
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.maintenance.programme.actions.modifications import record_modification, remove_modification
from hangarlink.maintenance.programme.models import DueItem, Modification
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.forms import DayField, Form, ReasonField, refusals_on, show_form
from hangarlink.web.programme.impact import consequences, is_preview, typed


@page(permission="programme.view")
def aircraft(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """What is approved for it, what is not meant for it, and how it is modified."""
    found = reads.find_aircraft(aircraft_id)
    wanted = Q(aircraft=found) | Q(aircraft_model=found.aircraft_model_id)
    programmes = Assignment.objects.filter(wanted).values_list("programme_id", flat=True)
    active = Revision.objects.filter(programme_id__in=list(programmes), stage=Stage.ACTIVE)
    left_out = DueItem.objects.filter(aircraft=found).exclude(left_out="").select_related("requirement", "revision")
    context = {
        "aircraft": found,
        "revisions": active.select_related("programme").order_by("programme__code"),
        "left_out": left_out.order_by("requirement__reference"),
        "modifications": Modification.objects.filter(aircraft=found).order_by("removed_on", "code"),
    }
    return render(request, "amp/aircraft.html", context)


class ModificationForm(Form):
    """What was embodied, when, under what."""

    code = forms.CharField(max_length=60, label="Number", help_text="As tasks name it: SB 32-01, STC SA01234")
    title = forms.CharField(max_length=200, required=False)
    embodied_on = DayField(label="Embodied on")
    approval = forms.CharField(max_length=120, required=False, label="Approval or release")


@page(permission="programme.record")
def embody(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Record a modification."""
    found = reads.find_aircraft(aircraft_id)
    form = ModificationForm(typed(request))
    if is_preview(request):
        return consequences(
            request, form, lambda: record_modification(found, acting_user=request.actor, **form.cleaned_data)
        )
    if form.is_valid():
        with refusals_on(form):
            made = record_modification(found, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{made} is embodied in {found}. What is demanded of it is worked out anew.")
            return redirect("programmes:aircraft", aircraft_id)
    return _form(request, found, form, "Record modification", "Record")


class RemovalForm(Form):
    """When it was taken out again, and why."""

    removed_on = DayField(label="Removed on")
    reason = ReasonField()


@page(permission="programme.record")
def remove(request: PageRequest, aircraft_id: UUID, modification_id: UUID) -> HttpResponse:
    """Record that a modification was taken out again."""
    found = reads.find_aircraft(aircraft_id)
    one = Modification.objects.filter(aircraft=found, pk=modification_id, removed_on__isnull=True).first()
    if one is None:
        raise Missing("This modification is not embodied any more.")
    form = RemovalForm(typed(request))
    if is_preview(request):
        return consequences(
            request, form, lambda: remove_modification(one, acting_user=request.actor, **form.cleaned_data)
        )
    if form.is_valid():
        with refusals_on(form):
            remove_modification(one, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{one} is no longer embodied in {found}.")
            return redirect("programmes:aircraft", aircraft_id)
    return _form(request, found, form, f"Remove {one}", "Remove")


def _form(request: PageRequest, found: Aircraft, form: Form, title: str, verb: str) -> HttpResponse:
    context = {
        "aircraft": found,
        "title": title,
        "verb": verb,
        "cancel": reverse("programmes:aircraft", args=[found.pk]),
    }
    return show_form(request, "amp/modification_form.html", form, context)
