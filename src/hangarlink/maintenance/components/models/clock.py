"""What moves a component's counters, and what people told of them."""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Counter
from hangarlink.fleet.models.aircraft import choices
from hangarlink.maintenance.components.models.component import Component
from hangarlink.maintenance.components.models.placement import CURRENT, Placement
from hangarlink.maintenance.components.vocabulary import EntryKind, Source
from hangarlink.platform.tenancy.models import TenantModel


class Clock(TenantModel):
    """How one counter of a component moves.

    driver_kind             kind of the parent's counter that drives it, unless the installation says which
    numerator, denominator  its ratio: what one unit of the driving counter adds
    """

    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, related_name="clocks", db_constraint=False, db_index=False
    )
    counter = models.OneToOneField(Counter, on_delete=models.CASCADE, related_name="clock", db_constraint=False)
    source = models.CharField(max_length=6, choices=choices(Source), default=Source.PARENT)
    driver_kind = models.CharField(max_length=20, blank=True)
    numerator = models.PositiveIntegerField(default=1)
    denominator = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "component_clock"
        constraints = [
            models.CheckConstraint(condition=Q(numerator__gt=0, denominator__gt=0), name="clock_ratio_positive"),
        ]
        indexes = [models.Index(fields=["component"], name="clock_by_component")]


class ClockLink(TenantModel):
    """During one placement, this counter of the parent drives this counter of the component.

    driver  null: somebody decided that it stands still there. Without a row nobody knows what it did there
    """

    placement = models.ForeignKey(
        Placement, on_delete=models.CASCADE, related_name="links", db_constraint=False, db_index=False
    )
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    driver = models.ForeignKey(
        Counter, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    numerator = models.PositiveIntegerField(default=1)
    denominator = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "clock_link"
        constraints = [
            models.UniqueConstraint(fields=["placement", "counter"], name="clock_link_once"),
            models.CheckConstraint(condition=Q(numerator__gt=0, denominator__gt=0), name="link_ratio_positive"),
            models.CheckConstraint(condition=~Q(driver=models.F("counter")), name="link_not_to_itself"),
        ]
        indexes = [
            models.Index(fields=["counter"], name="clock_link_by_counter"),
            models.Index(fields=["driver"], condition=Q(driver__isnull=False), name="clock_link_by_driver"),
        ]


class ClockEntry(TenantModel):
    """Something told about a component's counter. Never changed: a correction supersedes it with a new one.

    value      STATED: the total; BENCH: the amount; READING: what the meter showed; METER: the new one's first reading
    last       METER: the old one's last reading, if known. STATED: what the meter showed, when that is not the total
    by_rating  STATED: how the total divides over ratings; empty when it was all at one
    sequence   order among entries of the same instant; what flew until then comes before them
    """

    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="clock_entries", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=8, choices=choices(EntryKind))
    at = models.DateTimeField()
    sequence = models.PositiveSmallIntegerField(default=0)
    value = models.BigIntegerField()
    last = models.BigIntegerField(null=True)
    by_rating = models.JSONField(default=dict)
    source = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200, blank=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "clock_entry"
        constraints = [
            models.UniqueConstraint(fields=["counter", "at", "sequence"], condition=CURRENT, name="clock_entry_place"),
            models.CheckConstraint(condition=Q(value__gte=0), name="clock_entry_not_negative"),
            models.CheckConstraint(condition=~Q(kind="bench") | Q(value__gt=0), name="bench_time_positive"),
            models.CheckConstraint(
                condition=Q(last__isnull=True) | Q(kind__in=["meter", "stated"], last__gte=0), name="last_of_meter"
            ),
        ]
