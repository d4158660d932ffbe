"""Visits."""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rows import PushableModel
from hangarlink.maintenance.visits.rules import Status


class Visit(PushableModel):
    """One stay of one aircraft in the workshop.

    reason  what it is in for, in a line
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="visits", db_constraint=False, db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=[(one.value, one.value.capitalize()) for one in Status])

    class Meta:
        db_table = "workshop_visit"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="visit_ends_after_start"),
            models.CheckConstraint(condition=Q(status__in=[one.value for one in Status]), name="visit_status_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="visit_reason_given"),
        ]
        indexes = [models.Index(fields=["aircraft", "starts_at"], name="visit_by_aircraft")]

    def __str__(self) -> str:
        return f"{self.starts_at:%d %b %Y} {self.reason}".lstrip("0")
