"""Connect, change, pause, disconnect. The key is proven before anything is saved, and can never be read again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.integration.alerts.actions import clear_alerts
from hangarlink.integration.connections import events
from hangarlink.integration.connections.catalogue import connector_of, is_switched_on, manifest_of
from hangarlink.integration.connections.dialling import keys_of
from hangarlink.integration.connections.models import Connection, ConnectionState
from hangarlink.integration.connections.oauth.keeping import ACCESS, REFRESH, save_tokens
from hangarlink.integration.connections.oauth.models import Grant
from hangarlink.integration.connections.oauth.revoking import let_go
from hangarlink.integration.connections.oauth.wire import Tokens
from hangarlink.integration.connections.proving import Credentials, check_value, prove, prove_with
from hangarlink.integration.connections.rights import EDIT, MANAGE, require_right
from hangarlink.integration.connections.schedules import unschedule
from hangarlink.integration.connections.streams import make_streams
from hangarlink.integration.contract import Auth, ClientCredentials, DataError, Identity, Manifest, OAuthCode, Transport
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.outside import Caller, at_once
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.queries import fields_of

SECRET = "api_key"  # noqa: S105 - the name of the vault's field, not a secret
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - likewise


@dataclass(frozen=True)
class Draft:
    """A connection as it shall be: what was entered, and for OAuth what the authorisation brought."""

    manifest: Manifest
    auth: Auth
    name: str
    base_url: str
    options: Mapping[str, Any]
    credentials: Credentials = field(default_factory=lambda: Credentials({}, {}))


def secret_of(connection: Connection) -> Secret:
    """The connection's API key, for the moment of its use. Raises Missing."""
    return vault.reveal(connection, SECRET)


def test_connection(
    connection: Connection,
    *,
    call: Caller = at_once,  # noqa: PT028 - an action, not a test
    acting_user: Actor,
) -> Identity:
    """Prove a saved connection again, with what is in the vault. Needs manage_sync of its area.

    Writes nothing, but for tokens that had to be renewed. Raises Unproven; RuleBroken for another partner account.
    """
    require_right(acting_user, connection.connector, MANAGE)
    manifest = manifest_of(connection.connector)
    auth = manifest.auth_of(connection.auth_kind)
    keys = keys_of(connection, auth)
    identity = call(
        lambda: prove_with(
            manifest,
            auth,
            keys,
            base_url=connection.base_url,
            access=connection.access,
            options=connection.options,
        )
    )
    same_partner(connection, identity)
    return identity


def create_connection(
    *,
    connector: str,
    secret: Secret | None = None,
    credentials: Credentials | None = None,
    name: str = "",
    base_url: str = "",
    import_since: date | None = None,
    options: Mapping[str, Any] | None = None,
    call: Caller = at_once,
    acting_user: Actor,
) -> Connection:
    """Prove what was entered, then save the connection with its streams, none switched on. Events: connection.created.

    secret        an API key, for the kind that needs nothing else; else `credentials`
    name          "" takes the partner's name for the account
    base_url      "" takes the connector's
    import_since  flights that began before this date are not asked for; None asks for all
    options       what the manifest's options were set to, by name
    call          how the partner is called; a page calls between two transactions (platform.tenancy.outside)

    A partner account that was connected before is connected again, with its links. Raises what `prove` raises, and
    RuleBroken when the partner account is connected already or the feature is switched off. Partners that are
    authorised at their own page are connected by `oauth.authorising`.
    """
    require_right(acting_user, connector, EDIT)
    manifest = manifest_of(connector)
    check_may_connect(manifest)
    given = credentials or Credentials.of_key(secret or Secret(""))
    auth = manifest.auth_of(given.kind)
    speaks_http = auth.transport is Transport.HTTP
    chosen = {**checked_options(manifest, options or {}), **_since(import_since)}
    draft = Draft(
        manifest,
        auth,
        name,
        base_url.strip() or (manifest.base_url if speaks_http else ""),
        chosen,
        with_defaults(auth, given),
    )
    identity = call(lambda: prove(connector, base_url=draft.base_url, credentials=draft.credentials, options=chosen))
    return save_new(draft, identity, acting_user=acting_user)


@atomic
def save_new(draft: Draft, identity: Identity, *, tokens: Tokens | None = None, acting_user: Actor) -> Connection:
    """Save what was proven. See `create_connection`, and `oauth.authorising` for the tokens."""
    require_right(acting_user, draft.manifest.key, EDIT)
    manifest, account = draft.manifest, current_account()
    known = Connection.objects.select_for_update().filter(connector=manifest.key, identity_key=identity.key).first()
    if known is not None and known.state != ConnectionState.DISCONNECTED:
        raise RuleBroken(f"{identity.name} is connected already, as {known.name}.", field="secret")
    connection = known or Connection(account=account, connector=manifest.key, identity_key=identity.key)
    connection.identity_name = identity.name[:200]
    connection.name = _free_name(draft.name or identity.name, connection)
    connection.base_url = draft.base_url
    connection.auth_kind = draft.auth.kind
    connection.access = dict(draft.credentials.access)
    connection.options = dict(draft.options)
    connection.state = ConnectionState.ACTIVE
    connection.secret_set_at = timezone.now()
    connection.save()
    _store(connection, draft.credentials.secrets, acting_user=acting_user)
    if tokens is not None or isinstance(draft.auth, ClientCredentials):
        _grant(connection, tokens)
    make_streams(connection, manifest)
    record(acting_user, connection, "created", new=_audited(connection))
    announce(events.ConnectionCreated(connection.id, manifest.key))
    return connection


