"""Shop work that life is counted from, and what papers say of the time before us."""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Counter
from hangarlink.fleet.models.aircraft import choices
from hangarlink.maintenance.components.models.component import Component
from hangarlink.maintenance.components.models.placement import CURRENT
from hangarlink.maintenance.components.vocabulary import WorkKind
from hangarlink.platform.tenancy.models import TenantModel


class Work(TenantModel):
    """An overhaul, a repair or other shop work. Never changed: a correction supersedes it.

    at     release of the work: the moment its values hold at
    scope  what was done, as the certificate says
    """

    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, related_name="work", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=14, choices=choices(WorkKind))
    at = models.DateTimeField()
    scope = models.CharField(max_length=300, blank=True)
    certificate = models.CharField(max_length=120, blank=True)
    work_order = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200, blank=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "component_work"
        indexes = [models.Index(fields=["component", "kind", "at"], condition=CURRENT, name="work_by_component")]
        constraints = [
            models.UniqueConstraint(fields=["component", "kind", "at"], condition=CURRENT, name="component_work_once"),
        ]


class WorkValue(TenantModel):
    """The total of one counter at that work as its papers state it. Without a row, the clock says it."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="values", db_constraint=False, db_index=False)
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    value = models.BigIntegerField()

    class Meta:
        db_table = "component_work_value"
        constraints = [
            models.UniqueConstraint(fields=["work", "counter"], name="component_work_value_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="component_work_value_not_negative"),
        ]


class PastRecord(TenantModel):
    """What a paper says about a time before or without us: who had the component, and what it ran there.

    holder     operator, registration or shop, as the paper says
    begun, ended  totals at both ends by counter id (as text); a counter that is not named is not traced there
    document   reference of the paper
    """

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="past", db_constraint=False)
    since = models.DateField()
    until = models.DateField()
    holder = models.CharField(max_length=200)
    rating = models.CharField(max_length=20, blank=True)
    begun = models.JSONField(default=dict)
    ended = models.JSONField(default=dict)
    document = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "component_past_record"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="past_record_ends_after_start"),
            models.CheckConstraint(condition=~Q(holder=""), name="past_record_holder_given"),
        ]
