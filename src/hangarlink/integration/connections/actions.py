"""Connect, change, pause, disconnect. The key is proven before anything is saved, and can never be read again."""

from datetime import date
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.integration.connections import events
from hangarlink.integration.connections.catalogue import is_switched_on, manifest_of
from hangarlink.integration.connections.models import Connection, ConnectionState
from hangarlink.integration.connections.proving import prove
from hangarlink.integration.connections.rights import EDIT, MANAGE, require_right
from hangarlink.integration.connections.schedules import unschedule
from hangarlink.integration.connections.streams import make_streams
from hangarlink.integration.contract import Identity
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault

SECRET = "api_key"  # noqa: S105 - the name of the vault's field, not a secret


def secret_of(connection: Connection) -> Secret:
    """The connection's credential, for the moment of its use. Raises Missing."""
    return vault.reveal(connection, SECRET)


def test_connection(connection: Connection, *, acting_user: Actor) -> Identity:
    """Prove a saved connection again, with the key in the vault. Writes nothing. Needs manage_sync of its area."""
    require_right(acting_user, connection.connector, MANAGE)
    identity = prove(connection.connector, base_url=connection.base_url, secret=secret_of(connection))
    _same_partner(connection, identity)
    return identity


def create_connection(
    *,
    connector: str,
    secret: Secret,
    name: str = "",
    base_url: str = "",
    import_since: date | None = None,
    acting_user: Actor,
) -> Connection:
    """Prove the key, then save the connection with its streams, none of them switched on. Events: connection.created.

    name          "" takes the partner's name for the account
    base_url      "" takes the connector's
    import_since  flights that began before this date are not asked for; None asks for all

    A partner account that was connected before is connected again, with its links. Raises what `prove` raises, and
    RuleBroken when the partner account is connected already or the feature is switched off.
    """
    require_right(acting_user, connector, EDIT)
    manifest = manifest_of(connector)
    account = current_account()
    if not is_switched_on(connector, account):
        raise RuleBroken(f"{manifest.name} is switched off for this account. An administrator can switch it on.")
    base_url = base_url.strip() or manifest.base_url
    identity = prove(connector, base_url=base_url, secret=secret)
    with atomic():
        known = Connection.objects.select_for_update().filter(connector=connector, identity_key=identity.key).first()
        if known is not None and known.state != ConnectionState.DISCONNECTED:
            raise RuleBroken(f"{identity.name} is connected already, as {known.name}.", field="secret")
        connection = known or Connection(account=account, connector=connector, identity_key=identity.key)
        connection.identity_name = identity.name[:200]
        connection.name = _free_name(name or identity.name, connection)
        connection.base_url = base_url
        connection.options = _options(import_since)
        connection.state = ConnectionState.ACTIVE
        connection.secret_set_at = timezone.now()
        connection.save()
        vault.put(connection, SECRET, secret, acting_user=acting_user)
        make_streams(connection, manifest)
        record(acting_user, connection, "created", new=_audited(connection))
        announce(events.ConnectionCreated(connection.id, connector))
    return connection


def change_connection(
    connection: Connection,
    *,
    name: str | None = None,
    base_url: str | None = None,
    secret: Secret | None = None,
    acting_user: Actor,
) -> Connection:
    """Change what is given; None leaves it. Endpoint and key are proven first, and must open the same partner account.

    Events: connection.changed. Raises what `prove` raises; RuleBroken for another partner account.
    """
    require_right(acting_user, connection.connector, EDIT)
    new_url = (
        connection.base_url if base_url is None else base_url.strip() or manifest_of(connection.connector).base_url
    )
    if secret is not None or new_url != connection.base_url:
        used = secret if secret is not None else secret_of(connection)
        _same_partner(connection, prove(connection.connector, base_url=new_url, secret=used))
    with atomic():
        held = _held(connection)
        old, new = changes(held, {"base_url": new_url})
        if name is not None and name != held.name:
            old, new = {**old, "name": held.name}, {**new, "name": _free_name(name, held)}
        for attribute, value in new.items():
            setattr(held, attribute, value)
        if secret is not None:
            vault.put(held, SECRET, secret, acting_user=acting_user)
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
    vault.forget(held, acting_user=acting_user)
    held.secret_set_at = None
    held.alert_code = held.alert_message = ""
    held.alert_since = None
    held.save()
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


def _same_partner(connection: Connection, identity: Identity) -> None:
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


def _options(import_since: date | None) -> dict[str, Any]:
    return {} if import_since is None else {"import_since": f"{import_since.isoformat()}T00:00:00Z"}


def _audited(connection: Connection) -> dict[str, Any]:
    return {
        "connector": connection.connector,
        "name": connection.name,
        "base_url": connection.base_url,
        "partner": connection.identity_name,
        "options": connection.options,
    }
