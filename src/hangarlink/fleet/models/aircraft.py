"""Aircraft models (shared facts) and aircraft (individuals)."""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.vocabulary import AircraftStatus, CounterKind, Display, Slot
from hangarlink.platform.tenancy.models import TenantModel


def choices(words: type) -> list[tuple[str, str]]:
    """Django choices of one of the vocabulary's enums."""
    return [(word.value, getattr(word, "label", word.value.replace("_", " ").capitalize())) for word in words]  # type: ignore[attr-defined]


class MassUnit(models.TextChoices):
    KG = "kg", "kg"
    LB = "lb", "lb"


class SyncStatus(models.TextChoices):
    """Whether an aircraft model follows an external data source. Source: contracts/flightlogger.md 2.7 and 4."""

    LOCAL = "local", "Kept here"
    IN_SYNC = "in_sync", "In sync"
    PENDING = "pending", "Change waiting"
    FAILED = "failed", "Last sync failed"


class AircraftModel(TenantModel):
    """A type of aircraft: what its individuals share. Fields: contracts/flightlogger.md 2.7."""

    name = models.CharField(max_length=120)
    manufacturer = models.CharField(max_length=120, blank=True)
    model_number = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    specifications = models.JSONField(default=dict, blank=True)
    picture_id = models.UUIDField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    external_data_source = models.CharField(max_length=120, blank=True)
    sync_status = models.CharField(max_length=10, choices=SyncStatus, default=SyncStatus.LOCAL)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "aircraft_model"
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="aircraft_model_name_once"),
            models.UniqueConstraint(
                fields=["account", "external_data_source", "external_id"],
                condition=~Q(external_id=""),
                name="aircraft_model_external_id_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExpectedCounter(TenantModel):
    """A counter that every aircraft of a model should have: its role in due limits."""

    aircraft_model = models.ForeignKey(
        AircraftModel, on_delete=models.CASCADE, related_name="expected_counters", db_constraint=False
    )
    kind = models.CharField(max_length=20, choices=choices(CounterKind))
    name = models.CharField(max_length=60)
    display = models.CharField(max_length=20, choices=choices(Display))
    slot = models.CharField(max_length=10, choices=choices(Slot), blank=True)

    class Meta:
        db_table = "expected_counter"
        constraints = [models.UniqueConstraint(fields=["aircraft_model", "name"], name="expected_counter_once")]


class Aircraft(TenantModel):
    """One aircraft. Identified to partners by call sign, then registration, then id."""

    registration = models.CharField(max_length=20)
    call_sign = models.CharField(max_length=20, blank=True)
    serial_number = models.CharField(max_length=60, blank=True)
    aircraft_model = models.ForeignKey(
        AircraftModel, on_delete=models.PROTECT, related_name="aircraft", db_constraint=False
    )
    status = models.CharField(max_length=20, choices=choices(AircraftStatus), default=AircraftStatus.IN_SERVICE)
    location = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)
    empty_weight = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    mass_unit = models.CharField(max_length=2, choices=MassUnit, default=MassUnit.KG)
    picture_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "aircraft"
        constraints = [
            models.UniqueConstraint(fields=["account", "registration"], name="registration_once"),
            models.UniqueConstraint(fields=["account", "call_sign"], condition=~Q(call_sign=""), name="call_sign_once"),
            models.CheckConstraint(condition=~Q(registration=""), name="registration_given"),
            models.CheckConstraint(
                condition=Q(empty_weight__isnull=True) | Q(empty_weight__gt=0), name="weight_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.registration
