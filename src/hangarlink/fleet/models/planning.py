"""What aircraft are planned to do: flights that are not flown yet, and days on which they stand.

Forecasts read these; nothing here moves a counter.
"""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models.aircraft import Aircraft, choices
from hangarlink.fleet.models.usage import Counter
from hangarlink.fleet.vocabulary import ParkingReason
from hangarlink.platform.tenancy.models import TenantModel


class PlannedFlight(TenantModel):
    """A flight that an aircraft is to fly. It is no usage: the flight itself is, once somebody records it.

    source, subject  who planned it and what it belongs to there, such as a trip's id: what plans a subject anew
                     replaces all of it
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="planned_flights", db_constraint=False, db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    departure = models.CharField(max_length=80, blank=True)
    arrival = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.UUIDField(null=True)

    class Meta:
        db_table = "planned_flight"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="planned_flight_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["account", "starts_at"], name="planned_flight_by_start"),
            models.Index(fields=["aircraft", "starts_at"], name="planned_flight_by_aircraft"),
            models.Index(fields=["source", "subject"], condition=~Q(subject=""), name="planned_flight_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.departure or '?'}-{self.arrival or '?'}"


class PlannedUse(TenantModel):
    """What a planned flight will add to one counter, in seconds or counts."""

    flight = models.ForeignKey(
        PlannedFlight, on_delete=models.CASCADE, related_name="uses", db_constraint=False, db_index=False
    )
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="planned", db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField()

    class Meta:
        db_table = "planned_use"
        constraints = [
            models.UniqueConstraint(fields=["flight", "counter"], name="planned_use_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="planned_use_not_negative"),
        ]
        indexes = [models.Index(fields=["counter"], name="planned_use_by_counter")]


class Parking(TenantModel):
    """Whole days of the account on which an aircraft stands: in storage or in the workshop.

    Such a day has no use, is left out of the average of recent use, and does not make usage stale.

    ends_on          the last such day; null: until somebody says otherwise
    source, subject  as of a planned flight: a workshop visit parks the aircraft, too
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="parkings", db_constraint=False, db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=choices(ParkingReason))
    note = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "parking"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="parking_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[word.value for word in ParkingReason]), name="parking_reason_known"
            ),
        ]
        indexes = [
            models.Index(fields=["aircraft", "starts_on"], name="parking_by_aircraft"),
            models.Index(fields=["source", "subject"], condition=~Q(subject=""), name="parking_by_subject"),
        ]

    def __str__(self) -> str:
        until = f"to {self.ends_on:%Y-%m-%d}" if self.ends_on else "on"
        return f"{self.reason} from {self.starts_on:%Y-%m-%d} {until}"


class FlightSchedule(TenantModel):
    """Up to which day the planned flights of an aircraft are all that it will fly: a day without one is idle.

    Without this row a day without a planned flight has the counter's usual use.
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    complete_until = models.DateField()

    class Meta:
        db_table = "flight_schedule"
        constraints = [models.UniqueConstraint(fields=["aircraft"], name="flight_schedule_once")]


class UseRatio(TenantModel):
    """A counter that follows another one of the same aircraft, such as 1 APU hour for each 2 flight hours.

    use, per  `use` of the counter's own unit for each `per` of the other's, whole numbers
    """

    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="ratios", db_constraint=False, db_index=False
    )
    follows = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="followed_by", db_constraint=False, db_index=False
    )
    use = models.PositiveIntegerField()
    per = models.PositiveIntegerField()

    class Meta:
        db_table = "use_ratio"
        constraints = [
            models.UniqueConstraint(fields=["counter"], name="use_ratio_once"),
            models.CheckConstraint(condition=~Q(counter=F("follows")), name="use_ratio_of_another"),
            models.CheckConstraint(condition=Q(use__gte=1, per__gte=1), name="use_ratio_positive"),
        ]
