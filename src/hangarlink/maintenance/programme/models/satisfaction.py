"""Work that covers other work: an annual inspection satisfies a 100-hour inspection (14 CFR 91.409(b))."""

from django.db import models
from django.db.models import F, Q

from hangarlink.maintenance.programme.models.requirement import Requirement
from hangarlink.platform.tenancy.models import TenantModel


class Satisfaction(TenantModel):
    """Whoever accomplishes `requirement` has accomplished `satisfied` too, on the same aircraft with the same stamp."""

    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="satisfies", db_constraint=False, db_index=False
    )
    satisfied = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="satisfied_by", db_constraint=False, db_index=False
    )
    source = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "satisfaction"
        constraints = [
            models.UniqueConstraint(fields=["requirement", "satisfied"], name="satisfaction_once"),
            models.CheckConstraint(condition=~Q(requirement=F("satisfied")), name="satisfaction_of_another"),
        ]
        indexes = [models.Index(fields=["satisfied"], name="satisfaction_by_satisfied")]
