"""Applications, their tokens, how much they asked for, and the answers kept for repeated requests.

django-oauth-toolkit cannot swap a model later, so all six of its models are ours from the first migration, as tenant
tables. Only Application and AccessToken are in use: the server offers the client credentials grant and nothing else.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import TenantModel


class OfCurrentAccount(TenantModel):
    """The toolkit creates rows without knowing of accounts: they belong to the account that is acting."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.account_id is None:
            self.account = current_account()
        super().save(*args, **kwargs)


class Application(OfCurrentAccount, AbstractApplication):
    """A program that may use the API of one account.

    scopes                 what its tokens may hold at most; taking one away works at once, also for tokens out there
    source                 names the system it speaks for on flights and defects: an external id is unique per source.
                           An application that replaces another one takes it over
    previous_secret, previous_secret_until   the secret before the last rotation, while both are good
    last_used_at           of a valid token, to the minute
    """

    name = models.CharField(max_length=120)
    scopes = ArrayField(models.CharField(max_length=40))
    source = models.CharField(max_length=40)
    previous_secret = models.CharField(max_length=255, blank=True)
    previous_secret_until = models.DateTimeField(null=True)
    created_by = models.UUIDField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "oauth_application"
        constraints = [
            models.UniqueConstraint(
                "account", Lower("name"), condition=models.Q(revoked_at__isnull=True), name="application_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_usable(self, request: object) -> bool:  # noqa: ARG002 - the toolkit's signature
        return self.revoked_at is None

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None


class AccessToken(OfCurrentAccount, AbstractAccessToken):
    """A bearer token: only its SHA-256 is kept (`token_checksum`); `token` stays empty."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="access_tokens", db_constraint=False
    )
    source_refresh_token = models.OneToOneField(
        "RefreshToken", on_delete=models.SET_NULL, null=True, related_name="refreshed_access_token", db_constraint=False
    )
    id_token = models.OneToOneField(
        "IDToken", on_delete=models.CASCADE, null=True, related_name="access_token", db_constraint=False
    )

    class Meta:
        db_table = "oauth_access_token"
        indexes = [models.Index(fields=["expires"], name="access_token_by_expiry")]


class Grant(OfCurrentAccount, AbstractGrant):
    """Not in use: no authorization code flow is offered."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="grants", db_constraint=False)

    class Meta:
        db_table = "oauth_grant"


class RefreshToken(OfCurrentAccount, AbstractRefreshToken):
    """Not in use: client credentials need no refresh token."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="refresh_tokens", db_constraint=False
    )
    access_token = models.OneToOneField(
        AccessToken, on_delete=models.SET_NULL, null=True, related_name="refresh_token", db_constraint=False
    )

    class Meta:
        db_table = "oauth_refresh_token"


class IDToken(OfCurrentAccount, AbstractIDToken):
    """Not in use: the server is no OpenID provider."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, null=True, related_name="id_tokens", db_constraint=False
    )

    class Meta:
        db_table = "oauth_id_token"


class DeviceGrant(OfCurrentAccount, AbstractDeviceGrant):
    """Not in use: no device flow is offered."""

    class Meta(AbstractDeviceGrant.Meta):
        abstract = False
        db_table = "oauth_device_grant"


class RequestWindow(models.Model):
    """How many requests somebody made since a moment. Unlogged and without an account: it is a count, not a record.

    key  "app:" with an application's id, or "token:" with a digest of account and address
    """

    key = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        db_table = "request_window"


class KeptAnswer(TenantModel):
    """The answer to a request that carried an Idempotency-Key, given again when the request is repeated."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "kept_answer"
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["made_at"], name="kept_answer_by_age")]
