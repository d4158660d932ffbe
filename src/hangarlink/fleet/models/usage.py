"""Counters and what moved them.

Flights and readings are events; totals are derived from them. `Counter.total` and `UsageEntry.total_after` keep derived
values so that reads stay cheap; `fleet.usage` can recompute every one of them from the events.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models.aircraft import Aircraft, choices
from hangarlink.fleet.vocabulary import CounterKind, Display, EntryKind, Slot, Unit
from hangarlink.platform.tenancy.models import TenantModel


class Counter(TenantModel):
    """A quantity of one aircraft that only grows. FlightLogger calls it a flight log.

    total        seconds or counts; null until an opening balance or a reading says where it stands: unknown, never zero
    total_at     moment of the last entry behind the total
    daily_rate   planned use per day in the counter's unit; null: the average of the recent past is used
    recent_*     derived: amount used in the `recent_days` days before `recent_as_of`, so that a forecast needs no usage rows
    """

    aircraft = models.ForeignKey(Aircraft, on_delete=models.CASCADE, related_name="counters", db_constraint=False)
    kind = models.CharField(max_length=20, choices=choices(CounterKind))
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=10, choices=choices(Unit))
    display = models.CharField(max_length=20, choices=choices(Display))
    slot = models.CharField(max_length=10, choices=choices(Slot), blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    total_at = models.DateTimeField(null=True)
    daily_rate = models.PositiveIntegerField(null=True, blank=True)
    recent_amount = models.BigIntegerField(default=0)
    recent_days = models.PositiveSmallIntegerField(default=0)
    recent_as_of = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "counter"
        constraints = [
            models.UniqueConstraint(fields=["aircraft", "name"], name="counter_name_once"),
            models.UniqueConstraint(fields=["aircraft", "slot"], condition=~Q(slot=""), name="counter_slot_once"),
            models.CheckConstraint(condition=Q(total__isnull=True) | Q(total__gte=0), name="total_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Flight(TenantModel):
    """One flight of one aircraft. Its amounts per counter are usage entries.

    source, external_id  who told us and by which name; the pair is unique, so a redelivered flight is recognised
    content_hash         of what the source said, so that an unchanged redelivery costs nothing
    """

    aircraft = models.ForeignKey(Aircraft, on_delete=models.CASCADE, related_name="flights", db_constraint=False, db_index=False)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    departure = models.CharField(max_length=40, blank=True)
    arrival = models.CharField(max_length=40, blank=True)
    content_hash = models.BinaryField(max_length=32, null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "flight"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "external_id"], condition=~Q(external_id=""), name="flight_external_id_once"
            ),
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="flight_ends_after_start"),
        ]
        indexes = [models.Index(fields=["aircraft", "-ended_at"], name="flight_by_aircraft")]


class UsageEntry(TenantModel):
    """One event on one counter. Never changed: a correction supersedes it with a new one.

    amount       FLIGHT: what it added (>= 0). OPENING: the total at that moment
    reading      READING: what the instrument showed. REPLACEMENT: last reading of the old instrument, if known.
                 OPENING: what the instrument showed, when that differs from the total
    new_start    REPLACEMENT: what the new instrument showed when it went in
    total_after  derived, kept on OPENING, READING and REPLACEMENT so that a late entry recomputes from the nearest of them
    """

    counter = models.ForeignKey(Counter, on_delete=models.CASCADE, related_name="entries", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=12, choices=choices(EntryKind))
    at = models.DateTimeField()
    flight = models.ForeignKey(Flight, on_delete=models.CASCADE, null=True, related_name="entries", db_constraint=False, db_index=False)
    amount = models.BigIntegerField(null=True)
    reading = models.BigIntegerField(null=True)
    new_start = models.BigIntegerField(null=True)
    total_after = models.BigIntegerField(null=True)
    source = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_entry"
        constraints = [
            models.CheckConstraint(condition=~Q(kind="flight") | Q(flight__isnull=False, amount__gte=0), name="flight_entry_whole"),
            models.CheckConstraint(condition=~Q(kind="opening") | Q(amount__gte=0), name="opening_entry_whole"),
            models.CheckConstraint(condition=~Q(kind="reading") | Q(reading__gte=0), name="reading_entry_whole"),
            models.CheckConstraint(condition=~Q(kind="replacement") | Q(new_start__gte=0), name="replacement_entry_whole"),
            models.UniqueConstraint(
                fields=["flight", "counter"], condition=Q(superseded_at__isnull=True), name="one_open_entry_per_flight"
            ),
        ]
        indexes = [
            models.Index(fields=["counter", "at"], include=["amount"], condition=Q(superseded_at__isnull=True), name="usage_by_counter"),
            models.Index(fields=["counter", "at"], condition=Q(superseded_at__isnull=True) & ~Q(kind="flight"), name="usage_anchors"),
        ]


class Correction(TenantModel):
    """Why an entry was superseded: old and new values, author, time, reason. Kept for ever."""

    flight = models.ForeignKey(Flight, on_delete=models.CASCADE, null=True, related_name="corrections", db_constraint=False)
    entry = models.ForeignKey(UsageEntry, on_delete=models.CASCADE, null=True, related_name="corrections", db_constraint=False)
    old = models.JSONField(encoder=DjangoJSONEncoder)
    new = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.UUIDField(null=True)
    made_by_label = models.CharField(max_length=200)

    class Meta:
        db_table = "correction"


class Discrepancy(TenantModel):
    """Two facts about a counter that do not agree; a person decides which one is wrong.

    entry     the reading that stands, or null when a partner's own total differs
    expected  what the other facts add up to; found: what the reading or the partner says
    """

    counter = models.ForeignKey(Counter, on_delete=models.CASCADE, related_name="discrepancies", db_constraint=False, db_index=False)
    entry = models.ForeignKey(UsageEntry, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False)
    code = models.CharField(max_length=40)
    expected = models.BigIntegerField(null=True)
    found = models.BigIntegerField(null=True)
    raised_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "discrepancy"
        indexes = [models.Index(fields=["counter"], condition=Q(settled_at__isnull=True), name="discrepancy_open")]
