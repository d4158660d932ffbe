"""The access step of a set-up: enter what the partner asks for, or leave for its consent page. Proven before saving."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.oauth.authorising import begin_authorisation, redirect_uri
from hangarlink.integration.connections.oauth.partner_apps import has_app, own_app, set_partner_app
from hangarlink.integration.connections.proving import Credentials, prove
from hangarlink.integration.connections.rights import EDIT
from hangarlink.integration.contract import Area, Auth, AuthKind, Manifest, OAuthCode, Transport
from hangarlink.integration.directory.queries import Entry, find_entry
from hangarlink.platform.errors import Missing, Refused
from hangarlink.platform.tenancy.outside import outside
from hangarlink.platform.vault import Secret
from hangarlink.web.access import PageRequest
from hangarlink.web.connections.oauth import leave_for
from hangarlink.web.forms import refusals_on, sent, show_form
from hangarlink.web.integrations.access_form import AccessForm
from hangarlink.web.integrations.areas import OWN_PAGES, PLACES, area_page, to
from hangarlink.web.integrations.steps import steps_at

KIND_WORDS = {
    AuthKind.API_KEY: "A key",
    AuthKind.USER_PASSWORD: "User and password",
    AuthKind.OAUTH_CODE: "Sign in at the partner",
    AuthKind.CLIENT_CREDENTIALS: "Client ID and secret",
    AuthKind.SMTP: "Mail server",
    AuthKind.SFTP: "SFTP server",
    AuthKind.FOLDER: "Folder of this server",
    AuthKind.SIGNED_INBOUND: "Signed webhooks",
}


@area_page(EDIT)
@sensitive_post_parameters()
def connect(request: PageRequest, area: Area, key: str) -> HttpResponse:
    """One form for every partner, made from its manifest."""
    entry, manifest, auth = _chosen(request, area, key)
    form = _form(request, manifest, auth)
    if form.is_valid():
        with refusals_on(form, form.names_of_refusals()):
            if isinstance(auth, OAuthCode):
                return leave_for(request, _link(request, form), connector=manifest.key)
            made = create_connection(
                connector=manifest.key,
                credentials=_credentials(form),
                name=form.cleaned_data["name"],
                base_url=form.base_url(),
                options=form.options(),
                call=partial(outside, request),
                acting_user=request.actor,
            )
            messages.success(request, f"Connected to {made.identity_name}. Nothing moves yet.")
            return redirect(to(area, "data", made.pk))
    return show_form(request, "integrations/connect.html", form, _context(area, entry, manifest, auth))


@area_page(EDIT)
@require_POST
@sensitive_post_parameters()
def test(request: PageRequest, area: Area, key: str) -> HttpResponse:
    """Whose account this opens. Writes nothing and keeps nothing; answers a piece of the page."""
    _, manifest, auth = _chosen(request, area, key)
    form = _form(request, manifest, auth)
    if not form.is_valid():
        wrong = [f"{form.fields[name].label or name}: {errors[0]}" for name, errors in form.errors.items()]
        return render(request, "connections/tested.html", {"refusal": " ".join(wrong)}, status=422)
    base_url = form.base_url() if auth.transport is Transport.HTTP else ""
    credentials, options = _credentials(form), form.options()
    try:
        identity = outside(
            request, lambda: prove(manifest.key, base_url=base_url, credentials=credentials, options=options)
        )
    except Refused as refused:
        return render(request, "connections/tested.html", {"refusal": str(refused)}, status=422)
    return render(request, "connections/tested.html", {"identity": identity})


def _chosen(request: PageRequest, area: Area, key: str) -> tuple[Entry, Manifest, Auth]:
    """The partner and the kind of access; Missing for one that cannot be connected here."""
    if key in OWN_PAGES:
        raise Missing("This partner is connected on pages of its own.")
    entry = find_entry(area, key, acting_user=request.actor)
    if entry.manifest is None or not entry.is_open:
        raise Missing(f"{entry.partner.name} is switched off for this account.")
    try:
        return entry, entry.manifest, entry.manifest.auth_of(request.GET.get("kind", ""))
    except LookupError as error:
        raise Missing(str(error)) from None


def _form(request: PageRequest, manifest: Manifest, auth: Auth) -> AccessForm:
    return AccessForm(sent(request), manifest=manifest, auth=auth, asks=_asks(manifest, auth))


def _asks(manifest: Manifest, auth: Auth) -> bool:
    """A partner that is signed in to asks for our app there, once."""
    return not isinstance(auth, OAuthCode) or not has_app(manifest.key)


def _link(request: PageRequest, form: AccessForm) -> str:
    """Where the browser goes; the app is kept on the way."""
    connector = form.manifest.key
    if form.asks:
        set_partner_app(
            connector=connector,
            client_id=form.cleaned_data["client_id"],
            client_secret=Secret(form.cleaned_data["client_secret"]),
            acting_user=request.actor,
        )
    return begin_authorisation(
        connector=connector,
        base_url=form.base_url(),
        name=form.cleaned_data["name"],
        options=form.options(),
        acting_user=request.actor,
    )


def _credentials(form: AccessForm) -> Credentials:
    return Credentials(form.secrets(), form.access(), form.auth.kind)


def _context(area: Area, entry: Entry, manifest: Manifest, auth: Auth) -> dict[str, Any]:
    is_oauth = isinstance(auth, OAuthCode)
    return {
        "entry": entry,
        "partner": entry.partner,
        "manifest": manifest,
        "auth": auth,
        "is_oauth": is_oauth,
        "kinds": [(one.kind.value, KIND_WORDS[one.kind], one.kind == auth.kind) for one in manifest.auths],
        "redirect_uri": redirect_uri() if is_oauth and not has_app(manifest.key) else "",
        "app": own_app(manifest.key) if is_oauth else None,
        "steps": steps_at("access"),
        "directory_href": to(area, "directory"),
        "directory_title": PLACES[area].title,
        "partner_href": to(area, "partner", entry.partner.key),
        "test_href": "" if is_oauth else to(area, "connect-test", entry.partner.key),
    }
