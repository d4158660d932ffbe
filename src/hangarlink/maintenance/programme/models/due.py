"""What is due: one item per requirement and aircraft, one term per open limit. Absolute limits only.

Nothing here depends on today or on present totals, so a recorded flight changes no row. State, remaining and forecast
are computed when read (`queries`).
"""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.programme.models.requirement import Requirement, RequirementRevision
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.tenancy.models import TenantModel


class DueItem(TenantModel):
    """A requirement on an aircraft or on a component.

    component  set when it is a component's: then the item follows it from aircraft to aircraft
    aircraft   the aircraft; of a component's item the one it is installed on now, null while it is on none
    revision   the one its terms were worked out under
    binding    which counter (id) each name in the limits means here. Once made it stays: a renamed counter, or a second
               one of the same kind, changes no due point
    done       accomplishments so far
    closed_at  the requirement no longer applies: it has no terms and is in no list
    left_out   why its effectivity leaves this aircraft out; such an item is closed, and says that somebody looked
    ended      nothing further is due under the schedule: it has no terms
    is_plain   each of its limits counts apart (FIRST of single limits), all are known, on one counter at most. Then
               `first_*` is what its terms come to, the lowest of each, so that the whole fleet can be worked out
               without looking at every term; kept by `terms.write_terms` and nobody else
    """

    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="items", db_constraint=False, db_index=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, null=True, related_name="due_items", db_constraint=False, db_index=False
    )
    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, null=True, related_name="due_items", db_constraint=False, db_index=False
    )
    revision = models.ForeignKey(
        RequirementRevision, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    binding = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    ended = models.BooleanField(default=False)
    is_plain = models.BooleanField(default=False, db_default=False)
    first_counter = models.UUIDField(null=True, editable=False)
    first_limit = models.BigIntegerField(null=True)
    first_alert = models.BigIntegerField(null=True)
    first_date = models.DateField(null=True)
    first_alert_date = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    left_out = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "due_item"
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "aircraft"], condition=Q(component__isnull=True), name="due_item_once"
            ),
            models.UniqueConstraint(
                fields=["requirement", "component"],
                condition=Q(component__isnull=False),
                name="due_item_once_on_component",
            ),
            models.CheckConstraint(
                condition=Q(aircraft__isnull=False) | Q(component__isnull=False), name="due_item_on_something"
            ),
            models.CheckConstraint(
                condition=Q(left_out="") | Q(closed_at__isnull=False), name="due_item_left_out_is_closed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["aircraft"], condition=Q(closed_at__isnull=True, ended=False), name="due_item_by_aircraft"
            ),
            models.Index(
                fields=["account", "id"], condition=Q(closed_at__isnull=True, ended=False), name="due_item_open"
            ),
            models.Index(fields=["component"], condition=Q(component__isnull=False), name="due_item_by_component"),
        ]

    @property
    def holder(self) -> Aircraft | Component:
        """What the requirement is on."""
        return self.component or self.craft

    @property
    def craft(self) -> Aircraft:
        """The aircraft of an item that has one; of any that is no component's."""
        if self.aircraft is None:
            raise RuleBroken("The component is on no aircraft now.", field="aircraft")
        return self.aircraft

    @property
    def flown_on(self) -> list[UUID]:
        """The aircraft whose usage its limits go by, if any."""
        return [self.aircraft_id] if self.aircraft_id else []


