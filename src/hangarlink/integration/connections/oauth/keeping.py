"""The tokens of a connection as its line uses them: renewed before they end, once whoever asks, and never lost.

A renewal holds the lock of the connection's grant row from before the call to the partner until the new pair is
committed. Whoever comes second finds a higher serial and takes that pair. The transaction is one of its own, so what
the partner handed out stays, whatever becomes of the work that needed it.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from django.db import OperationalError
from django.db import connection as database
from django.utils import timezone

from hangarlink.integration.connections.errands import at_home
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.models import Grant
from hangarlink.integration.connections.oauth.wire import App, GrantGone, Tokens
from hangarlink.integration.contract import AuthFailed, PartnerError, ServerTrouble
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault

log = structlog.get_logger(__name__)

ACCESS, REFRESH = "access_token", "refresh_token"
AGAIN = "The partner took the authorisation back. Authorise the connection again."
LOCK_SECONDS = 30
T = TypeVar("T")

Buy = Callable[[Secret | None, datetime], Tokens]
"""(refresh token, now) -> the next pair: a refresh, or client credentials once more. Raises PartnerError."""


@dataclass(frozen=True)
class Held:
    """What a line holds of a grant at a moment."""

    serial: int
    access: Secret
    renew_at: datetime | None


class Kept:
    """Keys of a saved connection.

    buy    the call that brings the next pair
    extra  further secrets that a partner's answer could repeat
    """

    def __init__(
        self,
        connection: Connection,
        buy: Buy,
        *,
        extra: tuple[Secret, ...] = (),
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self._account: Account = connection.account
        self._connection = connection
        self._buy = buy
        self._extra = extra
        self._clock = clock
        self._held: Held | None = None
        self._seen: list[Secret] = []

    def values(self) -> Mapping[str, str]:
        """The access token; a new one when that at hand is about to end. Raises AuthFailed when the grant is gone."""
        held = self._held or self._look()
        if held.renew_at is not None and self._clock() >= held.renew_at:
            held = self._renewed(held)
        return {ACCESS: held.access.reveal()}

    def renew(self) -> bool:
        """The partner refused the token at hand: take a newer one, or buy one."""
        if self._held is None:
            return False
        self._renewed(self._held)
        return True

    def texts(self) -> list[str]:
        return [text for secret in (*self._seen, *self._extra) if (text := secret.reveal())]

    def _look(self) -> Held:
        return self._keep(at_home(lambda: _in_account(self._account, self._read)))

    def _renewed(self, held: Held) -> Held:
        try:
            found = at_home(lambda: apart(self._account, lambda: self._renew_under_lock(held)))
        except OperationalError as error:
            raise ServerTrouble("The tokens are being renewed elsewhere, without an end.", detail=str(error)) from None
        if isinstance(found, PartnerError):
            raise found
        return self._keep(found)

    def _read(self) -> Held:
        grant = Grant.objects.filter(connection=self._connection).first()
        if grant is None:
            raise AuthFailed("The connection is not authorised. Authorise it.")
        if grant.broken_at is not None:
            raise AuthFailed(AGAIN, detail=grant.broken_code)
        return self._held_of(grant)

    def _renew_under_lock(self, held: Held) -> Held | PartnerError:
        """The pair that follows `held`. Errors are returned: what is noted about them must be committed as well."""
        grant = _locked(self._connection)
        if grant.broken_at is not None:
            return AuthFailed(AGAIN, detail=grant.broken_code)
        if grant.serial != held.serial:
            return self._held_of(grant)
        refresh: Secret | None = None
        with suppress(Missing):
            refresh = vault.reveal(self._connection, REFRESH)
            self._seen.append(refresh)
        try:
            tokens = self._buy(refresh, self._clock())
        except GrantGone as error:
            break_grant(grant, error.error, now=self._clock())
            log.warning("grant_gone", connection=str(self._connection.id), code=error.error)
            return AuthFailed(AGAIN, detail=error.detail)
        except PartnerError as error:
            return error
        save_tokens(self._connection, grant, tokens, now=self._clock())
        log.info("tokens_renewed", connection=str(self._connection.id), serial=grant.serial)
        return Held(grant.serial, tokens.access, tokens.renew_at)

    def _held_of(self, grant: Grant) -> Held:
        return Held(grant.serial, vault.reveal(self._connection, ACCESS), grant.expires_at)

    def _keep(self, held: Held) -> Held:
        self._held = held
        self._seen = [*self._seen[-6:], held.access]
        return held


@dataclass
class InHand:
    """Keys that were bought a moment ago and are not saved: for proving what shall be saved with them."""

    tokens: Tokens
    app: App

    def values(self) -> Mapping[str, str]:
        return {ACCESS: self.tokens.access.reveal()}

    def renew(self) -> bool:
        return False

    def texts(self) -> list[str]:
        secrets = [self.tokens.access, self.app.client_secret, *([self.tokens.refresh] if self.tokens.refresh else [])]
        return [text for secret in secrets if (text := secret.reveal())]


def save_tokens(connection: Connection, grant: Grant, tokens: Tokens, *, now: datetime) -> None:
    """Keep a pair. A partner that sends no new refresh token goes on with the old one. Source: RFC 6749, 6."""
    vault.put(connection, ACCESS, tokens.access, acting_user=SYSTEM, is_routine=grant.serial > 0)
    if tokens.refresh is not None:
        vault.put(connection, REFRESH, tokens.refresh, acting_user=SYSTEM, is_routine=grant.serial > 0)
    grant.serial += 1
    grant.expires_at = tokens.renew_at
    grant.refresh_expires_at = tokens.refresh_expires_at or grant.refresh_expires_at
    grant.renewed_at = now
    grant.broken_at, grant.broken_code = None, ""
    grant.save()


def break_grant(grant: Grant, code: str, *, now: datetime) -> None:
    """Only a person can mend it: no further call is made with it."""
    grant.broken_at, grant.broken_code = now, code[:40]
    grant.save(update_fields=["broken_at", "broken_code"])


def _locked(connection: Connection) -> Grant:
    grant = Grant.objects.select_for_update().filter(connection=connection).first()
    if grant is None:
        raise _Unseen
    return grant


class _Unseen(Exception):
    """The row is not there for this transaction: it was made in another one that is not committed."""


def apart(account: Account, work: Callable[[], T]) -> T:
    """Do it in a transaction of its own that is committed when this returns, also from inside another transaction.

    What the other transaction made itself cannot be seen from outside. Then the work is done inside: if that
    transaction is rolled back, the connection goes with its tokens, and nothing that was there before is lost.
    """
    if not database.in_atomic_block:
        return _in_account(account, work)
    try:
        return _in_thread(lambda: _in_account(account, work))
    except _Unseen:
        return _in_account(account, work)


def _in_account(account: Account, work: Callable[[], T]) -> T:
    with acting_in(account), database.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
        return work()


def _in_thread(work: Callable[[], T]) -> T:
    """In a thread, because a thread has a database connection of its own."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the one who waits
            failed.append(error)
        finally:
            database.close()

    thread = threading.Thread(target=run, name="tokens", daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
