"""What is due: one item per requirement and aircraft, one term per open limit. Absolute limits only.

Nothing here depends on today or on present totals, so a recorded flight changes no row. State, remaining and forecast
are computed when read (`queries`).
"""

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.models.requirement import Requirement, RequirementRevision
from hangarlink.platform.tenancy.models import TenantModel


class DueItem(TenantModel):
    """A requirement on an aircraft. (A component will stand beside the aircraft here, not instead of this row.)

    revision   the one its terms were worked out under
    binding    which counter (id) each name in the limits means here. Once made it stays: a renamed counter, or a second
               one of the same kind, changes no due point
    done       accomplishments so far
    closed_at  the requirement no longer applies: it has no terms and is in no list
    left_out   why its effectivity leaves this aircraft out; such an item is closed, and says that somebody looked
    ended      nothing further is due under the schedule: it has no terms
    """

    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, related_name="items", db_constraint=False, db_index=False
    )
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.CASCADE, related_name="due_items", db_constraint=False, db_index=False
    )
    revision = models.ForeignKey(
        RequirementRevision, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    binding = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    ended = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    left_out = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "due_item"
        constraints = [
            models.UniqueConstraint(fields=["requirement", "aircraft"], name="due_item_once"),
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
        ]


class DueTerm(TenantModel):
    """One open limit of an item, absolute. An item is FIRST over its clauses, a clause LAST over its terms.

    path            place in the schedule; a limit that stands in several clauses has a row in each
    counter         set for a limit on usage; null when the aircraft has no such counter
    limit_value     total that may be reached and not passed; alert_value is where "due soon" begins
    limit_date      last legal day; alert_date likewise. `anchor` is the day of month first meant
    variation       how much of the limit is an approved variation, in the counter's unit or in days: what is displayed
                    as due is the limit without it
    awaits          code of the event without which there is no limit yet; then there is none and it is not reached
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

    class Meta:
        db_table = "due_term"
        constraints = [
            models.UniqueConstraint(fields=["item", "clause", "path"], name="due_term_once"),
            models.CheckConstraint(
                condition=(
                    Q(
                        unknown_reason="",
                        awaits="",
                        counter__isnull=False,
                        limit_value__isnull=False,
                        alert_value__isnull=False,
                    )
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
            models.Index(fields=["account", "item"], condition=~Q(unknown_reason=""), name="due_term_unknown"),
        ]


class CalendarTurn(TenantModel):
    """The last day whose calendar limits were announced, one row per account."""

    announced_on = models.DateField()

    class Meta:
        db_table = "calendar_turn"
        constraints = [models.UniqueConstraint(fields=["account"], name="calendar_turn_once")]
