"""Making the line of a connection: which transport, signed how, behind which valve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.crypto import salted_hmac

from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.filing.folder import FolderStore
from hangarlink.integration.connections.filing.sftp import SftpStore
from hangarlink.integration.connections.keys import Keys, Stored
from hangarlink.integration.connections.line import Line
from hangarlink.integration.connections.mailing import MailLine
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.partner_apps import app_for
from hangarlink.integration.connections.oauth.rules import endpoints_at
from hangarlink.integration.connections.oauth.tokens import kept_keys
from hangarlink.integration.connections.pace import Pace, RealPace
from hangarlink.integration.connections.repeating import Repeating
from hangarlink.integration.connections.traffic.rules import spacing
from hangarlink.integration.connections.traffic.valve import Shared
from hangarlink.integration.contract import (
    Auth,
    AuthFailed,
    ClientCredentials,
    Folder,
    Manifest,
    OAuthCode,
    Per,
    Sftp,
    SignedInbound,
    Smtp,
    Transport,
)
from hangarlink.platform.errors import Missing
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.crypto import VaultError
from hangarlink.platform.vault.queries import fields_of


@dataclass(frozen=True)
class Subscriber:
    """On whose account calls are made: what a limit is counted under."""

    key: str
    account: str
    app: str = "app"

    def of(self, per: Per) -> str:
        return {Per.APP: self.app, Per.ACCOUNT: self.account}.get(per, self.key)


@dataclass(frozen=True)
class NoLine:
    """For partners that only call us."""

    transport = Transport.NONE

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


def open_line(
    connection: Connection, *, pace: Pace | None = None, deferrals: int = 0, deadline: float | None = None
) -> Any:
    """The line of a saved connection, as a context manager. Call it inside the account's wall, use it anywhere.

    Raises AuthFailed when its secrets cannot be used.
    """
    manifest = manifest_of(connection.connector)
    auth = manifest.auth_of(connection.auth_kind)
    try:
        keys = keys_of(connection, auth)
    except (Missing, VaultError) as error:
        raise AuthFailed(f"The key cannot be used: {error}") from None
    who = Subscriber(_fingerprint(connection, keys), connection.identity_key, _app_of(connection, manifest, auth))
    return dialled(
        manifest,
        auth,
        base_url=connection.base_url,
        keys=keys,
        access=connection.access,
        who=who,
        pace=pace,
        deferrals=deferrals,
        deadline=deadline,
    )


def keys_of(connection: Connection, auth: Auth) -> Keys:
    """What a saved connection signs with. Raises Missing, VaultError."""
    if isinstance(auth, OAuthCode | ClientCredentials):
        return kept_keys(connection, auth)
    stored = fields_of(connection)
    wanted = [one for one in auth.fields if one.is_secret]
    secrets = {one.name: vault.reveal(connection, one.name) for one in wanted if one.name in stored}
    if missing := [one.label for one in wanted if one.is_required and one.name not in secrets]:
        raise Missing(f"No {missing[0]} is stored for {connection}. Enter it.")
    return Stored(secrets, connection.access)


def dialled(
    manifest: Manifest,
    auth: Auth,
    *,
    base_url: str,
    keys: Keys,
    access: Mapping[str, Any],
    who: Subscriber,
    pace: Pace | None = None,
    deferrals: int = 0,
    deadline: float | None = None,
    is_patient: bool = True,
) -> Any:
    """The line for an auth kind. `deadline` overrides the manifest's seconds for one call."""
    limits = manifest.limits
    seconds = limits.deadline if deadline is None else deadline
    place = place_of(manifest.key, base_url or str(access.get("host", "")))
    valve = Shared(
        place,
        [
            (f"{manifest.key}:{number}:{rate.per}:{_digest(place, who.of(rate.per))}", spacing(rate))
            for number, rate in enumerate(limits.rates)
        ],
        is_patient=is_patient,
    )
    pace = pace or RealPace()
    repeating = Repeating(keys, pace=pace, valve=valve, deferrals=deferrals)
    match auth:
        case Smtp():
            return MailLine(keys, repeating, deadline=seconds)
        case Sftp():
            return SftpStore(keys, repeating, deadline=seconds)
        case Folder():
            return FolderStore(current_account().subdomain, str(access["folder"]), repeating)
        case SignedInbound():
            return NoLine()
        case _:
            return Line(
                base_url,
                auth,
                keys,
                pace=pace,
                deadline=seconds,
                max_bytes=limits.max_bytes,
                deferrals=deferrals,
                valve=valve,
            )


def place_of(connector: str, where: str) -> str:
    """What fails together: a partner at one address. Its own place for each, so a sandbox never shuts the real one."""
    origin = "/".join(where.split("/")[:3]) if "://" in where else where
    return f"{connector}@{origin}"[:400]


def _fingerprint(connection: Connection, keys: Keys) -> str:
    """Connections with the same key share its limit. Tokens change, so with them every connection is its own."""
    if isinstance(keys, Stored):
        return "\n".join(sorted(secret.reveal() for secret in keys.secrets.values()))
    return str(connection.id)


def _app_of(connection: Connection, manifest: Manifest, auth: Auth) -> str:
    if not isinstance(auth, OAuthCode):
        return "app"
    app = app_for(manifest.key, is_partners_own=endpoints_at(manifest, auth, connection.base_url).is_partners_own)
    return app.client_id if app else "app"


def _digest(*texts: str) -> str:
    """Nothing of a secret can be read from it, nor tried out against it without the installation's key."""
    return salted_hmac("hangarlink.quota", "\n".join(texts), algorithm="sha256").hexdigest()[:32]
