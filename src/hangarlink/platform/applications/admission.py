"""Who is asking: the bearer token checked, the request counted, the last use noted, in one trip to the database.

The trip carries two statements. The first opens the account's wall from the subdomain (a setting that ends with the
trip), so that the second sees the tokens of that account only: a token of another account does not exist.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection

from hangarlink.platform.applications.credentials import token_digest
from hangarlink.platform.applications.rates import COUNT_REQUEST, WINDOW_SECONDS, Quota
from hangarlink.platform.applications.scopes import Scope, known, permissions_of
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.models import Account

_OPEN_WALL = """
SELECT set_config(
    'hangarlink.account_id', coalesce((SELECT id::text FROM account WHERE subdomain = %(subdomain)s), ''), true
);
"""
_ACCOUNT = [str(field.column) for field in Account._meta.concrete_fields]
_CALLER = f"""
WITH caller AS (
    SELECT application.id, application.name, application.source, application.scopes, token.scope, token.expires,
           application.last_used_at, token.account_id
    FROM oauth_access_token token
    JOIN oauth_application application ON application.id = token.application_id AND application.revoked_at IS NULL
    WHERE token.token_checksum = %(digest)s
), counted AS (
    {
    COUNT_REQUEST.format(
        source="SELECT 'app:' || id, statement_timestamp(), 1 FROM caller WHERE expires > statement_timestamp()",
        seconds=WINDOW_SECONDS,
    )
}
), noted AS (
    UPDATE oauth_application SET last_used_at = statement_timestamp() FROM caller
    WHERE oauth_application.id = caller.id AND caller.expires > statement_timestamp()
      AND (caller.last_used_at IS NULL OR caller.last_used_at < statement_timestamp() - interval '1 minute')
)
SELECT caller.id, caller.name, caller.source, caller.scopes, caller.scope, counted.used, counted.seconds,
       {", ".join(f"account.{column}" for column in _ACCOUNT)}
FROM caller JOIN account ON account.id = caller.account_id LEFT JOIN counted ON true
"""  # noqa: S608 - made of constants


class TokenFault(StrEnum):
    """Why a token is no good, as words that help its owner."""

    UNKNOWN = (
        "The access token is not known under this subdomain, or its application was revoked. "
        "Request a new one at this subdomain's /oauth/token."
    )
    EXPIRED = "The access token has expired. Request a new one at /oauth/token."
    NO_ACCOUNT = "There is no account under this subdomain."


@dataclass(frozen=True)
class Caller:
    """An application with a good token.

    scopes  what token and application both hold
    source  names the system it speaks for, for external ids
    quota   where it stands in its rate limit, this request counted
    """

    account: Account
    application_id: UUID
    name: str
    source: str
    scopes: frozenset[Scope]
    quota: Quota

    def actor(self) -> Actor:
        """As actions want it."""
        return Actor(ActorKind.APPLICATION, self.application_id, self.name, permissions_of(self.scopes))


def admit(subdomain: str, token: str) -> Caller | TokenFault:
    """Check a bearer token under a subdomain, and count the request. Call outside a transaction."""
    given = {"subdomain": subdomain, "digest": token_digest(token)}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_WALL + _CALLER, given)
        (account_id,) = cursor.fetchone()
        cursor.nextset()
        row = cursor.fetchone()
    if not account_id:
        return TokenFault.NO_ACCOUNT
    if row is None:
        return TokenFault.UNKNOWN
    application_id, name, source, granted, scope, used, seconds, *account = row
    if used is None:
        return TokenFault.EXPIRED
    return Caller(
        account=Account.from_db(DEFAULT_DB_ALIAS, _ACCOUNT, account),
        application_id=application_id,
        name=name,
        source=source,
        scopes=frozenset(known(scope.split())) & frozenset(known(granted)),
        quota=Quota(settings.HANGARLINK_API_REQUESTS_PER_MINUTE, used, seconds),
    )
