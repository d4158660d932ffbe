"""Systems that track items for us, and the items."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.rules import LONGEST_AGE, SHORTEST_AGE, STALE_AFTER
from hangarlink.platform.tenancy.models import TenantModel


class TrackedSource(TenantModel):
    """A system that tracks items: one partner account.

    source       as records name it, such as "camp:skyline"; it outlives keys and reconnecting
    partner      its name for people
    stale_after  age of an as-of moment from which on nobody can tell
    listed_at    when it last listed everything it has
    """

    source = models.CharField(max_length=40)
    partner = models.CharField(max_length=120)
    connection_id = models.UUIDField()
    stale_after = models.DurationField(default=STALE_AFTER)
    listed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tracked_source"
        constraints = [
            models.UniqueConstraint(fields=["account", "source"], name="tracked_source_once"),
            models.CheckConstraint(
                condition=Q(stale_after__gte=SHORTEST_AGE) & Q(stale_after__lte=LONGEST_AGE),
                name="tracked_age_sensible",
            ),
        ]

    def __str__(self) -> str:
        return self.partner

    @property
    def stale_after_hours(self) -> int:
        return self.stale_after // timedelta(hours=1)


class TrackedItem(TenantModel):
    """One item as the partner last told it. A new word replaces the old one; the audit trail keeps both.

    status       what the partner says of how it stands, in the hub's words; "" when it does not say
    terms        limits as given: rules.as_json
    told_state   rules.told_state of them; due_on their earliest day
    as_of        the moment for which the partner's figures hold
    told_at      when it last told of it; changed_at when it last said something else than before (as_of apart)
    missing_since  it was missing from a listing in which too much was missing to believe it
    gone_since   when it was missing from a complete listing
    """

    source = models.ForeignKey(
        TrackedSource, on_delete=models.CASCADE, related_name="items", db_constraint=False, db_index=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="tracked_items", db_constraint=False, db_index=False
    )
    external_id = models.CharField(max_length=120)
    title = models.CharField(max_length=300)
    reference = models.CharField(max_length=120, blank=True)
    ata = models.CharField(max_length=20, blank=True)
    serial_number = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=60, blank=True)
    terms = models.JSONField(default=list)
    told_state = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True)
    as_of = models.DateTimeField()
    content_hash = models.BinaryField(max_length=16)
    first_told_at = models.DateTimeField()
    told_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True)
    gone_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "tracked_item"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="tracked_item_once"),
            models.CheckConstraint(
                condition=Q(told_state__in=[int(state) for state in State]), name="tracked_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["aircraft", "due_on"], name="tracked_by_aircraft"),
            models.Index(fields=["account", "due_on"], condition=Q(gone_since__isnull=True), name="tracked_by_day"),
        ]

    def __str__(self) -> str:
        return self.reference or self.title
