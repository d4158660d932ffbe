"""Modifications embodied in aircraft: what pre- and post-modification effectivity asks about."""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft
from hangarlink.platform.tenancy.models import TenantModel


class Modification(TenantModel):
    """A modification, service bulletin or STC embodied in one aircraft.

    code         its number, as effectivity names it ("SB 32-01", "STC SA01234")
    embodied_on  from this day on; `removed_on`, when it was taken out again, ends it
    approval     reference of the approval or of the release under which it was done
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="modifications", db_constraint=False, db_index=False
    )
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    embodied_on = models.DateField()
    approval = models.CharField(max_length=120, blank=True)
    removed_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)

    class Meta:
        db_table = "modification"
        constraints = [
            models.UniqueConstraint(
                fields=["aircraft", "code"], condition=Q(removed_on__isnull=True), name="modification_embodied_once"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="modification_code_given"),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("embodied_on")),
                name="modification_removed_after",
            ),
        ]
        indexes = [models.Index(fields=["aircraft", "code"], name="modification_by_aircraft")]

    def __str__(self) -> str:
        return self.code
