"""Types of components, the positions they sit at, and the components themselves."""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import AircraftModel
from hangarlink.fleet.models.aircraft import choices
from hangarlink.maintenance.components.models.item import SerialisedItem
from hangarlink.maintenance.components.vocabulary import ComponentKind, Condition
from hangarlink.platform.tenancy.models import TenantModel


class ComponentType(TenantModel):
    """A sort of component: what its individuals are kept by, and which positions they have for others."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=choices(ComponentKind))
    ata = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "component_type"
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="component_type_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="component_type_name_given"),
        ]

    def __str__(self) -> str:
        return self.name


class Position(TenantModel):
    """A place on aircraft of a model, or on components of a type, where one component sits.

    accepts   the type that belongs there; null takes any
    required  an aircraft without something there is not whole
    """

    aircraft_model = models.ForeignKey(
        AircraftModel, on_delete=models.CASCADE, null=True, related_name="positions", db_constraint=False
    )
    component_type = models.ForeignKey(
        ComponentType, on_delete=models.CASCADE, null=True, related_name="positions", db_constraint=False
    )
    name = models.CharField(max_length=60)
    ata = models.CharField(max_length=8, blank=True)
    accepts = models.ForeignKey(
        ComponentType, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    required = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "component_position"
        constraints = [
            models.CheckConstraint(
                condition=Q(aircraft_model__isnull=True) ^ Q(component_type__isnull=True), name="position_on_one_thing"
            ),
            models.UniqueConstraint(
                fields=["aircraft_model", "name"], condition=Q(aircraft_model__isnull=False), name="position_on_model"
            ),
            models.UniqueConstraint(
                fields=["component_type", "name"], condition=Q(component_type__isnull=False), name="position_on_type"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="position_name_given"),
        ]

    def __str__(self) -> str:
        return self.name


class Component(TenantModel):
    """How one unit is tracked in the aircraft's structure.

    serialised_item  the unit it is; null for one that is tracked by its name only
    certificate      reference of the release certificate it last came with, and its date
    """

    name = models.CharField(max_length=120)
    component_type = models.ForeignKey(
        ComponentType, on_delete=models.PROTECT, related_name="components", db_constraint=False
    )
    serialised_item = models.OneToOneField(
        SerialisedItem, on_delete=models.PROTECT, null=True, related_name="component", db_constraint=False
    )
    condition = models.CharField(max_length=16, choices=choices(Condition), default=Condition.UNKNOWN)
    certificate = models.CharField(max_length=120, blank=True)
    certified_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "component"
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="component_name_given")]
        indexes = [models.Index(fields=["account", "name"], name="component_by_name")]

    def __str__(self) -> str:
        return self.name
