"""Plan a visit, move it, call it off."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.visits.actions import cancel_visit, change_visit, plan_visit
from hangarlink.maintenance.visits.queries import find_visit
from hangarlink.maintenance.visits.rules import REASON_LENGTH
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.forms import Form, MomentField, refusals_on, sent, show_form


class VisitForm(Form):
    """When, and what for."""

    reason = forms.CharField(max_length=REASON_LENGTH, label="What for", help_text="For example: 100-hour inspection")
    starts_at = MomentField(label="From")
    ends_at = MomentField(label="Until")


@page(permission="visits.manage")
def new_visit(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Plan a visit; tomorrow morning until the evening, unless something else is said."""
    aircraft = reads.find_aircraft(aircraft_id)
    morning = (timezone.now() + timedelta(days=1)).replace(hour=7, minute=0, second=0, microsecond=0)
    form = VisitForm(sent(request), initial={"starts_at": morning, "ends_at": morning + timedelta(hours=9)})
    if form.is_valid():
        with refusals_on(form):
            visit = plan_visit(aircraft, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{aircraft}: {visit} is planned.")
            return redirect("fleet:aircraft", aircraft.pk)
    return _shown(request, aircraft, form, "Plan a workshop visit")


@page(permission="visits.manage")
def edit_visit(request: PageRequest, aircraft_id: UUID, visit_id: UUID) -> HttpResponse:
    """Move a visit, or say something else of it."""
    visit = find_visit(visit_id, aircraft_id)
    values = {name: getattr(visit, name) for name in ("reason", "starts_at", "ends_at")}
    form = VisitForm(sent(request), initial=values)
    if form.is_valid():
        with refusals_on(form):
            change_visit(visit, acting_user=request.actor, **form.cleaned_data)
            messages.success(request, f"{visit.aircraft}: the visit is changed.")
            return redirect("fleet:aircraft", aircraft_id)
    cancel_url = reverse("visits:cancel", args=[aircraft_id, visit_id])
    return _shown(request, visit.aircraft, form, "Workshop visit", cancel_url=cancel_url)


@page(permission="visits.manage")
def cancel(request: PageRequest, aircraft_id: UUID, visit_id: UUID) -> HttpResponse:
    """Call a visit off, once more asked."""
    visit = find_visit(visit_id, aircraft_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form, {"status": ""}):
            cancel_visit(visit, acting_user=request.actor)
            messages.success(request, f"{visit.aircraft}: the visit is cancelled.")
            return redirect("fleet:aircraft", aircraft_id)
    return _shown(request, visit.aircraft, form, "Cancel the visit", visit=visit)


def _shown(request: PageRequest, aircraft: Aircraft, form: Form, title: str, **more: object) -> HttpResponse:
    context = {"aircraft": aircraft, "title": title, "cancel": reverse("fleet:aircraft", args=[aircraft.pk]), **more}
    return show_form(request, "visits/form.html", form, context)
