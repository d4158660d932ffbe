"""The list, a record, its forms. A secret is shown once, on the answer to the POST that made it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hangarlink.integration.webhooks import actions as webhooks
from hangarlink.integration.webhooks import queries as webhook_queries
from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.platform.applications import actions, queries
from hangarlink.platform.applications.actions import MANAGE, IssuedSecret
from hangarlink.platform.applications.models import Application
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.addresses import account_url
from hangarlink.platform.tenancy.models import Feature
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, field_as, refusals_on, sent, show_form
from hangarlink.web.webhooks.words import standing

# A harmless call to try with, by what the application may read. The first that fits.
TRIALS = {
    Scope.AIRCRAFT_READ: "/api/v1/aircraft",
    Scope.AIRCRAFT_MODELS_READ: "/api/v1/aircraft_models",
    Scope.HOURS_CYCLES_READ: "/api/v1/aircraft/OY-ABC/hours_cycles",
    Scope.DEFECTS_READ: "/api/v1/aircraft/OY-ABC/defects",
    Scope.CUSTOMERS_READ: "/api/v1/customers",
    Scope.TRIPS_READ: "/api/v1/trips",
    Scope.BILLING_READ: "/api/v1/invoices",
}
OVERLAPS = {
    "0": "At once: it leaked. Tokens out there end too.",
    "1": "In one hour",
    "24": "In one day",
    "168": "In seven days",
}


class ApplicationForm(Form):
    """Scopes behind which stands a right that the person does not hold are not offered: granting them is refused."""

    name = forms.CharField(
        max_length=120, help_text="The system that will use it. The sync log and the audit trail show this name."
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options"}),
        error_messages={"required": "Choose at least one scope, and only those that are needed."},
    )

    def __init__(self, *args: Any, actor: Actor, already: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = field_as(self, "scopes", forms.MultipleChoiceField)
        offered = [scope for scope in Scope if actor.may(scope.permission) or scope.value in already]
        field.choices = [(scope.value, f"{scope.value}: {scope.label}") for scope in offered]


class NewApplicationForm(ApplicationForm):
    """With the application that it takes over from, and (for who may) where it is told of events."""

    webhook_url = forms.CharField(
        label="Webhook URL",
        required=False,
        max_length=2048,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Told of everything that its scopes let it read. A public http or https address; private, loopback, "
        "link-local and reserved addresses are refused. More endpoints and choices: under Webhooks.",
    )
    replaces: "forms.ModelChoiceField[Application]" = forms.ModelChoiceField(
        queryset=None,
        required=False,
        empty_label="Nothing: this is a new system",
        help_text="The same system with a new registration: flights and defects it sent before are recognised.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = field_as(self, "replaces", forms.ModelChoiceField)
        field.queryset = queries.applications()
        if not kwargs["actor"].may(webhooks.MANAGE):
            del self.fields["webhook_url"]


class RotateForm(Form):
    keep_hours = forms.ChoiceField(
        label="The old secret stops working",
        choices=list(OVERLAPS.items()),
        widget=forms.RadioSelect(attrs={"class": "options"}),
        initial="24",
    )


@page(permission=MANAGE, feature=Feature.OAUTH_API)
def applications(request: PageRequest) -> HttpResponse:
    """Every application of the account."""
    found = list(queries.applications())
    told = set(Endpoint.objects.filter(application__isnull=False).values_list("application_id", flat=True))
    context = {"applications": found, "in_use": sum(not a.is_revoked for a in found), "with_hooks": told}
    return render(request, "applications/list.html", context)


@page(permission=MANAGE, feature=Feature.OAUTH_API)
def application_new(request: PageRequest) -> HttpResponse:
    """Create one, and show its secret."""
    form = NewApplicationForm(sent(request), actor=request.actor)
    if form.is_valid():
        with refusals_on(form, {"url": "webhook_url"}):
            values = dict(form.cleaned_data)
            url = values.pop("webhook_url", "")
            issued = actions.create_application(**values, acting_user=request.actor)
            hook = None
            if url:
                hook = webhooks.create_endpoint(url=url, application=issued.application, acting_user=request.actor)
            return _show_secret(request, issued, "Created", hook)
    return show_form(request, "applications/form.html", form)


@page(permission=MANAGE, feature=Feature.OAUTH_API)
def application(request: PageRequest, application_id: UUID) -> HttpResponse:
    """One application: what it may do, when it was last used, how to try it."""
    found = queries.find_application(application_id)
    hooks = None
    if request.actor.may(webhooks.VIEW):
        rows = webhook_queries.endpoints(acting_user=request.actor, application_id=found.pk)
        hooks = [(row.endpoint, standing(row.endpoint)) for row in rows]
    context = {"application": found, "scopes": _scopes(found), "hooks": hooks, **_quick_start(request, found)}
    return render(request, "applications/application.html", context)


@page(permission=MANAGE, feature=Feature.OAUTH_API)
def application_change(request: PageRequest, application_id: UUID) -> HttpResponse:
    """Change name or scopes."""
    found = queries.find_application(application_id)
    stored = {"name": found.name, "scopes": found.scopes}
    form = ApplicationForm(sent(request), actor=request.actor, already=tuple(found.scopes), initial=stored)
    if form.is_valid():
        with refusals_on(form):
            actions.change_application(found, **form.cleaned_data, acting_user=request.actor)
            messages.success(request, "The application is changed. A scope taken away stopped working at once.")
            return redirect("applications:application", found.pk)
    return show_form(request, "applications/form.html", form, {"application": found})


@page(permission=MANAGE, feature=Feature.OAUTH_API)
def application_rotate(request: PageRequest, application_id: UUID) -> HttpResponse:
    """Give it a new secret, and show it."""
    found = queries.find_application(application_id)
    form = RotateForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            overlap = timedelta(hours=int(form.cleaned_data["keep_hours"]))
            issued = actions.rotate_secret(found, keep_old_for=overlap, acting_user=request.actor)
            return _show_secret(request, issued, "New secret for")
    return show_form(request, "applications/rotate.html", form, {"application": found})


@page(permission=MANAGE, feature=Feature.OAUTH_API)
def application_revoke(request: PageRequest, application_id: UUID) -> HttpResponse:
    """End it for good."""
    found = queries.find_application(application_id)
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.revoke_application(found, acting_user=request.actor)
            messages.success(request, f"{found} is revoked: its secret and tokens no longer work.")
            return redirect("applications:list")
    return show_form(request, "applications/revoke.html", form, {"application": found})


def _show_secret(
    request: PageRequest, issued: IssuedSecret, done: str, hook: webhooks.IssuedSecret | None = None
) -> HttpResponse:
    """Not a redirect: the secrets stand in this one answer and nowhere else."""
    context = {"issued": issued, "application": issued.application, "done": done, "hook": hook}
    return render(request, "applications/secret.html", context | _quick_start(request, issued.application))


def _scopes(found: Application) -> list[Scope]:
    return [scope for scope in Scope if scope.value in found.scopes]


def _quick_start(request: PageRequest, found: Application) -> dict[str, str]:
    """What to paste into a terminal to see it work, for this account. Nothing to try for who may only write."""
    trial = next((path for scope, path in TRIALS.items() if scope in found.scopes), "")
    return {
        "token_url": account_url(request.account, reverse("oauth-token")),
        "try_url": account_url(request.account, trial) if trial else "",
        "docs_url": reverse("api-docs"),
    }
