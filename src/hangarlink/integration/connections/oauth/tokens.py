"""Which keys a connection's line gets, and how the next pair is bought."""

from collections.abc import Mapping
from datetime import datetime

from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth import wire
from hangarlink.integration.connections.oauth.keeping import InHand, Kept
from hangarlink.integration.connections.oauth.partner_apps import app_for
from hangarlink.integration.connections.oauth.rules import endpoints_at
from hangarlink.integration.connections.oauth.wire import App, Tokens
from hangarlink.integration.contract import AuthFailed, ClientCredentials, Manifest, OAuthCode
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault


def kept_keys(connection: Connection, auth: OAuthCode | ClientCredentials) -> Kept:
    """The keys of a saved connection. Call it inside the account's wall; use them wherever the line is."""
    endpoints = endpoints_at(manifest_of(connection.connector), auth, connection.base_url)
    if isinstance(auth, ClientCredentials):
        own = App(str(connection.access["client_id"]), vault.reveal(connection, "client_secret"))
        return Kept(connection, lambda _, now: wire.client_credentials(auth, endpoints.token, own, now=now))
    app = app_for(connection.connector, is_partners_own=endpoints.is_partners_own)

    def buy(token: Secret | None, now: datetime) -> Tokens:
        if app is None:
            raise AuthFailed("The app at the partner is no longer set up. Enter its client ID and secret.")
        if token is None:
            raise AuthFailed("The partner gave no refresh token and refuses the access token. Authorise again.")
        return wire.refresh(auth, endpoints.token, app, token=token, now=now)

    return Kept(connection, buy, extra=(app.client_secret,) if app else ())


def bought_keys(
    manifest: Manifest,
    auth: ClientCredentials,
    *,
    base_url: str,
    secrets: Mapping[str, Secret],
    access: Mapping[str, str],
    now: datetime,
) -> InHand:
    """Keys for proving a client id and secret that are not saved yet. Raises PartnerError."""
    app = App(access["client_id"], secrets["client_secret"])
    endpoint = endpoints_at(manifest, auth, base_url).token
    return InHand(wire.client_credentials(auth, endpoint, app, now=now), app)
