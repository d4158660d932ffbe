"""The way to a partner's consent page and back.

The state is 256 random bits with the account's name before them. Its hash is a row that belongs to one person of one
account and one partner, is good once, and for minutes. The PKCE verifier is made from the state and the installation's
key, so it is kept nowhere. All accounts share one redirect address, because partners want every address registered:
it finds the account in the state and sends the browser on to it, where the person is signed in.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.crypto import salted_hmac

from hangarlink.integration.connections.actions import Draft, check_may_connect, same_partner, save_authorised, save_new
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, ConnectionState
from hangarlink.integration.connections.oauth import wire
from hangarlink.integration.connections.oauth.keeping import InHand
from hangarlink.integration.connections.oauth.models import Authorisation
from hangarlink.integration.connections.oauth.partner_apps import app_for
from hangarlink.integration.connections.oauth.rules import (
    STATE_LIFE,
    Endpoints,
    authorize_link,
    claim,
    endpoints_at,
    state_for,
)
from hangarlink.integration.connections.oauth.wire import App, Tokens
from hangarlink.integration.connections.proving import Unproven, check_endpoint, prove_with
from hangarlink.integration.connections.rights import EDIT, require_right
from hangarlink.integration.contract import AuthFailed, Manifest, OAuthCode, PartnerError
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import acting_in, current_account
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret

CALLBACK = "/integrations/oauth/callback"
LONGEST_PARAM = 400
# Long enough to say "used already" instead of "not started here".
KEPT = timedelta(days=1)


def redirect_uri() -> str:
    """The one address to register at every partner: on the installation's own domain, whatever the account."""
    scheme = "https" if settings.HANGARLINK_HTTPS else "http"
    port = f":{settings.HANGARLINK_PUBLIC_PORT}" if settings.HANGARLINK_PUBLIC_PORT else ""
    return f"{scheme}://{settings.HANGARLINK_DOMAIN}{port}{CALLBACK}"


@atomic
def begin_authorisation(
    *,
    connector: str,
    base_url: str = "",
    name: str = "",
    options: Mapping[str, Any] | None = None,
    connection: Connection | None = None,
    acting_user: Actor,
) -> str:
    """Where to send the browser: the partner's consent page.

    connection  authorise this one again; the partner account must stay the same. Its endpoint is used
    Raises RuleBroken (field client_id when no app is set up yet), UrlRefused (field base_url), NotPermitted.
    """
    require_right(acting_user, connector, EDIT)
    manifest = manifest_of(connector)
    if connection is not None:
        base_url = connection.base_url
    base_url = base_url.strip() or manifest.base_url
    check_may_connect(manifest)
    auth = _auth_of(manifest)
    check_endpoint(manifest, base_url, auth)
    endpoints = endpoints_at(manifest, auth, base_url)
    app = _app(manifest, endpoints)
    Authorisation.objects.filter(started_at__lt=timezone.now() - KEPT).delete()
    state = state_for(current_account().subdomain, secrets.token_urlsafe(32))
    Authorisation.objects.create(
        account=current_account(),
        connector=connector,
        state_hash=_hash(state),
        person_id=_person(acting_user),
        connection=connection,
        base_url=base_url,
        draft={"name": name, "options": dict(options or {})},
        started_at=timezone.now(),
    )
    return authorize_link(
        auth,
        endpoints.authorize,
        client_id=app.client_id,
        redirect_uri=redirect_uri(),
        state=state,
        verifier=_verifier(state),
    )


def finish_authorisation(
    account: Account, *, state: str, code: Secret, params: Mapping[str, str], acting_user: Actor
) -> Connection:
    """Buy the tokens, prove them, and save the connection, or authorise it again. Events: connection.created, .changed.

    params  the callback's other parameters; those that the kind names are kept (QuickBooks' realmId)

    Calls the partner between transactions of its own, so keep it out of one. Raises RuleBroken for a state that is
    unknown, used, too old, or of somebody else; Unproven; and what saving raises. The state is used up in any case.
    """
    with acting_in(account):
        started = claim_state(state, acting_user=acting_user)
        require_right(acting_user, started.connector, EDIT)
        manifest = manifest_of(started.connector)
        auth = _auth_of(manifest)
        endpoints = endpoints_at(manifest, auth, started.base_url)
        app = _app(manifest, endpoints)
    check_claim(started)
    tokens = _bought(auth, endpoints, app, code, state)
    options = {**started.draft.get("options", {}), **_identified(auth, tokens, params)}
    identity = prove_with(manifest, auth, InHand(tokens, app), base_url=started.base_url, access={}, options=options)
    with acting_in(account):
        if started.connection is not None:
            same_partner(started.connection, identity)
            return save_authorised(started.connection, tokens, options=options, acting_user=acting_user)
        draft = Draft(manifest, auth, name=started.draft.get("name", ""), base_url=started.base_url, options=options)
        return save_new(draft, identity, tokens=tokens, acting_user=acting_user)


