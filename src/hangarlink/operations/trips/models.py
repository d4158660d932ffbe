"""Trips and their legs."""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rows import PushableModel
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.rules import Kind, LegTimes, Status
from hangarlink.platform.tenancy.models import TenantModel


class Trip(PushableModel):
    """What is flown for somebody. `departs_at` and `arrives_at` follow its legs; None without any."""

    number = models.PositiveIntegerField()
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="trips", null=True, blank=True, db_constraint=False,
        db_index=False,
    )  # fmt: skip
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.PROTECT, related_name="trips", null=True, blank=True, db_constraint=False,
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value.capitalize()) for kind in Kind])
    status = models.CharField(max_length=10, choices=[(status.value, status.value.capitalize()) for status in Status])
    note = models.TextField(blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    departs_at = models.DateTimeField(null=True, blank=True)
    arrives_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "trip"
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="trip_number_once"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="trip_kind_known"),
            models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="trip_status_known"),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="trip_cancelled_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(departs_at__isnull=False), name="trip_completed_has_legs"
            ),
            models.CheckConstraint(condition=~Q(status="confirmed") | Q(aircraft__isnull=False), name="trip_booked"),
        ]
        indexes = [
            models.Index(fields=["account", "-departs_at", "-id"], name="trip_by_departure"),
            models.Index(fields=["aircraft", "status"], name="trip_by_aircraft"),
            models.Index(fields=["customer", "-departs_at"], name="trip_by_customer"),
            models.Index(fields=["account", "updated_at", "id"], name="trip_by_change"),
        ]

    def __str__(self) -> str:
        return f"Trip {self.number}"


class Leg(TenantModel):
    """One flight of a trip, block to block. Planned or actual: the trip's status says which."""

    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="legs", db_constraint=False)
    departure = models.CharField(max_length=40)
    arrival = models.CharField(max_length=40)
    off_at = models.DateTimeField()
    on_at = models.DateTimeField()
    passengers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "trip_leg"
        constraints = [
            models.CheckConstraint(condition=Q(on_at__gt=F("off_at")), name="leg_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(departure="") & ~Q(arrival=""), name="leg_says_where"),
            models.UniqueConstraint(fields=["trip", "off_at"], name="leg_once"),
        ]

    def __str__(self) -> str:
        return f"{self.departure}–{self.arrival}"

    @property
    def times(self) -> LegTimes:
        return LegTimes(self.off_at, self.on_at)
