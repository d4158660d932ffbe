"""One address per connection, and what arrived there and waits to be looked at."""

from django.db import models

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.inbound.rules import Refusal
from hangarlink.platform.tenancy.models import TenantModel


class Hook(TenantModel):
    """Where a partner sends its webhooks for one connection: `/hooks/<key>`. The secret is in the vault.

    key             random; it names the connection without telling anything about it, and it is no secret
    last_refusal    why something was not taken lately, "" when nothing was refused since the last good one
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="hook", db_constraint=False)
    key = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_received_at = models.DateTimeField(null=True)
    last_refused_at = models.DateTimeField(null=True)
    last_refusal = models.CharField(
        max_length=20, choices=[(one.value, one.value.replace("_", " ").capitalize()) for one in Refusal], blank=True
    )

    class Meta:
        db_table = "inbound_hook"

    def __str__(self) -> str:
        return self.key


class Received(TenantModel):
    """One verified message. Its body is kept until it was looked at, and not a moment longer.

    message_id    a digest of the partner's own id, or of the body where it has none
    repetitions   how often it came again
    asked_for     the flows whose runs it asked for
    """

    hook = models.ForeignKey(
        Hook, on_delete=models.CASCADE, related_name="messages", db_constraint=False, db_index=False
    )
    message_id = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    body = models.BinaryField(null=True)
    repetitions = models.PositiveIntegerField(default=0)
    processed_at = models.DateTimeField(null=True)
    asked_for = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "inbound_message"
        constraints = [models.UniqueConstraint(fields=["hook", "message_id"], name="inbound_message_once")]
        indexes = [
            models.Index(
                fields=["hook", "received_at"], condition=models.Q(processed_at=None), name="inbound_message_waiting"
            ),
            models.Index(fields=["account", "received_at"], name="inbound_message_by_time"),
        ]
