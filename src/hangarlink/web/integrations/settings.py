"""Name, endpoint, credentials and options of a connection; the test; authorising again; disconnecting."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hangarlink.integration.connections import actions
from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.connections.oauth.authorising import begin_authorisation
from hangarlink.integration.connections.proving import Credentials
from hangarlink.integration.connections.rights import EDIT, MANAGE, VIEW, right
from hangarlink.integration.contract import Area, OAuthCode, Transport
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.platform.errors import Refused
from hangarlink.platform.people.permissions import require
from hangarlink.platform.tenancy.outside import outside
from hangarlink.web.access import PageRequest
from hangarlink.web.connections.oauth import leave_for
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.integrations.access_form import AccessForm
from hangarlink.web.integrations.areas import area_page, to
from hangarlink.web.integrations.finding import find, tabs
from hangarlink.web.integrations.record import frame


@area_page(VIEW)
@sensitive_post_parameters()
def settings(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """The settings and their form. A secret that is left empty stays as it is."""
    found = find(request, area, connection_id)
    if request.method == "POST":
        require(request.actor, right(area, EDIT))
    context = frame(found, request.actor)
    manifest = context["manifest"]
    auth = manifest.auth_of(found.auth_kind)
    form = AccessForm(
        sent(request),
        manifest=manifest,
        auth=auth,
        is_new=False,
        asks=not isinstance(auth, OAuthCode),
        initial={**found.options, **found.access, "base_url": found.base_url, "name": found.name},
    )
    if form.is_valid():
        with refusals_on(form, form.names_of_refusals()):
            actions.change_connection(
                found,
                name=form.cleaned_data["name"],
                base_url=form.base_url() if auth.transport is Transport.HTTP else None,
                credentials=Credentials(form.secrets(), form.access(), auth.kind),
                options=form.options(),
                call=partial(outside, request),
                acting_user=request.actor,
            )
            messages.success(request, "Saved. What opens the partner was tried before.")
            return redirect(to(area, "settings", found.pk))
    context |= {
        "tabs": tabs(found, "settings"),
        "is_oauth": isinstance(auth, OAuthCode),
        "may_change": context["may_edit"] and found.state != "disconnected",
    }
    return show_form(request, "integrations/settings.html", form, context)


@area_page(MANAGE)
@require_POST
def test(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Whether what is stored still opens the partner; answers a piece of the page."""
    found = find(request, area, connection_id)
    try:
        identity = actions.test_connection(found, call=partial(outside, request), acting_user=request.actor)
    except Refused as refused:
        return render(request, "connections/tested.html", {"refusal": str(refused)}, status=422)
    return render(request, "connections/tested.html", {"identity": identity})


@area_page(EDIT)
@require_POST
def authorise(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Leave for the partner's consent page, to renew what it took back. The partner account stays the same."""
    found = find(request, area, connection_id)
    link = begin_authorisation(connector=found.connector, connection=found, acting_user=request.actor)
    return leave_for(request, link, connector=found.connector)


@area_page(EDIT)
def disconnect(request: PageRequest, area: Area, connection_id: UUID) -> HttpResponse:
    """Forget what opens the partner, after saying with figures what that means."""
    found = find(request, area, connection_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.disconnect(found, acting_user=request.actor)
            messages.success(request, f"{found.name} is disconnected and what opened it is forgotten.")
            return redirect(to(area, "directory"))
    return show_form(request, "integrations/disconnect.html", form, frame(found, request.actor) | _what_stays(found))


def _what_stays(found: Connection) -> dict[str, Any]:
    return {
        "links": Link.objects.filter(connection=found, internal_id__isnull=False).count(),
        "waiting": SyncRecord.objects.filter(connection_id=found.pk, is_open=True).count(),
        "streams": found.streams.filter(is_enabled=True).count(),
    }
