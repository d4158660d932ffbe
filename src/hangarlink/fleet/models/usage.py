"""Counters and what moved them.

Flights and readings are events; totals are derived from them by the fold in `fleet.rules`. What is derived is kept
beside the events so that reads stay cheap, and can be computed again from nothing at any time.
"""

from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models.aircraft import Aircraft, choices
from hangarlink.fleet.vocabulary import CounterKind, DiscrepancyCode, Display, EntryKind, Slot, Unit
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.tenancy.models import Account, TenantModel

OPEN = Q(superseded_at__isnull=True)


class Counter(TenantModel):
    """A quantity of one aircraft, or of one component, that only grows. FlightLogger calls it a flight log.

    aircraft      whose flights move it; null for a component's counter
    component_id  set for a component's counter. Its total is not kept here: it follows from where the component was
                  (`maintenance.components.clocks`), and no usage entry names it
    formula       of a derived counter: what its total is worked out from (`maintenance.programme.rules.formulas`). No
                  usage entry names one; null for the others
    total         seconds or counts; null until an opening or a reading says where it stands: unknown, never zero
    total_at      moment of the last entry, whether or not the total is known
    known_from    moment of the first opening, reading or replacement: what was flown before is in it already
    anchored_at   moment of the last of them: a flight after it simply adds
    meter_offset  total minus what the instrument shows; null while that is unknown
    daily_rate    planned use per day in the counter's unit; null: the average of the recent past is used
    recent_*      derived: used in the `recent_days` whole days (UTC) before `recent_as_of`, so that a forecast needs no
                  usage rows; `recent_days` is smaller than the account's setting for a counter that is younger
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, null=True, related_name="counters", db_constraint=False
    )
    component_id = models.UUIDField(null=True, editable=False)
    kind = models.CharField(max_length=20, choices=choices(CounterKind))
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=10, choices=choices(Unit))
    display = models.CharField(max_length=20, choices=choices(Display))
    slot = models.CharField(max_length=10, choices=choices(Slot), blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    formula = models.JSONField(encoder=DjangoJSONEncoder, null=True, editable=False)
    total = models.BigIntegerField(null=True)
    total_at = models.DateTimeField(null=True)
    known_from = models.DateTimeField(null=True)
    anchored_at = models.DateTimeField(null=True)
    meter_offset = models.BigIntegerField(null=True)
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
            models.UniqueConstraint(
                fields=["component_id", "name"],
                condition=Q(component_id__isnull=False),
                name="counter_name_once_on_component",
            ),
            models.CheckConstraint(condition=Q(total__isnull=True) | Q(total__gte=0), name="total_not_negative"),
            models.CheckConstraint(
                condition=Q(aircraft__isnull=True) ^ Q(component_id__isnull=True), name="counter_of_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(component_id__isnull=True) | Q(total__isnull=True, slot=""), name="component_total_not_kept"
            ),
            models.CheckConstraint(
                condition=Q(formula__isnull=True) | Q(component_id__isnull=True, slot=""), name="formula_of_an_aircraft"
            ),
        ]
        indexes = [
            models.Index(fields=["aircraft"], condition=Q(formula__isnull=False), name="counter_derived"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def of_aircraft(self) -> UUID:
        """The aircraft whose flights move it. Raises RuleBroken for a component's counter, which has none."""
        if self.aircraft_id is None:
            raise RuleBroken(f"{self.name} counts for a component. Open the component and record its usage there.")
        return self.aircraft_id


class Flight(TenantModel):
    """One flight of one aircraft. Its amounts per counter are usage entries.

    source, external_id  who told us and by which name; the pair is unique, so a redelivered flight is recognised
    content_hash         of what the source said, so that an unchanged redelivery costs nothing
    decided_here         a person corrected or cancelled it here: what the source says later no longer overrules that
    """

    # The reference to the aircraft proves the account too: checking it a second time would cost every row.
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="flights", db_constraint=False, db_index=False
    )
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    departure = models.CharField(max_length=80, blank=True)
    arrival = models.CharField(max_length=80, blank=True)
    content_hash = models.BinaryField(max_length=32, null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    decided_here = models.BooleanField(default=False)

    class Meta:
        db_table = "flight"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "external_id"],
                condition=~Q(external_id=""),
                name="flight_external_id_once",
            ),
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="flight_ends_after_start"),
        ]
        indexes = [models.Index(fields=["aircraft", "started_at"], name="flight_by_aircraft")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.departure or '?'}-{self.arrival or '?'}"


