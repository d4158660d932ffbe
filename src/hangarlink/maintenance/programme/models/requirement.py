"""What the programme demands: requirements, their revisions, and what they apply to."""

from functools import cached_property

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.components.models import Component, Item
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.platform.tenancy.models import TenantModel

CLASSES = [(word.value, word.value.replace("_", " ").capitalize()) for word in MandatoryClass]


class Requirement(TenantModel):
    """One task of the programme, a directive or a limit: what, why and since when. Its content is in its revisions.

    reference   the planner's name for it, unique per account ("05-20-01", "AD 2020-21-22")
    current     number of the revision in force
    retired_at  no longer demanded; its items are closed, its history stays
    kept_by     the room whose documents say what it says ("amp"); then it is not changed by hand
    """

    reference = models.CharField(max_length=60)
    current = models.PositiveIntegerField(default=1)
    kept_by = models.CharField(max_length=20, blank=True)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "requirement"
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="requirement_reference_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="requirement_reference_given"),
        ]

    def __str__(self) -> str:
        return self.reference


class RequirementRevision(TenantModel):
    """What a requirement says, from one revision to the next. Never changed.

    schedule      the limits (`rules.codec`), which name counters as the text does
    alerts        windows of "due soon" by counter and `calendar`; what is not named has a default (`rules.alerts`)
    effective_on  of a directive: the day its limits may count from
    tolerance     code of the tolerance class a variation must keep to; "" means no variation may be approved
    tolerance_source  where a directive's own text grants a tolerance: without it none may be used on a directive
    effectivity   which of the aircraft it applies to are meant (`rules.effectivity`); empty: all
    """

    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="revisions", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    mandatory_class = models.CharField(max_length=30, choices=CLASSES)
    ata = models.CharField(max_length=8, blank=True)
    source_document = models.CharField(max_length=120, blank=True)
    source_paragraph = models.CharField(max_length=120, blank=True)
    effective_on = models.DateField(null=True)
    schedule = models.JSONField(encoder=DjangoJSONEncoder)
    alerts = models.JSONField(default=dict)
    tolerance = models.CharField(max_length=40, blank=True)
    tolerance_source = models.CharField(max_length=120, blank=True)
    effectivity = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.UUIDField(null=True)

    class Meta:
        db_table = "requirement_revision"
        constraints = [
            models.UniqueConstraint(fields=["requirement", "number"], name="requirement_revision_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="requirement_revision_counts"),
            models.CheckConstraint(condition=~Q(title=""), name="requirement_title_given"),
            models.CheckConstraint(
                condition=Q(mandatory_class__in=[word.value for word in MandatoryClass]), name="requirement_class_known"
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"

    @property
    def source(self) -> str:
        """Document and paragraph, as a reason names them."""
        return " ".join(part for part in (self.source_document, self.source_paragraph) if part)

    @cached_property
    def rules(self) -> Schedule:
        """The schedule as the engine reads it."""
        return from_json(self.schedule)


class Applicability(TenantModel):
    """A requirement applies to the aircraft of a model, to one aircraft, to the units of a part or to one component."""

    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="applicability", db_constraint=False, db_index=False
    )
    aircraft_model = models.ForeignKey(
        AircraftModel, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    part = models.ForeignKey(
        Item, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "applicability"
        constraints = [
            models.CheckConstraint(
                condition=Q(aircraft_model__isnull=False, aircraft=None, part=None, component=None)
                | Q(aircraft_model=None, aircraft__isnull=False, part=None, component=None)
                | Q(aircraft_model=None, aircraft=None, part__isnull=False, component=None)
                | Q(aircraft_model=None, aircraft=None, part=None, component__isnull=False),
                name="applicability_to_one_thing",
            ),
            models.UniqueConstraint(
                fields=["requirement", "part"], condition=Q(part__isnull=False), name="applicability_to_part_once"
            ),
            models.UniqueConstraint(
                fields=["requirement", "component"],
                condition=Q(component__isnull=False),
                name="applicability_to_component_once",
            ),
            models.UniqueConstraint(
                fields=["requirement", "aircraft_model"],
                condition=Q(aircraft_model__isnull=False),
                name="applicability_to_model_once",
            ),
            models.UniqueConstraint(
                fields=["requirement", "aircraft"],
                condition=Q(aircraft__isnull=False),
                name="applicability_to_aircraft_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["aircraft_model"], condition=Q(aircraft_model__isnull=False), name="applicability_by_model"
            ),
            models.Index(fields=["aircraft"], condition=Q(aircraft__isnull=False), name="applicability_by_aircraft"),
        ]
