"""Apps at partners, authorisations under way, what is known of a connection's tokens. Every secret is in the vault."""

from django.db import models

from hangarlink.integration.connections.models import Connection
from hangarlink.platform.tenancy.models import TenantModel


class PartnerApp(TenantModel):
    """The app that the account registered at a partner. Its secret is in the vault, as client_secret."""

    connector = models.CharField(max_length=20)
    client_id = models.CharField(max_length=400)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "connection_partner_app"
        constraints = [models.UniqueConstraint(fields=["account", "connector"], name="partner_app_once")]

    def __str__(self) -> str:
        return f"App at {self.connector}"


class Authorisation(TenantModel):
    """Somebody was sent to a partner's consent page. Good for one return, of the same person, within minutes.

    state_hash   SHA-256 of the state; the state itself and the PKCE verifier made from it are kept nowhere
    person_id    the membership that started it
    connection   the one that is authorised again; None makes a new one
    draft        what the new connection shall be: name, options
    """

    connector = models.CharField(max_length=20)
    state_hash = models.BinaryField(max_length=32)
    person_id = models.UUIDField()
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    base_url = models.CharField(max_length=2048)
    draft = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connection_authorisation"
        constraints = [models.UniqueConstraint(fields=["account", "state_hash"], name="authorisation_state_once")]

    def __str__(self) -> str:
        return f"Authorisation at {self.connector}"


class Grant(TenantModel):
    """What is known of a connection's tokens. The row that is locked while they are renewed.

    serial              rises with every new pair: who holds an older one takes the newer instead of renewing
    expires_at          of the access token; None: until the partner refuses it
    refresh_expires_at  when a person has to authorise again in any case, where the partner says so
    broken_at, broken_code  the partner took the grant back: only a person can mend that
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="grants", db_constraint=False, db_index=False
    )
    serial = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    refresh_expires_at = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    broken_code = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "connection_grant"
        constraints = [models.UniqueConstraint(fields=["connection"], name="grant_once")]

    def __str__(self) -> str:
        return f"Tokens of {self.connection_id}"


class Revocation(TenantModel):
    """A token that the partner shall forget, after its connection ended here. It is in the vault, as token."""

    connector = models.CharField(max_length=20)
    base_url = models.CharField(max_length=2048)
    requested_at = models.DateTimeField()

    class Meta:
        db_table = "connection_revocation"

    def __str__(self) -> str:
        return f"Revocation at {self.connector}"