@atomic
def save_authorised(
    connection: Connection, tokens: Tokens, *, options: Mapping[str, Any], acting_user: Actor
) -> Connection:
    """Take up new tokens of the same partner account. The incident ends with the next good run. Events: .changed."""
    require_right(acting_user, connection.connector, EDIT)
    held = _held(connection)
    _grant(held, tokens)
    held.options = {**held.options, **options}
    held.secret_set_at = timezone.now()
    held.save()
    record(acting_user, held, "authorised", new={"partner": held.identity_name})
    announce(events.ConnectionChanged(held.id))
    return held


def change_connection(
    connection: Connection,
    *,
    name: str | None = None,
    base_url: str | None = None,
    secret: Secret | None = None,
    credentials: Credentials | None = None,
    options: Mapping[str, Any] | None = None,
    call: Caller = at_once,
    acting_user: Actor,
) -> Connection:
    """Change what is given; None leaves it. Endpoint and key are proven first, and must open the same partner account.

    credentials  secrets that are replaced, and what was entered beside them; what is not in it stays as it is
    Events: connection.changed. Raises what `prove` raises; RuleBroken for another partner account, and (field secret)
    where the endpoint moves to another host without the key: a stored key is not sent to a host it was not entered for.
    """
    require_right(acting_user, connection.connector, EDIT)
    manifest = manifest_of(connection.connector)
    auth = manifest.auth_of(connection.auth_kind)
    new_url = connection.base_url if base_url is None else base_url.strip() or manifest.base_url
    given = credentials or (Credentials.of_key(secret) if secret is not None else Credentials({}, {}))
    secrets = {name: value for name, value in given.secrets.items() if value}
    access = {**connection.access, **given.access}
    new_options = (
        {**connection.options, **checked_options(manifest, options)} if options is not None else connection.options
    )
    if new_url != connection.base_url or access != connection.access or set(secrets) - {WEBHOOK_SECRET}:
        _check_move(connection, auth, new_url, access, secrets)
        used = Credentials({**_stored(connection, auth), **secrets}, access, auth.kind)
        identity = call(lambda: prove(connection.connector, base_url=new_url, credentials=used, options=new_options))
        same_partner(connection, identity)
    with atomic():
        held = _held(connection)
        old, new = changes(held, {"base_url": new_url, "access": access, "options": new_options})
        if name is not None and name != held.name:
            old, new = {**old, "name": held.name}, {**new, "name": _free_name(name, held)}
        for attribute, value in new.items():
            setattr(held, attribute, value)
        if secrets:
            _store(held, secrets, acting_user=acting_user)
            if isinstance(auth, ClientCredentials):
                _grant(held, None)
            held.secret_set_at = timezone.now()
            new = {**new, "secret": "replaced"}
        held.save()
        if new:
            record(acting_user, held, "changed", old=old, new=new)
            announce(events.ConnectionChanged(held.id))
    return held


@atomic
def pause_connection(connection: Connection, *, acting_user: Actor) -> Connection:
    """Nothing runs until it is resumed; a run under way ends with the page it is at. Events: connection.paused."""
    require_right(acting_user, connection.connector, MANAGE)
    return _to(connection, ConnectionState.PAUSED, "paused", events.ConnectionPaused, acting_user)


@atomic
def resume_connection(connection: Connection, *, acting_user: Actor) -> Connection:
    """Schedules and manual runs work again. Events: connection.resumed."""
    require_right(acting_user, connection.connector, MANAGE)
    return _to(connection, ConnectionState.ACTIVE, "resumed", events.ConnectionResumed, acting_user)


@atomic
def disconnect(connection: Connection, *, acting_user: Actor) -> Connection:
    """Forget the key. Flights, links, mappings and the log stay: connecting again goes on from them.

    Events: connection.disconnected.
    """
    require_right(acting_user, connection.connector, EDIT)
    unschedule(connection)
    held = _to(connection, ConnectionState.DISCONNECTED, "disconnected", events.ConnectionDisconnected, acting_user)
    let_go(held, acting_user=acting_user)
    vault.forget(held, acting_user=acting_user)
    held.secret_set_at = None
    held.alert_code = held.alert_message = ""
    held.alert_since = None
    held.save()
    clear_alerts(held.id, works_again=False)
    return held


