"""Name, endpoint and key of a connection; the test; disconnecting."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hangarlink.integration.connections import actions
from hangarlink.platform.errors import Refused
from hangarlink.platform.people.permissions import require
from hangarlink.platform.tenancy.outside import outside
from hangarlink.platform.vault import Secret
from hangarlink.web.access import PageRequest, page
from hangarlink.web.connections.flightlogger import FEATURE, key_field
from hangarlink.web.connections.record import find, tabs
from hangarlink.web.connections.rights import EDIT, MANAGE, VIEW
from hangarlink.web.forms import Form, refusals_on, sent, show_form


class SettingsForm(Form):
    name = forms.CharField(max_length=120)
    base_url = forms.CharField(
        label="Endpoint",
        max_length=2048,
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
        help_text="Tried before it is saved. It must lead to the same FlightLogger account.",
    )
    secret = key_field(required=False, help_text="Stored, and never shown. Enter a new one to replace it.")

    def wanted(self) -> dict[str, Any]:
        """What to change; without a key, the key stays."""
        data = self.cleaned_data
        secret = {"secret": Secret(data["secret"])} if data["secret"] else {}
        return {"name": data["name"], "base_url": data["base_url"], **secret}


@page(permission=VIEW, feature=FEATURE)
@sensitive_post_parameters("secret")
def settings(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """The settings and their form."""
    found = find(request, connection_id)
    if request.method == "POST":
        require(request.actor, EDIT)
    form = SettingsForm(sent(request), initial={"name": found.name, "base_url": found.base_url})
    if form.is_valid():
        with refusals_on(form):
            actions.change_connection(found, **form.wanted(), call=partial(outside, request), acting_user=request.actor)
            messages.success(request, "Saved. Endpoint and key were tried before.")
            return redirect("connections:settings", found.pk)
    context = {"connection": found, "tabs": tabs(found, "settings"), "may_edit": request.actor.may(EDIT)}
    return show_form(request, "connections/settings.html", form, context)


@page(permission=MANAGE, feature=FEATURE)
@require_POST
def test(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Whether the stored key still works; answers a piece of the page."""
    found = find(request, connection_id)
    try:
        identity = actions.test_connection(found, call=partial(outside, request), acting_user=request.actor)
    except Refused as refused:
        return render(request, "connections/tested.html", {"refusal": str(refused)}, status=422)
    return render(request, "connections/tested.html", {"identity": identity})


@page(permission=EDIT, feature=FEATURE)
def disconnect(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Forget the key, after saying what that means."""
    found = find(request, connection_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.disconnect(found, acting_user=request.actor)
            messages.success(request, f"{found.name} is disconnected and its key is forgotten.")
            return redirect("connections:flightlogger")
    return show_form(request, "connections/disconnect.html", form, {"connection": found})
