"""Tolerance: classes that say how far an approval may go, and the approvals themselves."""

from functools import cached_property

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.models.due import DueItem
from hangarlink.maintenance.programme.rules.limits import Basis
from hangarlink.maintenance.programme.rules.tolerance import Band, bands_from_json
from hangarlink.platform.tenancy.models import TenantModel

COUNTS_FROM = [(Basis.GRID.value, "From the due point before it"), (Basis.ACTUAL.value, "From the work")]


class ToleranceClass(TenantModel):
    """A table of ceilings that requirements name by its code.

    bands        `rules.tolerance.Band` as JSON, the first that fits an interval counts
    counts_from  where the interval after work done under a variation counts from, unless the approver says otherwise
    source       the document that says so
    retired_at   no longer to be chosen; what names it stays as it is
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=200, blank=True)
    counts_from = models.CharField(max_length=6, choices=COUNTS_FROM, default=Basis.GRID.value)
    bands = models.JSONField(encoder=DjangoJSONEncoder)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "tolerance_class"
        constraints = [
            models.UniqueConstraint(fields=["account", "code"], name="tolerance_class_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="tolerance_class_named"),
            models.CheckConstraint(
                condition=Q(counts_from__in=[Basis.GRID.value, Basis.ACTUAL.value]), name="tolerance_class_counts_from"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rules(self) -> tuple[Band, ...]:
        """The bands as the rules read them."""
        return bands_from_json(self.bands)


class VariationUnit(models.TextChoices):
    """What an amount counts. Months are kept as months: a month on from 31 January is the end of February."""

    SECONDS = "seconds", "Seconds of a time counter"
    COUNT = "count", "Counts"
    DAYS = "days", "Days"
    MONTHS = "months", "Months"


class Variation(TenantModel):
    """An approved, one-time extension of one open limit of one item. Never changed; it may be withdrawn.

    path, due    the term it extends, and its due point then (`rules.dues.due_to_json`), without the variation
    after        chain of the accomplishment whose interval it extends, null before the first: the next one spends it
    counter      of a limit on usage; null for a calendar limit
    tolerance    code of the class whose ceiling was kept
    approved_by  who approved it, as the approval names them; `reference` is the approval's
    """

    item = models.ForeignKey(
        DueItem, on_delete=models.CASCADE, related_name="variations", db_constraint=False, db_index=False
    )
    path = models.CharField(max_length=60)
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    due = models.JSONField(encoder=DjangoJSONEncoder)
    after = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    unit = models.CharField(max_length=7, choices=VariationUnit)
    counts_from = models.CharField(max_length=6, choices=COUNTS_FROM)
    tolerance = models.CharField(max_length=40)
    approved_by = models.CharField(max_length=120)
    approved_on = models.DateField()
    reference = models.CharField(max_length=120)
    conditions = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_label = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "variation"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "path", "after"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="variation_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="variation_extends"),
            models.CheckConstraint(
                condition=~Q(approved_by="") & ~Q(reference=""), name="variation_says_who_and_where"
            ),
            models.CheckConstraint(
                condition=Q(counter__isnull=False, unit__in=["seconds", "count"])
                | Q(counter__isnull=True, unit__in=["days", "months"]),
                name="variation_unit_fits",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""), name="variation_withdrawn_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.reference
