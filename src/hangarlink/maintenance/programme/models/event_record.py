"""What happened to an aircraft that limits count from: a hard landing, a shop visit, an engine change.

Rows are never changed: a correction is a new version.
"""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.models.accomplishment import ValueSource
from hangarlink.platform.tenancy.models import TenantModel, new_id


class EventRecord(TenantModel):
    """One version of one event on an aircraft. Only `superseded_at` is ever set later.

    chain         the same for all versions; `version` counts from 1
    code          as limits name it, such as `hard_landing`
    at            when; `on` is its date where the account is
    source        where it is written: a page of the technical log, a report
    is_withdrawn  this version says: it did not happen
    """

    chain = models.UUIDField(default=new_id)
    version = models.PositiveIntegerField(default=1)
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="event_records", db_constraint=False, db_index=False
    )
    code = models.CharField(max_length=40)
    at = models.DateTimeField()
    on = models.DateField()
    source = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    is_withdrawn = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "event_record"
        constraints = [
            models.UniqueConstraint(fields=["chain", "version"], name="event_record_version_once"),
            models.UniqueConstraint(
                fields=["chain"], condition=Q(superseded_at__isnull=True), name="event_record_current_once"
            ),
            models.UniqueConstraint(
                fields=["aircraft", "code", "at"],
                condition=Q(superseded_at__isnull=True, is_withdrawn=False),
                name="event_record_once",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="event_record_code_given"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="event_record_correction_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.code.replace('_', ' ')} of {self.on:%Y-%m-%d}"


class EventValue(TenantModel):
    """The total of one counter at an event. `at` repeats its moment: late usage finds it by index."""

    event = models.ForeignKey(
        EventRecord, on_delete=models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    value = models.BigIntegerField()
    source = models.CharField(max_length=7, choices=ValueSource)
    at = models.DateTimeField()

    class Meta:
        db_table = "event_value"
        constraints = [
            models.UniqueConstraint(fields=["event", "counter"], name="event_value_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="event_value_not_negative"),
        ]
        indexes = [models.Index(fields=["counter", "at"], name="event_value_by_moment")]
