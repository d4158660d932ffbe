"""What was about to be sent, so that after any crash the very same is sent again."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from hangarlink.integration.connections.models import Connection, Link
from hangarlink.platform.tenancy.models import TenantModel


class PushAttempt(TenantModel):
    """One change on its way to the partner. It commits before the call and goes with what the partner said.

    What is still here when a run begins was interrupted: the partner may have acted on it. The same content goes again
    under the same key before anything newer of the same record does.

    version     our row's version that it carries
    payload     the canonical record that was sent
    tries       how often it was sent; above 1 it is a repeat
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    link = models.OneToOneField(Link, on_delete=models.CASCADE, related_name="attempt", db_constraint=False)
    dataset = models.CharField(max_length=40)
    version = models.BigIntegerField()
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    is_deletion = models.BooleanField(default=False)
    tries = models.PositiveIntegerField(default=1)
    run_id = models.UUIDField()
    first_at = models.DateTimeField()

    class Meta:
        db_table = "push_attempt"
        indexes = [models.Index(fields=["connection", "dataset", "id"], name="push_attempt_in_order")]

    @property
    def key(self) -> str:
        """The idempotency key: at most 50 letters, digits and hyphens. It is the attempt's own and not made of link and
        version: the same version goes out again after a decision or a mended mapping, and a partner that remembers
        keys would answer with what it did before."""
        return self.pk.hex
