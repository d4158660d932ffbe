"""Telling the partner that a connection ended, so that the tokens we had are good for nothing.

The connection forgets its tokens in the transaction that disconnects it; the call is made afterwards by a job, from a
row that has the token in the vault until then.
"""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import structlog
from django.utils import timezone

from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth import wire
from hangarlink.integration.connections.oauth.keeping import ACCESS, REFRESH
from hangarlink.integration.connections.oauth.models import Grant, Revocation
from hangarlink.integration.connections.oauth.partner_apps import app_for
from hangarlink.integration.connections.oauth.rules import endpoints_at
from hangarlink.integration.connections.pace import Pace, RealPace
from hangarlink.integration.connections.rules import Repeat, after_failure
from hangarlink.integration.contract import OAuthCode, PartnerError
from hangarlink.platform.audit.actions import record
from hangarlink.platform.jobs.queue import enqueue
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.queries import fields_of

log = structlog.get_logger(__name__)
TASK = "connections.revoke"
TOKEN = "token"  # noqa: S105 - the name of the vault's field


def let_go(connection: Connection, *, acting_user: Actor) -> None:
    """Have the partner forget the tokens of a connection. Call it in the transaction that ends it, before they are
    forgotten here. Nothing happens for partners that offer no revoking."""
    Grant.objects.filter(connection=connection).delete()
    auth = manifest_of(connection.connector).auth_of(connection.auth_kind)
    stored = fields_of(connection)
    if not isinstance(auth, OAuthCode) or not auth.revoke_url:
        return
    field = REFRESH if REFRESH in stored and not auth.revokes_itself else ACCESS
    if field not in stored:
        return
    row = Revocation.objects.create(
        account=connection.account,
        connector=connection.connector,
        base_url=connection.base_url,
        requested_at=timezone.now(),
    )
    vault.put(row, TOKEN, vault.reveal(connection, field), acting_user=acting_user, is_routine=True)
    enqueue(TASK, connection.account, lock=f"revoke:{row.id}", revocation_id=str(row.id))


def revoke(account: Account, revocation_id: UUID, pace: Pace | None = None) -> None:
    """Make the call, by the retry table, and forget the token either way. Not to be called in a transaction."""
    with acting_in(account):
        row = Revocation.objects.filter(pk=revocation_id).first()
        if row is None:
            return
        manifest = manifest_of(row.connector)
        auth = next(one for one in manifest.auths if isinstance(one, OAuthCode))
        endpoints = endpoints_at(manifest, auth, row.base_url)
        app = app_for(row.connector, is_partners_own=endpoints.is_partners_own)
        token = vault.reveal(row, TOKEN)
    if auth.revokes_itself:
        code = _tried(partial(wire.revoke_itself, endpoints.revoke, token=token), pace)
    elif app is None:
        code = "no_app"
    else:
        code = _tried(partial(wire.revoke, auth, endpoints.revoke, app, token=token), pace)
    with acting_in(account):
        vault.forget(row, acting_user=SYSTEM)
        record(SYSTEM, row, "not_revoked" if code else "revoked", new={"connector": row.connector, "code": code})
        row.delete()


def _tried(call: Callable[[], None], pace: Pace | None) -> str:
    """ "" when the partner took it, else the code of what it was given up with."""
    pace = pace or RealPace()
    failures = 0
    while True:
        try:
            call()
        except PartnerError as error:
            decision = after_failure(error, failures=failures)
            if not isinstance(decision, Repeat):
                log.warning("token_not_revoked", code=error.code)
                return error.code
            failures += 1
            pace.sleep(decision.seconds)
        else:
            return ""