def refused_authorisation(account: Account, *, state: str, error: str, acting_user: Actor) -> str:
    """The partner sent the browser back without a code: somebody said no there. Returns what to tell."""
    with acting_in(account):
        started = claim_state(state, acting_user=acting_user)
    name = manifest_of(started.connector).name
    if error == "access_denied":
        return f"Access was not granted at {name}. Nothing was connected."
    return f"{name} did not authorise: {error[:60] if error.isascii() and error.isprintable() else 'no reason given'}."


@atomic
def claim_state(state: str, *, acting_user: Actor) -> Authorisation:
    """The authorisation under way that a state belongs to, used up by this. Raises RuleBroken."""
    waiting = Authorisation.objects.select_for_update(of=("self",)).select_related("connection", "connection__account")
    found = waiting.filter(state_hash=_hash(state)).first()
    is_ours = found is not None and found.person_id == _person(acting_user)
    if found is None or not is_ours:
        raise RuleBroken("This authorisation was not started here by you. Start again from the connection's page.")
    if found.used_at is not None:
        raise RuleBroken("This authorisation was used already. Start again from the connection's page.")
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    return found


def check_claim(claimed: Authorisation) -> None:
    """Raise RuleBroken for one that took too long, or whose connection is gone. Its state stays used up."""
    if claimed.used_at is None or not timedelta(0) <= claimed.used_at - claimed.started_at <= STATE_LIFE:
        raise RuleBroken("This authorisation took too long. Start again from the connection's page.")
    if claimed.connection is not None and claimed.connection.state == ConnectionState.DISCONNECTED:
        raise RuleBroken(f"{claimed.connection} was disconnected meanwhile. Connect it again.")


def _bought(auth: OAuthCode, endpoints: Endpoints, app: App, code: Secret, state: str) -> Tokens:
    try:
        return wire.exchange_code(
            auth,
            endpoints.token,
            app,
            code=code,
            verifier=_verifier(state),
            redirect_uri=redirect_uri(),
            now=timezone.now(),
        )
    except PartnerError as error:
        field = "client_id" if type(error) is AuthFailed else ""
        raise Unproven(str(error), field=field, code=error.code) from None


def _identified(auth: OAuthCode, tokens: Tokens, params: Mapping[str, str]) -> dict[str, str]:
    """What the authorisation says about whose account it is. Raises Unproven where something is missing."""
    found = {name: params.get(name, "") for name in auth.identity_params}
    found |= {name: claim(tokens.claims, path) for name, path in auth.identity_claims}
    for name, value in found.items():
        if not value or len(value) > LONGEST_PARAM or not value.isprintable():
            raise Unproven(
                f"The partner did not say which account was authorised ({name}).", field="", code="malformed"
            )
    return found


def _auth_of(manifest: Manifest) -> OAuthCode:
    found = next((one for one in manifest.auths if isinstance(one, OAuthCode)), None)
    if found is None:
        raise RuleBroken(f"{manifest.name} is not authorised at a page of its own: enter its key.")
    return found


def _app(manifest: Manifest, endpoints: Endpoints) -> App:
    app = app_for(manifest.key, is_partners_own=endpoints.is_partners_own)
    if app is None:
        raise RuleBroken(
            f"Enter the client ID and secret of your app at {manifest.name} first. Register {redirect_uri()} there.",
            field="client_id",
        )
    return app


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "replace")).digest()


def _verifier(state: str) -> str:
    """43 characters, as RFC 7636 asks for, that nobody knows who has not both the state and the installation's key."""
    made = salted_hmac("hangarlink.oauth.verifier", state, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def _person(acting_user: Actor) -> Any:
    if acting_user.id is None:
        raise RuleBroken("Only a person can authorise at a partner.")
    return acting_user.id
