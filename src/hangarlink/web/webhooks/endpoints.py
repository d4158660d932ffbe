"""The list of endpoints, one of them with its log, its forms. A secret is shown once, on the answer that made it."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hangarlink.integration.webhooks import actions, queries
from hangarlink.integration.webhooks.actions import MANAGE, VIEW, IssuedSecret
from hangarlink.platform.applications.models import Application
from hangarlink.platform.applications.queries import find_application
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.webhooks import words
from hangarlink.web.webhooks.deliveries import DeliveryList
from hangarlink.web.webhooks.forms import EndpointForm, ResumeForm, RotateForm, stored


@page(permission=VIEW)
def endpoints(request: PageRequest) -> HttpResponse:
    """Every endpoint of the account."""
    rows = queries.endpoints(acting_user=request.actor)
    shown = [(row, words.standing(row.endpoint)) for row in rows]
    stopped = sum(row.endpoint.state == "stopped" for row in rows)
    return render(request, "webhooks/list.html", {"rows": shown, "stopped": stopped})


@page(permission=MANAGE)
def endpoint_new(request: PageRequest) -> HttpResponse:
    """Add one, of the account or (?application=) of an application, and show its secret."""
    application = _application(request)
    form = EndpointForm(sent(request), application=application)
    if form.is_valid():
        with refusals_on(form):
            issued = actions.create_endpoint(**form.values(), application=application, acting_user=request.actor)
            return _show_secret(request, issued, "Added")
    return show_form(request, "webhooks/form.html", form, {"application": application})


@page(permission=VIEW)
def endpoint(request: PageRequest, endpoint_id: UUID) -> HttpResponseBase:
    """One endpoint: whether it works, and everything it was sent."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    state, word = words.standing(found)
    context = {"endpoint": found, "state": state, "word": word, "answer": words.answer(found)}
    return DeliveryList(request, found).respond("webhooks/endpoint.html", context)


@page(permission=MANAGE)
def endpoint_change(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """Change address, events or order."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    form = EndpointForm(sent(request), application=found.application, initial=stored(found))
    if form.is_valid():
        with refusals_on(form):
            actions.change_endpoint(found, **form.values(), acting_user=request.actor)
            messages.success(request, "The endpoint is changed.")
            return redirect("webhooks:endpoint", found.pk)
    return show_form(request, "webhooks/form.html", form, {"endpoint": found, "application": found.application})


@page(permission=MANAGE)
def endpoint_rotate(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """Give it a new signing secret, and show it."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    form = RotateForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            overlap = timedelta(hours=int(form.cleaned_data["keep_hours"]))
            issued = actions.rotate_secret(found, keep_old_for=overlap, acting_user=request.actor)
            return _show_secret(request, issued, "New secret for")
    return show_form(request, "webhooks/rotate.html", form, {"endpoint": found})


@page(permission=MANAGE)
@require_POST
def endpoint_test(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """Send a test event to it."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    actions.send_test(found, acting_user=request.actor)
    messages.success(request, "A test event is on its way. It appears in the log below in a moment.")
    return redirect("webhooks:endpoint", found.pk)


@page(permission=MANAGE)
@require_POST
def endpoint_pause(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """Send nothing until it is resumed."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    actions.pause_endpoint(found, acting_user=request.actor)
    messages.success(request, "Paused. What happens meanwhile can be sent when it is resumed.")
    return redirect("webhooks:endpoint", found.pk)


@page(permission=MANAGE)
def endpoint_resume(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """Send again, with or without what was missed."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    form = ResumeForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            replay = form.cleaned_data["replay"] == "yes"
            actions.resume_endpoint(found, replay=replay, acting_user=request.actor)
            messages.success(request, "Resumed." + (" What it missed is on its way." if replay else ""))
            return redirect("webhooks:endpoint", found.pk)
    context = {"endpoint": found, "missed": queries.missed_count(found)}
    return show_form(request, "webhooks/resume.html", form, context)


@page(permission=MANAGE)
def endpoint_delete(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """Delete it with its log."""
    found = queries.find_endpoint(endpoint_id, acting_user=request.actor)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.delete_endpoint(found, acting_user=request.actor)
            messages.success(request, "The endpoint is deleted.")
            return redirect("webhooks:list")
    counts = queries.counts_by_state(found)
    context = {"endpoint": found, "logged": sum(counts.values()), "waiting": counts.get("pending", 0)}
    return show_form(request, "webhooks/delete.html", form, context)


def _application(request: PageRequest) -> Application | None:
    given = request.GET.get("application", "")
    try:
        return find_application(UUID(given)) if given else None
    except ValueError:
        return None


def _show_secret(request: PageRequest, issued: IssuedSecret, done: str) -> HttpResponse:
    """Not a redirect: the secret stands in this one answer and nowhere else."""
    return render(request, "webhooks/secret.html", {"issued": issued, "endpoint": issued.endpoint, "done": done})
