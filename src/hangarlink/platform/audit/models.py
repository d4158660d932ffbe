"""The audit trail's one table."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from hangarlink.platform.tenancy.models import TenantModel


class AuditEntry(TenantModel):
    """One thing that somebody did. A trigger refuses UPDATE and DELETE; the application role lacks both rights too."""

    at = models.DateTimeField(auto_now_add=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    old = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    new = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="audit_by_time"),
            models.Index(fields=["account", "object_type", "object_id", "-at"], name="audit_by_object"),
        ]
