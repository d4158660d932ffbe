"""The outbox table."""

from django.db import models

from hangarlink.platform.tenancy.models import TenantModel


class OutboxEvent(TenantModel):
    """A fact announced by an action. Holds ids and codes only: no name, no address, no free text."""

    type = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField()

    class Meta:
        db_table = "outbox_event"
        indexes = [models.Index(fields=["account", "at", "id"], name="outbox_by_time")]
