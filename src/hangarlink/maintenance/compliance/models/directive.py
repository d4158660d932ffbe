"""Directives: what they say, from one revision to the next, and which products they name."""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance.rules.words import DirectiveKind, ParagraphKind, named
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.models.requirement import CLASSES
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.platform.tenancy.models import TenantModel


class Directive(TenantModel):
    """An airworthiness directive, a service bulletin or a service letter.

    issuer         the authority or the manufacturer
    current        number of the revision in force
    carried        decisions made for this revision or a later one still hold
    superseded_by  the directive that takes its place; until that one is assessed on an object, this one goes on there
    cancelled_at   its issuer took it back: nothing is demanded any more
    is_example     entered from the examples that come with the product: the text prevails
    """

    kind = models.CharField(max_length=2, choices=[(one.value, one.label) for one in DirectiveKind])
    issuer = models.CharField(max_length=60)
    number = models.CharField(max_length=50)
    mandatory_class = models.CharField(max_length=30, choices=CLASSES)
    current = models.PositiveIntegerField(default=1)
    carried = models.PositiveIntegerField(default=1)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="supersedes", db_constraint=False, db_index=False
    )
    superseded_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "directive"
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "issuer", "number"], name="directive_once"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(issuer=""), name="directive_named"),
            models.CheckConstraint(
                condition=Q(carried__gte=1) & Q(carried__lte=F("current")), name="directive_carried"
            ),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True, superseded_at__isnull=True)
                | Q(superseded_by__isnull=False, superseded_at__isnull=False),
                name="directive_superseded_whole",
            ),
            models.CheckConstraint(condition=~Q(superseded_by=F("id")), name="directive_not_by_itself"),
            models.CheckConstraint(
                condition=~Q(kind="ad") | Q(mandatory_class=MandatoryClass.AIRWORTHINESS_DIRECTIVE.value),
                name="directive_ad_binds",
            ),
        ]

    def __str__(self) -> str:
        return named(DirectiveKind(self.kind), self.number)

    @property
    def is_mandatory(self) -> bool:
        """Whether an aircraft it was not assessed for is unknown."""
        return MandatoryClass(self.mandatory_class).grounds


class DirectiveRevision(TenantModel):
    """What a directive says, as far as the operator needs it at hand. Never changed. The text itself prevails.

    label      the issuer's own word for this revision ("R1", "Amendment 39-21288"); may be empty for the first
    applies    whom it names, as it words it; `compliance` likewise when to comply
    note       the operator's
    """

    directive = models.ForeignKey(
        Directive, on_delete=models.CASCADE, related_name="revisions", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=200)
    ata = models.CharField(max_length=8, blank=True)
    issued_on = models.DateField(null=True)
    effective_on = models.DateField(null=True)
    applies = models.TextField(blank=True)
    compliance = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.UUIDField(null=True)

    class Meta:
        db_table = "directive_revision"
        constraints = [
            models.UniqueConstraint(fields=["directive", "number"], name="directive_revision_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="directive_revision_counts"),
            models.CheckConstraint(condition=~Q(subject=""), name="directive_subject_given"),
        ]

    def __str__(self) -> str:
        return self.label or f"revision {self.number}"


class DirectiveParagraph(TenantModel):
    """One part of a directive that asks for something. Its limits are a requirement of the programme.

    code         as the text names it, such as (g); empty when the directive has one part only
    requirement  holds its limits; null while nobody has entered them
    retired_at   no longer in the directive
    """

    directive = models.ForeignKey(
        Directive, on_delete=models.CASCADE, related_name="paragraphs", db_constraint=False, db_index=False
    )
    code = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=[(one.value, one.label) for one in ParagraphKind])
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "directive_paragraph"
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "code"], condition=Q(retired_at__isnull=True), name="directive_paragraph_once"
            ),
            models.UniqueConstraint(fields=["requirement"], name="directive_paragraph_requirement_once"),
            models.CheckConstraint(
                condition=Q(kind="action") | Q(requirement__isnull=True), name="directive_paragraph_limits"
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.title


class DirectiveProduct(TenantModel):
    """A product the directive names: every aircraft of a model, or every unit of a part number.

    effectivity  what of it narrows it (`programme.rules.effectivity`); it only proposes, a person decides
    """

    directive = models.ForeignKey(
        Directive, on_delete=models.CASCADE, related_name="products", db_constraint=False, db_index=False
    )
    aircraft_model = models.ForeignKey(
        AircraftModel, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    part_number = models.CharField(max_length=60, blank=True)
    effectivity = models.JSONField(default=dict)

    class Meta:
        db_table = "directive_product"
        constraints = [
            models.CheckConstraint(
                condition=Q(aircraft_model__isnull=True) ^ Q(part_number=""), name="directive_product_is_one_thing"
            ),
            models.UniqueConstraint(
                fields=["directive", "aircraft_model", "part_number"],
                nulls_distinct=False,
                name="directive_product_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["aircraft_model"], condition=Q(aircraft_model__isnull=False), name="directive_by_model"
            ),
            models.Index(fields=["account", "part_number"], condition=~Q(part_number=""), name="directive_by_part"),
        ]

    def __str__(self) -> str:
        return f"P/N {self.part_number}" if self.part_number else str(self.aircraft_model)
