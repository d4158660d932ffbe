"""Connect FlightLogger: what it does, the key, and the test that shows whose account it opens."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, ConnectionState
from hangarlink.integration.connections.proving import prove
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.overview import connections_of
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.errors import Refused
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Feature
from hangarlink.platform.tenancy.outside import outside
from hangarlink.platform.vault import Secret
from hangarlink.web.access import PageRequest, page
from hangarlink.web.connections.rights import EDIT, MANAGE, VIEW
from hangarlink.web.connections.steps import steps_at
from hangarlink.web.forms import DayField, Form, refusals_on, sent, show_form

KEY = "flightlogger"
FEATURE = Feature.FLIGHTLOGGER_SYNC


def key_field(**kwargs: Any) -> forms.CharField:
    """A key is typed in and never shown again, not even after a mistake elsewhere in the form."""
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(
        label="API key", max_length=4096, widget=forms.PasswordInput(attrs=attrs, render_value=False), **kwargs
    )


class ConnectForm(Form):
    base_url = forms.CharField(
        label="Endpoint",
        max_length=2048,
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
        help_text="A public http or https address. FlightLogger's own is filled in; change it only if told to.",
    )
    secret = key_field(help_text=manifest_of(KEY).auth.fields[0].help)
    import_since = DayField(
        label="Flights since",
        required=False,
        help_text="Earlier flights are left alone. Choose the day of your opening balances; empty takes all.",
    )
    name = forms.CharField(
        max_length=120,
        required=False,
        help_text="Shown in logs and the audit trail. Empty takes FlightLogger's name.",
    )


@page(permission=VIEW, feature=FEATURE)
def flightlogger(request: PageRequest) -> HttpResponse:
    """What it does where nothing is connected; else the connection, or which one."""
    found = connections_of(KEY, acting_user=request.actor)
    in_use = [one for one in found if one.state != ConnectionState.DISCONNECTED]
    if len(found) == 1 and in_use:
        return redirect("connections:connection", in_use[0].pk)
    context = {"connections": found, "in_use": in_use, "manifest": manifest_of(KEY), "steps": steps_at("what")}
    return render(request, "connections/flightlogger.html", context)


@page(permission=EDIT, feature=FEATURE)
@sensitive_post_parameters("secret")
def connect(request: PageRequest) -> HttpResponse:
    """Endpoint and key. Saved only when the key was shown to work; then the fleet list is read."""
    form = ConnectForm(sent(request), initial={"base_url": manifest_of(KEY).base_url})
    if form.is_valid():
        with refusals_on(form):
            made = create_connection(
                connector=KEY,
                secret=Secret(form.cleaned_data["secret"]),
                name=form.cleaned_data["name"],
                base_url=form.cleaned_data["base_url"],
                import_since=form.cleaned_data["import_since"],
                call=partial(outside, request),
                acting_user=request.actor,
            )
            switch_on(made, (Flow.AIRCRAFT, Flow.HOURS_CYCLES), acting_user=request.actor)
            read_fleet(made, acting_user=request.actor)
            messages.success(request, f"Connected to {made.identity_name}. Nothing is imported yet.")
            return redirect("connections:aircraft", made.pk)
    return show_form(request, "connections/connect.html", form, {"steps": steps_at("key")})


@page(permission=EDIT, feature=FEATURE)
@require_POST
@sensitive_post_parameters("secret")
def test_key(request: PageRequest) -> HttpResponse:
    """Whose account the key opens. Writes nothing and keeps nothing; answers a piece of the page."""
    form = ConnectForm(request.POST)
    form.full_clean()
    wrong = [
        f"{form.fields[name].label}: {form.errors[name][0]}" for name in ("base_url", "secret") if name in form.errors
    ]
    if wrong:
        return render(request, "connections/tested.html", {"refusal": " ".join(wrong)}, status=422)
    try:
        base_url, secret = form.cleaned_data["base_url"], Secret(form.cleaned_data["secret"])
        identity = outside(request, lambda: prove(KEY, base_url=base_url, secret=secret))
    except Refused as refused:
        return render(request, "connections/tested.html", {"refusal": str(refused)}, status=422)
    return render(request, "connections/tested.html", {"identity": identity})


def read_fleet(connection: Connection, *, acting_user: Actor) -> None:
    """Ask for the partner's aircraft. It links them to ours and proposes mappings; it writes no aircraft of ours, so
    the plan may be looked at together with the result."""
    if acting_user.may(MANAGE):
        request_run(connection, Flow.AIRCRAFT, dry_run=True, acting_user=acting_user)
        request_run(connection, Flow.AIRCRAFT, skip_plan=True, acting_user=acting_user)
