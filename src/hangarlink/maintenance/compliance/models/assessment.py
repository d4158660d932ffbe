"""What was decided of a directive on an aircraft or a component. Rows are never changed: another one supersedes."""

from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.compliance.models.directive import Directive, DirectiveRevision
from hangarlink.maintenance.compliance.rules.words import Because, Verdict
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.platform.tenancy.models import TenantModel

ONE_OBJECT = Q(aircraft__isnull=True) ^ Q(component_id__isnull=True)
CURRENT = Q(superseded_at__isnull=True)


class Decision(TenantModel):
    """One decision of a directive on one object. The current one has no `superseded_at`.

    component_id   a component (the components room); then there is no aircraft
    revision       what was assessed; serial_number the object's then: another one asks again
    paragraphs     ids of the paragraphs found applicable
    because        of "not applicable", with `reason` in words
    method         how it is complied with, as the status list shows it
    reference      of the release, the modification or the directive that ends it
    on             the day of what ended it
    """

    directive = models.ForeignKey(
        Directive, on_delete=models.CASCADE, related_name="decisions", db_constraint=False, db_index=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    component_id = models.UUIDField(null=True)
    revision = models.ForeignKey(
        DirectiveRevision, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    verdict = models.CharField(max_length=14, choices=[(one.value, one.value) for one in Verdict])
    paragraphs = models.JSONField(default=list)
    because = models.CharField(max_length=14, blank=True, choices=[(one.value, one.label) for one in Because])
    reason = models.CharField(max_length=300, blank=True)
    method = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    on = models.DateField(null=True)
    serial_number = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.UUIDField(null=True)
    decided_by_label = models.CharField(max_length=200)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "directive_decision"
        constraints = [
            models.CheckConstraint(condition=ONE_OBJECT, name="directive_decision_on_one_object"),
            models.UniqueConstraint(
                fields=["directive", "aircraft"], condition=CURRENT & Q(aircraft__isnull=False),
                name="directive_decision_on_aircraft",
            ),
            models.UniqueConstraint(
                fields=["directive", "component_id"], condition=CURRENT & Q(component_id__isnull=False),
                name="directive_decision_on_component",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="not_applicable") | (~Q(because="") & ~Q(reason="")),
                name="directive_not_applicable_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="terminated") | (~Q(reference="") & Q(on__isnull=False)),
                name="directive_terminated_by",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["aircraft", "directive"], name="directive_decision_by_aircraft"),
            models.Index(fields=["component_id", "directive"], name="directive_decision_by_part"),
        ]


class Amoc(TenantModel):
    """An alternative method of compliance, valid in its written scope only (domain rule 1.8).

    paragraphs    ids of the paragraphs it is for
    scope         as it is written
    compensation  what makes up for other limits than the directive's: more time alone is no AMOC
    requirement   holds its own limits, in place of those of its paragraphs; null when it keeps the directive's
    valid_until   the last day; null without an end
    """

    directive = models.ForeignKey(
        Directive, on_delete=models.CASCADE, related_name="amocs", db_constraint=False, db_index=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    component_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=60)
    approved_by = models.CharField(max_length=120)
    approved_on = models.DateField()
    valid_until = models.DateField(null=True)
    paragraphs = models.JSONField(default=list)
    scope = models.TextField()
    compensation = models.TextField(blank=True)
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "directive_amoc"
        constraints = [
            models.CheckConstraint(condition=ONE_OBJECT, name="directive_amoc_on_one_object"),
            models.CheckConstraint(
                condition=~Q(reference="") & ~Q(scope="") & ~Q(approved_by=""), name="directive_amoc_says_what"
            ),
            models.CheckConstraint(
                condition=Q(requirement__isnull=True) | ~Q(compensation=""), name="directive_amoc_compensates"
            ),
        ]
        indexes = [models.Index(fields=["directive", "aircraft"], name="directive_amoc_by_object")]

    def __str__(self) -> str:
        return self.reference


class Credit(TenantModel):
    """Work done under something else that a directive accepts: a superseded directive, a bulletin, an earlier revision.

    given      chain of the accomplishment that was recorded for the directive
    earlier    chain of the accomplishment it rests on; null when only paper says so
    source     what it was done under
    """

    directive = models.ForeignKey(
        Directive, on_delete=models.CASCADE, related_name="credits", db_constraint=False, db_index=False
    )
    given = models.UUIDField(unique=True)
    earlier = models.UUIDField(null=True)
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)

    class Meta:
        db_table = "directive_credit"
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="directive_credit_source_given")]
        indexes = [models.Index(fields=["directive"], name="directive_credit_by_directive")]
