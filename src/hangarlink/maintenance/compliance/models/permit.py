"""Special flight permits: a record that lets named flights go, and changes no state (domain rule 1.8)."""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft
from hangarlink.platform.tenancy.models import TenantModel


class SpecialFlightPermit(TenantModel):
    """A permit of an authority for an aircraft that does not meet what is demanded of it.

    purpose     why it is needed, such as a ferry to the workshop
    conditions  what the permit demands of these flights
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    reference = models.CharField(max_length=60)
    authority = models.CharField(max_length=60)
    purpose = models.CharField(max_length=300)
    conditions = models.TextField(blank=True)
    issued_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "special_flight_permit"
        constraints = [
            models.UniqueConstraint(fields=["aircraft", "reference"], name="special_flight_permit_once"),
            models.CheckConstraint(
                condition=~Q(reference="") & ~Q(authority="") & ~Q(purpose=""), name="special_flight_permit_says_what"
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="special_flight_permit_days"),
        ]
        indexes = [models.Index(fields=["aircraft", "valid_to"], name="special_flight_permit_by_day")]

    def __str__(self) -> str:
        return self.reference


class PermittedFlight(TenantModel):
    """One flight that a permit names. An empty aerodrome is any. `used_on` says that it was flown."""

    permit = models.ForeignKey(
        SpecialFlightPermit, on_delete=models.CASCADE, related_name="flights", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField()
    departure = models.CharField(max_length=8, blank=True)
    destination = models.CharField(max_length=8, blank=True)
    used_on = models.DateField(null=True)

    class Meta:
        db_table = "permitted_flight"
        constraints = [models.UniqueConstraint(fields=["permit", "position"], name="permitted_flight_once")]

    def __str__(self) -> str:
        return f"{self.departure or 'any'} to {self.destination or 'any'}"
