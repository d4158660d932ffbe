"""Defects."""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.defects.rules import Status
from hangarlink.platform.tenancy.models import TenantModel


class Defect(TenantModel):
    """One finding on one aircraft.

    number           counts up within the account; what people say: "defect 17"
    reported_by      who reported it, as the source says; personal data, so never in an event
    description_key  of the description, so that the same report is recognised (rules.description_key)
    source           "manual" or the system it came from; external_id is that system's name for it
    due_date         to be rectified by, where the reporter said so
    """

    number = models.PositiveIntegerField()
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="defects", db_constraint=False, db_index=False
    )
    description = models.TextField()
    description_key = models.CharField(max_length=64)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=200, blank=True)
    due_date = models.DateField(null=True, blank=True)
    ata = models.CharField(max_length=8, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=[(status.value, status.value.capitalize()) for status in Status])
    rectification = models.TextField(blank=True)
    rectified_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)

    class Meta:
        db_table = "defect"
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="defect_number_once"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]), name="defect_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["rectified", "closed"])
                | (Q(rectified_at__isnull=False) & ~Q(rectification="")),
                name="defect_rectified_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="defect_closed_says_when"
            ),
        ]
        indexes = [
            models.Index(fields=["aircraft", "-reported_at", "-id"], name="defect_by_aircraft"),
            models.Index(fields=["aircraft", "description_key"], name="defect_by_description"),
            models.Index(
                fields=["aircraft", "external_id"], condition=~Q(external_id=""), name="defect_by_external_id"
            ),
            models.Index(fields=["account", "status", "due_date"], name="defect_by_status"),
        ]

    def __str__(self) -> str:
        return f"Defect {self.number}"


class LastNumber(TenantModel):
    """The last defect number given in an account."""

    number = models.PositiveIntegerField()

    class Meta:
        db_table = "defect_last_number"
        constraints = [models.UniqueConstraint(fields=["account"], name="defect_last_number_once")]