def _to(connection: Connection, state: ConnectionState, verb: str, fact: type[Any], acting_user: Actor) -> Connection:
    held = _held(connection)
    if held.state == state:
        return held
    record(acting_user, held, verb, old={"state": held.state}, new={"state": state})
    held.state = state
    held.save()
    announce(fact(held.id))
    return held


def _held(connection: Connection) -> Connection:
    """The row as it is now, held until the transaction ends."""
    held = Connection.objects.select_for_update().get(pk=connection.pk)
    if held.state == ConnectionState.DISCONNECTED:
        raise RuleBroken(f"{held.name} is disconnected. Connect it again first.")
    return held


def check_may_connect(manifest: Manifest) -> None:
    """Raise RuleBroken where the account's administrators switched the partner's feature off."""
    if not is_switched_on(manifest.key, current_account()):
        raise RuleBroken(f"{manifest.name} is switched off for this account. An administrator can switch it on.")


def checked_options(manifest: Manifest, given: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest's options as they were set, with defaults. Raises RuleBroken (field: the option's name)."""
    known = {one.name: one for one in manifest.options}
    if strange := sorted(set(given) - set(known)):
        raise RuleBroken(f"{manifest.name} has no option {strange[0]}.", field=strange[0])
    chosen = {}
    for name, one in known.items():
        value = given.get(name, one.default)
        if isinstance(value, str):
            check_value(one, value)
        chosen[name] = value
    try:
        connector_of(manifest.key).check_options(chosen)
    except DataError as error:
        raise RuleBroken(str(error), field=getattr(error, "field", "")) from None
    return chosen


def with_defaults(auth: Auth, given: Credentials) -> Credentials:
    """What was entered, with the kind's own values where nothing was."""
    defaults = {one.name: one.default for one in auth.fields if not one.is_secret and one.default}
    entered = {name: value.strip() for name, value in given.access.items() if value.strip()}
    return Credentials(given.secrets, {**defaults, **entered}, given.kind)


def _stored(connection: Connection, auth: Auth) -> dict[str, Secret]:
    there = fields_of(connection)
    return {one.name: vault.reveal(connection, one.name) for one in auth.fields if one.is_secret and one.name in there}


def _store(connection: Connection, secrets: Mapping[str, Secret], *, acting_user: Actor) -> None:
    for name, secret in secrets.items():
        if secret:
            vault.put(connection, name, secret, acting_user=acting_user)


def _grant(connection: Connection, tokens: Tokens | None) -> None:
    """A whole grant in place of what was there. None: the first token is bought when it is needed."""
    grant, _ = Grant.objects.select_for_update().get_or_create(account=connection.account, connection=connection)
    if tokens is None:
        grant.expires_at, grant.broken_at, grant.broken_code = timezone.now(), None, ""
        vault.put(connection, ACCESS, Secret("none-yet"), acting_user=SYSTEM, is_routine=True)
        grant.serial += 1
        grant.save()
        return
    if tokens.refresh is None:
        vault.forget(connection, REFRESH, acting_user=SYSTEM)
    grant.refresh_expires_at = None
    save_tokens(connection, grant, tokens, now=timezone.now())


def _check_move(
    connection: Connection, auth: Auth, base_url: str, access: Mapping[str, Any], secrets: Mapping[str, Secret]
) -> None:
    """A secret goes only to the host that it was entered for."""
    if isinstance(auth, OAuthCode) and base_url != connection.base_url:
        raise RuleBroken("An authorised connection keeps its endpoint. Make a new one for another.", field="base_url")
    moved = _place(base_url, access) != _place(connection.base_url, connection.access)
    required = {one.name for one in auth.fields if one.is_secret} & fields_of(connection)
    if moved and required - set(secrets):
        name = "secret" if SECRET in required else sorted(required - set(secrets))[0]
        raise RuleBroken("Enter the key again: the stored one is not sent to another host.", field=name)


def _place(base_url: str, access: Mapping[str, Any]) -> tuple[str, str]:
    parts = urlsplit(base_url)
    return parts.scheme, parts.hostname or str(access.get("host", ""))


def same_partner(connection: Connection, identity: Identity) -> None:
    if identity.key != connection.identity_key:
        raise RuleBroken(
            f"This key belongs to {identity.name}; {connection.name} is connected to {connection.identity_name}. "
            "Flights of two partner accounts must not mix: make a connection of its own for it.",
            field="secret",
        )


def _free_name(name: str, connection: Connection) -> str:
    name = " ".join(name.split())[:120]
    if not name:
        raise RuleBroken("Give the connection a name.", field="name")
    others = Connection.objects.filter(name=name).exclude(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED)
    if others.exists():
        raise RuleBroken(f"There is a connection named {name} already.", field="name")
    return name


def _since(import_since: date | None) -> dict[str, Any]:
    return {} if import_since is None else {"import_since": f"{import_since.isoformat()}T00:00:00Z"}


def _audited(connection: Connection) -> dict[str, Any]:
    return {
        "connector": connection.connector,
        "name": connection.name,
        "base_url": connection.base_url,
        "partner": connection.identity_name,
        "options": connection.options,
    }
