"""The list of rules, one rule with what it sent and would have sent, its form."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import PartnerError
from hangarlink.integration.contract.messaging import Destination
from hangarlink.integration.notifications import actions, queries
from hangarlink.integration.notifications.catalogue import label_of
from hangarlink.integration.notifications.partners import destinations_of, lists_destinations
from hangarlink.integration.notifications.previewing import latest_lines
from hangarlink.integration.notifications.rules import Cadence
from hangarlink.platform.tenancy.outside import outside
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form
from hangarlink.web.notifications.forms import CADENCES, RuleForm, stored

VIEW, MANAGE = "notifications.view", "notifications.manage"


@dataclass(frozen=True)
class Places:
    """Where a message can go. `known` None: an address is typed. `trouble`: why the partner's list is not here."""

    known: list[Destination] | None
    trouble: str = ""


@page(permission=VIEW)
def rules(request: PageRequest) -> HttpResponse:
    """Every rule of the account."""
    found = list(queries.rules())
    context = {"rules": found, "active": sum(one.is_active for one in found), "carriers": list(queries.carriers())}
    return render(request, "notifications/list.html", context)


@page(permission=VIEW)
def rule(request: PageRequest, rule_id: UUID) -> HttpResponse:
    """One rule: what it tells, what it sent, and what it would have told of late."""
    found = queries.find_rule(rule_id)
    context = {
        "rule": found,
        "types": [label_of(type) for type in found.event_types],
        "aircraft": Aircraft.objects.filter(id__in=found.aircraft).order_by("registration"),
        "when": CADENCES[Cadence(found.cadence)],
        "messages_sent": list(queries.latest_messages(found)),
        "preview": latest_lines(found),
    }
    return render(request, "notifications/rule.html", context)


@page(permission=MANAGE)
def rule_new(request: PageRequest) -> HttpResponse:
    """Choose a connection, then say what goes where."""
    carriers = list(queries.carriers())
    connection = _chosen(carriers, request.GET.get("connection", ""))
    if connection is None:
        return render(request, "notifications/choose.html", {"carriers": carriers})
    places = _places(request, connection)
    form = RuleForm(sent(request), places=places.known)
    if form.is_valid():
        with refusals_on(form):
            made = actions.add_rule(connection=connection, **form.values(), acting_user=request.actor)
            messages.success(request, "The rule is made. Send a test to see it arrive.")
            return redirect("notifications:rule", made.pk)
    return show_form(request, "notifications/form.html", form, {"connection": connection, "trouble": places.trouble})


@page(permission=MANAGE)
def rule_change(request: PageRequest, rule_id: UUID) -> HttpResponse:
    found = queries.find_rule(rule_id)
    places = _places(request, found.connection)
    form = RuleForm(sent(request), places=places.known, initial=stored(found))
    if form.is_valid():
        with refusals_on(form):
            actions.change_rule(found, **form.values(), acting_user=request.actor)
            messages.success(request, "The rule is changed. What waits is sent as it says now.")
            return redirect("notifications:rule", found.pk)
    context = {"rule": found, "connection": found.connection, "trouble": places.trouble}
    return show_form(request, "notifications/form.html", form, context)


@require_POST
@page(permission=MANAGE)
def rule_test(request: PageRequest, rule_id: UUID) -> HttpResponse:
    """Send a message that says it is a test."""
    found = queries.find_rule(rule_id)
    actions.send_test(found, acting_user=request.actor)
    messages.success(request, f"A test is on its way to {found.channel_name}. What came of it shows below in a moment.")
    return redirect("notifications:rule", found.pk)


@require_POST
@page(permission=MANAGE)
def rule_pause(request: PageRequest, rule_id: UUID) -> HttpResponse:
    """Stop telling, or go on."""
    found = queries.find_rule(rule_id)
    changed = actions.change_rule(found, is_active=not found.is_active, acting_user=request.actor)
    messages.success(request, f"{changed} tells again." if changed.is_active else f"{changed} tells nothing for now.")
    return redirect("notifications:rule", found.pk)


@page(permission=MANAGE)
def rule_remove(request: PageRequest, rule_id: UUID) -> HttpResponse:
    found = queries.find_rule(rule_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.remove_rule(found, acting_user=request.actor)
            messages.success(request, f"{found} is removed.")
            return redirect("notifications:list")
    return show_form(request, "notifications/remove.html", form, {"rule": found})


def _chosen(carriers: list[Connection], asked: str) -> Connection | None:
    """The connection that was asked for; the only one when there is one."""
    if not asked and len(carriers) == 1:
        return carriers[0]
    return next((one for one in carriers if str(one.pk) == asked), None)


def _places(request: PageRequest, connection: Connection) -> Places:
    """Asked of the partner outside the transaction. One that does not answer leaves the list empty and says why."""
    if not lists_destinations(connection.connector):
        return Places(None)
    try:
        return Places(outside(request, lambda: destinations_of(request.account, connection)))
    except PartnerError as error:
        return Places([], f"{connection.name} does not list its channels just now. {error}")
