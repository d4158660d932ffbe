"""What was done, and the moments limits count from. Rows are never changed: a correction is a new version."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.models.due import DueItem
from hangarlink.maintenance.programme.models.requirement import Requirement, RequirementRevision
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.platform.tenancy.models import TenantModel, new_id


class ValueSource(models.TextChoices):
    """READ was taken from the instrument or the logbook by a person and stays; DERIVED follows from usage."""

    READ = "read", "Read by a person"
    DERIVED = "derived", "Derived from usage"


class Accomplishment(TenantModel):
    """One version of one accomplishment of a requirement on an aircraft. Only `superseded_at` is ever set later.

    chain           the same for all versions; `version` counts from 1
    due_reference   the moment intervals count from, by default the release; `on` is its date where the account is
    certificate     reference of the release to service
    was_due         due points it answered, by path of the term (`rules.dues.due_to_json`); kept so that the basis
                    chosen then can be explained for ever
    was_due_stated  a person said what was due (taken over from paper); else it was worked out and follows corrections
    is_withdrawn    this version says: it did not happen
    finding         whether something was found; null when nobody said. Some repeats depend on it
    satisfied_by    chain of the accomplishment of another requirement that did this too; it follows that one
    """

    chain = models.UUIDField(default=new_id)
    version = models.PositiveIntegerField(default=1)
    item = models.ForeignKey(
        DueItem, on_delete=models.CASCADE, related_name="accomplishments", db_constraint=False, db_index=False
    )
    revision = models.ForeignKey(
        RequirementRevision, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    performed_at = models.DateTimeField()
    released_at = models.DateTimeField()
    due_reference = models.DateTimeField()
    on = models.DateField()
    certificate = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    was_due = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    was_due_stated = models.BooleanField(default=False)
    is_withdrawn = models.BooleanField(default=False)
    finding = models.BooleanField(null=True)
    satisfied_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accomplishment"
        constraints = [
            models.UniqueConstraint(fields=["chain", "version"], name="accomplishment_version_once"),
            models.UniqueConstraint(
                fields=["chain"], condition=Q(superseded_at__isnull=True), name="accomplishment_current_once"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="accomplishment_version_counts"),
            models.CheckConstraint(
                condition=Q(released_at__gte=F("performed_at")), name="accomplishment_released_after_performed"
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="accomplishment_correction_says_why"),
        ]
        indexes = [
            models.Index(fields=["item", "due_reference"], name="accomplishment_by_item"),
            models.Index(
                fields=["satisfied_by"],
                condition=Q(satisfied_by__isnull=False, superseded_at__isnull=True),
                name="accomplishment_by_satisfier",
            ),
        ]

    def __str__(self) -> str:
        return f"accomplishment of {self.on:%Y-%m-%d}"


class AccomplishmentValue(TenantModel):
    """The total of one counter at an accomplishment. `at` repeats its due reference: late usage finds it by index."""

    accomplishment = models.ForeignKey(
        Accomplishment, on_delete=models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    value = models.BigIntegerField()
    source = models.CharField(max_length=7, choices=ValueSource)
    at = models.DateTimeField()

    class Meta:
        db_table = "accomplishment_value"
        constraints = [
            models.UniqueConstraint(fields=["accomplishment", "counter"], name="accomplishment_value_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="accomplishment_value_not_negative"),
        ]
        indexes = [models.Index(fields=["counter", "at"], name="accomplishment_value_by_moment")]


class Baseline(TenantModel):
    """A moment an aircraft's limits count from: manufacture, overhaul, a directive's effective date.

    Replaced by another row, never changed.

    requirement  set when it holds for that requirement only
    at           the moment whose totals count; `on` is its date
    """

    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="baselines", db_constraint=False, db_index=False
    )
    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    start = models.CharField(
        max_length=20,
        choices=[(start.value, start.value.replace("_", " ")) for start in Start if start is not Start.EVENT],
    )
    on = models.DateField()
    at = models.DateTimeField()
    source = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "baseline"
        constraints = [
            models.UniqueConstraint(
                fields=["aircraft", "requirement", "start"],
                condition=Q(superseded_at__isnull=True),
                nulls_distinct=False,
                name="baseline_current_once",
            ),
            models.CheckConstraint(
                condition=~Q(start__in=[Start.ZERO.value, Start.LAST_DONE.value]), name="baseline_is_an_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} {self.on:%Y-%m-%d}"


class BaselineValue(TenantModel):
    """The total of one counter at a baseline. A counter without one is unknown there."""

    baseline = models.ForeignKey(
        Baseline, on_delete=models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    value = models.BigIntegerField()
    source = models.CharField(max_length=7, choices=ValueSource)
    at = models.DateTimeField()

    class Meta:
        db_table = "baseline_value"
        constraints = [
            models.UniqueConstraint(fields=["baseline", "counter"], name="baseline_value_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="baseline_value_not_negative"),
        ]
        indexes = [models.Index(fields=["counter", "at"], name="baseline_value_by_moment")]


class ValueDiscrepancy(TenantModel):
    """A value a person read at an accomplishment that usage does not agree with. The value stands; a person decides.

    expected  what usage adds up to at that moment
    """

    value = models.ForeignKey(
        AccomplishmentValue, on_delete=models.CASCADE, related_name="discrepancies", db_constraint=False, db_index=False
    )
    expected = models.BigIntegerField()
    raised_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_by_label = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "value_discrepancy"
        constraints = [
            models.UniqueConstraint(
                fields=["value"], condition=Q(settled_at__isnull=True), name="value_discrepancy_open_once"
            ),
        ]