class DueTerm(TenantModel):
    """One open limit of an item, absolute. An item is FIRST over its clauses, a clause LAST over its terms.

    path            place in the schedule; a limit that stands in several clauses has a row in each
    counter         set for a limit on usage; null when the aircraft has no such counter
    limit_value     total that may be reached and not passed; alert_value is where "due soon" begins
    limit_date      last legal day; alert_date likewise. `anchor` is the day of month first meant
    variation       how much of the limit is an approved variation, in the counter's unit or in days: what is displayed
                    as due is the limit without it
    awaits          code of the event without which there is no limit yet; then there is none and it is not reached
    own_*           of a component's limit: its own counter and the limit on it. `counter` and `limit_value` are then
                    those of the aircraft's counter that drives it
    held_at         of a component that nothing drives: where its own counter stands; `limit_value` is its own limit
    framed_at       totals up to this moment were used to find the limit on the driving counter
    amount          length of the interval in the counter's unit, or in days, for bars and percentages
    unknown_reason  why there is no limit (`rules.dues.Reason`); then there is none
    """

    item = models.ForeignKey(
        DueItem, on_delete=models.CASCADE, related_name="terms", db_constraint=False, db_index=False
    )
    clause = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=60)
    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    limit_value = models.BigIntegerField(null=True)
    alert_value = models.BigIntegerField(null=True)
    limit_date = models.DateField(null=True)
    alert_date = models.DateField(null=True)
    anchor = models.PositiveSmallIntegerField(null=True)
    amount = models.BigIntegerField(default=0)
    variation = models.BigIntegerField(default=0)
    awaits = models.CharField(max_length=40, blank=True)
    unknown_reason = models.CharField(max_length=30, blank=True)
    own_counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    own_limit = models.BigIntegerField(null=True)
    held_at = models.BigIntegerField(null=True)
    framed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "due_term"
        constraints = [
            models.UniqueConstraint(fields=["item", "clause", "path"], name="due_term_once"),
            models.CheckConstraint(
                condition=(
                    Q(
                        unknown_reason="",
                        awaits="",
                        limit_value__isnull=False,
                        alert_value__isnull=False,
                    )
                    & (Q(counter__isnull=False) ^ Q(held_at__isnull=False))
                    & Q(limit_date__isnull=True, alert_date__isnull=True)
                )
                | (
                    Q(
                        unknown_reason="",
                        awaits="",
                        counter__isnull=True,
                        limit_date__isnull=False,
                        alert_date__isnull=False,
                    )
                    & Q(limit_value__isnull=True, alert_value__isnull=True)
                )
                | (
                    (Q(unknown_reason="") ^ Q(awaits=""))
                    & Q(limit_value__isnull=True, alert_value__isnull=True, variation=0)
                    & Q(limit_date__isnull=True, alert_date__isnull=True)
                ),
                name="due_term_is_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(own_counter__isnull=False, counter__isnull=True),
                name="due_term_held_is_own",
            ),
            models.CheckConstraint(condition=Q(variation__gte=0), name="due_term_variation_extends"),
            models.CheckConstraint(condition=Q(alert_value__lte=F("limit_value")), name="due_term_alert_before_limit"),
            models.CheckConstraint(condition=Q(alert_date__lte=F("limit_date")), name="due_term_alert_before_date"),
        ]
        indexes = [
            models.Index(
                fields=["counter", "limit_value"], condition=Q(limit_value__isnull=False), name="due_term_by_limit"
            ),
            models.Index(
                fields=["counter", "alert_value"], condition=Q(alert_value__isnull=False), name="due_term_by_alert"
            ),
            models.Index(
                fields=["account", "limit_date"], condition=Q(limit_date__isnull=False), name="due_term_by_date"
            ),
            models.Index(
                fields=["account", "alert_date"], condition=Q(alert_date__isnull=False), name="due_term_by_alert_date"
            ),
            models.Index(
                fields=["own_counter"], condition=Q(own_counter__isnull=False), name="due_term_by_own_counter"
            ),
            models.Index(fields=["account", "item"], condition=Q(held_at__isnull=False), name="due_term_held"),
            models.Index(fields=["account", "item"], condition=~Q(unknown_reason=""), name="due_term_unknown"),
        ]


class CalendarTurn(TenantModel):
    """The last day whose calendar limits were announced, one row per account."""

    announced_on = models.DateField()

    class Meta:
        db_table = "calendar_turn"
        constraints = [models.UniqueConstraint(fields=["account"], name="calendar_turn_once")]
