"""Addresses to which partners send their webhooks, one per connection, and their secrets."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.actions import WEBHOOK_SECRET
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, ConnectionState
from hangarlink.integration.connections.rights import EDIT, connectors_outside, require_right, right, visible_areas
from hangarlink.integration.contract import Area
from hangarlink.integration.inbound import actions, queries
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.addresses import account_url
from hangarlink.platform.vault import Secret
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.webhooks.forms import SecretForm

PERMISSION = right(Area.OPS, EDIT)
ELSEWHERE = tuple(right(area, EDIT) for area in (Area.SAFETY, Area.BILLING))


@page(permission=PERMISSION, instead=ELSEWHERE)
def addresses(request: PageRequest) -> HttpResponse:
    """Every connection that can be told of changes, with whether it is."""
    outside = connectors_outside(visible_areas(request.actor))
    found = Connection.objects.exclude(state=ConnectionState.DISCONNECTED).exclude(connector__in=outside)
    return render(request, "webhooks/incoming.html", {"rows": queries.standings(found.order_by("name"))})


@page(permission=PERMISSION, instead=ELSEWHERE)
def address(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """One connection's address, its secret, and what came lately."""
    found = _found(connection_id, request.actor)
    standing = queries.standing(found)
    form = SecretForm(sent(request))
    if form.is_valid():
        with refusals_on(form, {WEBHOOK_SECRET: "secret"}):
            actions.open_hook(found, acting_user=request.actor)
            actions.set_secret(found, Secret(form.cleaned_data["secret"]), acting_user=request.actor)
            messages.success(request, "The secret is stored. What arrives is taken from now on.")
            return redirect("webhooks:address", found.pk)
    context = {
        "connection": found,
        "partner": manifest_of(found.connector).name,
        "standing": standing,
        "signed": actions.signed_by(manifest_of(found.connector)),
        "url": _url(request, standing.hook.key) if standing.hook else "",
        "received": queries.latest(standing.hook) if standing.hook else [],
    }
    return show_form(request, "webhooks/address.html", form, context)


@page(permission=PERMISSION, instead=ELSEWHERE)
@require_POST
def address_issue(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Make the address, and a secret of ours for senders that take one; show it once."""
    found = _found(connection_id, request.actor)
    issued = actions.issue_secret(found, acting_user=request.actor)
    context = {"connection": found, "issued": issued, "url": _url(request, issued.hook.key)}
    return render(request, "webhooks/address_secret.html", context)


@page(permission=PERMISSION, instead=ELSEWHERE)
def address_renew(request: PageRequest, connection_id: UUID) -> HttpResponse:
    """Another address instead of one that is known to the wrong people."""
    found = _found(connection_id, request.actor)
    hook = queries.standing(found).hook
    if hook is None:
        raise Missing(f"{found.name} has no webhook address yet.")
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.renew_address(hook, acting_user=request.actor)
            messages.success(request, "The address is another one now. Enter it at the partner.")
            return redirect("webhooks:address", found.pk)
    return show_form(request, "webhooks/address_renew.html", form, {"connection": found})


def _found(connection_id: UUID, actor: Actor) -> Connection:
    found = Connection.objects.filter(pk=connection_id).exclude(state=ConnectionState.DISCONNECTED).first()
    if found is None:
        raise Missing("There is no such connection in this account.")
    require_right(actor, found.connector, EDIT)
    if actions.signed_by(manifest_of(found.connector)) is None:
        raise Missing(f"Nothing is read from {found.name}, so there is nothing a webhook could hint at.")
    return found


def _url(request: PageRequest, key: str) -> str:
    return account_url(request.account, reverse("inbound:receive", args=[key]))