class UsageEntry(TenantModel):
    """One event on one counter. Never changed: a correction supersedes it with a new one.

    amount        FLIGHT, and nothing else: what it added (>= 0)
    stated        OPENING: the total at that moment
    reading       READING: what the instrument showed. REPLACEMENT: last reading of the old instrument, if known.
                  OPENING: what the instrument showed, when that differs from the total
    new_start     REPLACEMENT: what the new instrument showed when it went in
    sequence      order among openings, readings and replacements of the same instant; flights come before them all
    total_after, offset_after
                  derived, on all but flights: the state behind the entry, so that a late entry recomputes from here
    added         derived, on READING and REPLACEMENT: what it added to the total beyond the flights
    """

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="entries", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=12, choices=choices(EntryKind))
    at = models.DateTimeField()
    sequence = models.PositiveSmallIntegerField(default=0)
    flight = models.ForeignKey(
        Flight, on_delete=models.CASCADE, null=True, related_name="entries", db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField(null=True)
    stated = models.BigIntegerField(null=True)
    reading = models.BigIntegerField(null=True)
    new_start = models.BigIntegerField(null=True)
    total_after = models.BigIntegerField(null=True)
    offset_after = models.BigIntegerField(null=True)
    added = models.BigIntegerField(null=True)
    source = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_entry"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="flight", flight__isnull=False, amount__isnull=False, amount__gte=0)
                | (~Q(kind="flight") & Q(flight__isnull=True, amount__isnull=True)),
                name="flight_entry_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind="opening") | Q(stated__isnull=False, stated__gte=0), name="opening_entry_whole"
            ),
            models.CheckConstraint(
                condition=~Q(kind="reading") | Q(reading__isnull=False, reading__gte=0), name="reading_entry_whole"
            ),
            models.CheckConstraint(
                condition=~Q(kind="replacement") | Q(new_start__isnull=False, new_start__gte=0),
                name="replacement_entry_whole",
            ),
            models.UniqueConstraint(fields=["flight", "counter"], condition=OPEN, name="one_open_entry_per_flight"),
            models.UniqueConstraint(
                fields=["counter"], condition=OPEN & Q(kind="opening"), name="one_opening_per_counter"
            ),
            models.UniqueConstraint(
                fields=["counter", "at", "sequence"], condition=OPEN & ~Q(kind="flight"), name="usage_anchors"
            ),
        ]
        indexes = [
            models.Index(fields=["counter", "at"], include=["amount"], condition=OPEN, name="usage_by_counter"),
            models.Index(fields=["counter", "superseded_at"], condition=~OPEN, name="usage_superseded"),
        ]


class Correction(TenantModel):
    """Why a flight or an entry is not what it was: old and new values, author, time, reason. Kept for ever.

    flight  set for flights; entry, the superseded one, for openings, readings and replacements
    new     null: cancelled or withdrawn
    """

    flight = models.ForeignKey(
        Flight, on_delete=models.CASCADE, null=True, related_name="corrections", db_constraint=False
    )
    entry = models.ForeignKey(
        UsageEntry, on_delete=models.CASCADE, null=True, related_name="corrections", db_constraint=False
    )
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
    note      how it was settled: the person's reason, or that a correction removed the contradiction
    """

    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="discrepancies", db_constraint=False, db_index=False
    )
    entry = models.ForeignKey(UsageEntry, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False)
    code = models.CharField(max_length=40, choices=choices(DiscrepancyCode))
    expected = models.BigIntegerField(null=True)
    found = models.BigIntegerField(null=True)
    raised_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_by_label = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "discrepancy"
        indexes = [models.Index(fields=["counter"], condition=Q(settled_at__isnull=True), name="discrepancy_open")]
