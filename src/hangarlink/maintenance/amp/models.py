"""Programmes, their revisions and tasks, what they are assigned to, and the yearly look at them."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.platform.tenancy.models import TenantModel

OPEN_STAGES = [stage.value for stage in Stage if stage.is_open]


class Programme(TenantModel):
    """A maintenance programme. What it demands is in its revisions.

    code         short; requirements are named by it and the task's reference ("AMP-172 05-20-01")
    is_minimum   a minimum inspection programme: it is compared with and demands nothing itself
    minimum      the one this programme's intervals may not be weaker than
    is_example   made from the examples that ship with the product: not for operational use
    """

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    is_minimum = models.BooleanField(default=False)
    minimum = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "programme"
        constraints = [
            models.UniqueConstraint(fields=["account", "code"], name="programme_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="programme_named"),
            models.CheckConstraint(
                condition=Q(is_minimum=False) | Q(minimum__isnull=True), name="programme_minimum_stands_alone"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Revision(TenantModel):
    """One revision of a programme, from draft to superseded. Its tasks change only while it is a draft.

    summary     what it changes and why, for who approves it
    reference   of the approval: the authority's letter, the approver's own number
    report      what activation would have moved, as it was read when it was approved (`report.as_json`)
    note        why it was returned or discarded, last
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="revisions", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Stage], default=Stage.DRAFT)
    summary = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    report = models.JSONField(encoder=DjangoJSONEncoder, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by_label = models.CharField(max_length=200, blank=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_by_label = models.CharField(max_length=200, blank=True)
    activated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programme_revision"
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="programme_revision_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(stage=Stage.ACTIVE.value), name="programme_active_once"
            ),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(stage__in=OPEN_STAGES), name="programme_open_revision_once"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[one.value for one in Stage]), name="programme_revision_stage_known"
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[Stage.APPROVED.value, Stage.ACTIVE.value, Stage.SUPERSEDED.value])
                | Q(approved_at__isnull=False),
                name="programme_revision_approved_first",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"


class Task(TenantModel):
    """One task of a revision: what a requirement will say when the revision is activated.

    content       as `programme.actions.checked_content` stores it
    minimum_task  the task of the minimum programme that this one stands for
    """

    revision = models.ForeignKey(
        Revision, on_delete=models.CASCADE, related_name="tasks", db_constraint=False, db_index=False
    )
    reference = models.CharField(max_length=38)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    minimum_task = models.CharField(max_length=38, blank=True)

    class Meta:
        db_table = "programme_task"
        constraints = [
            models.UniqueConstraint(fields=["revision", "reference"], name="programme_task_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="programme_task_named"),
        ]

    def __str__(self) -> str:
        return self.reference


class TaskRequirement(TenantModel):
    """Which requirement a task of a programme became: the same one through all revisions that have the task."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="requirements", db_constraint=False, db_index=False
    )
    reference = models.CharField(max_length=38)
    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        db_table = "programme_task_requirement"
        constraints = [
            models.UniqueConstraint(fields=["programme", "reference"], name="programme_task_requirement_once"),
            models.UniqueConstraint(fields=["requirement"], name="programme_task_of_requirement"),
        ]


class Assignment(TenantModel):
    """A programme holds for every aircraft of a model, or for one aircraft."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="assignments", db_constraint=False, db_index=False
    )
    aircraft_model = models.ForeignKey(
        AircraftModel, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "programme_assignment"
        constraints = [
            models.CheckConstraint(
                condition=Q(aircraft_model__isnull=True) ^ Q(aircraft__isnull=True), name="assignment_to_one_thing"
            ),
            models.UniqueConstraint(
                fields=["programme", "aircraft_model"], condition=Q(aircraft_model__isnull=False),
                name="assignment_to_model_once",
            ),
            models.UniqueConstraint(
                fields=["programme", "aircraft"], condition=Q(aircraft__isnull=False),
                name="assignment_to_aircraft_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["aircraft_model"], name="assignment_by_model"),
            models.Index(fields=["aircraft"], name="assignment_by_aircraft"),
        ]

    @property
    def target(self) -> AircraftModel | Aircraft:
        """The model or the aircraft."""
        found = self.aircraft_model or self.aircraft
        if found is None:
            raise LookupError("The database has exactly one of both.")
        return found


class Review(TenantModel):
    """The yearly look at a programme: does it still fit, was it effective, what follows.

    facts       figures of the year as they were then (`reviewing.facts_of`)
    conclusion  what was found and what is to be done
    next_on     when it is to be looked at again
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="reviews", db_constraint=False, db_index=False
    )
    revision_number = models.PositiveIntegerField()
    held_on = models.DateField()
    next_on = models.DateField()
    remains_fit = models.BooleanField()
    conclusion = models.TextField()
    facts = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.UUIDField(null=True)
    recorded_by_label = models.CharField(max_length=200)

    class Meta:
        db_table = "programme_review"
        constraints = [
            models.CheckConstraint(condition=Q(next_on__gt=models.F("held_on")), name="programme_review_next_later"),
            models.CheckConstraint(condition=~Q(conclusion=""), name="programme_review_concludes"),
            models.UniqueConstraint(fields=["programme", "held_on"], name="programme_review_once_a_day"),
        ]
