"""What was asked and done: the certificate of an erasure. Holds nothing of the person."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from hangarlink.platform.tenancy.models import TenantModel


class Basis(models.TextChoices):
    """Why somebody asked. Source: contracts/planeconnection.md 6, deletion requests."""

    GDPR = "gdpr", "GDPR, article 17"
    CCPA = "ccpa", "CCPA"
    INTERNAL = "internal", "Own policy"


class Erased(TenantModel):
    """One erasure: when, on which basis, by whom, and what was done per kind of record.

    alias  stands in the records where the person stood
    done   [{room, what, count, treatment, reason}]: numbers and words, no values
    """

    alias = models.CharField(max_length=40)
    basis = models.CharField(max_length=10, choices=Basis)
    done = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField(auto_now_add=True)
    by = models.UUIDField(null=True)

    class Meta:
        db_table = "privacy_erasure"
        constraints = [models.UniqueConstraint(fields=["account", "alias"], name="privacy_alias_once")]

    def __str__(self) -> str:
        return self.alias
