"""Questions about records on which two sides disagree, open and decided."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from hangarlink.integration.connections.models import Connection
from hangarlink.platform.tenancy.models import TenantModel


class ReviewKind(models.TextChoices):
    """CONFLICT: changed on both sides. DELETION: the partner has it no longer. MANY_GONE: so many at once that it may
    be a fault. MATCH: it is new, and may be one of ours already."""

    CONFLICT = "conflict", "Changed on both sides"
    DELETION = "deletion", "Gone at the partner"
    MANY_GONE = "many_gone", "Many gone at the partner"
    MATCH = "match", "May be here already"


class ReviewState(models.TextChoices):
    """SETTLED: a rule decided. SUPERSEDED: a side changed again before anybody decided; a newer question stands."""

    OPEN = "open", "Open"
    DECIDED = "decided", "Decided"
    SETTLED = "settled", "Settled by the rule"
    SUPERSEDED = "superseded", "Superseded"


class Review(TenantModel):
    """A question and, later, its answer. Nothing of the record moves while it is open.

    ours, theirs   the whole record as each side had it, in canonical words; None: it does not exist on that side, or
                   the partner did not say
    base           what both said when they last agreed
    ours_version   our row's version then; if it is another now, the question is asked anew
    link_ids       MANY_GONE: the links that it is about
    candidates     MATCH: rows of ours that it may be, as texts
    choice         ours, theirs or merge; `taken` are the fields that a merge took from theirs. MATCH: same or new
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="reviews", db_constraint=False, db_index=False
    )
    dataset = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=ReviewKind)
    state = models.CharField(max_length=12, choices=ReviewState, default=ReviewState.OPEN)
    link_id = models.UUIDField(null=True)
    internal_id = models.UUIDField(null=True)
    external_id = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField(default=1)
    link_ids = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    rule = models.CharField(max_length=20)

    ours = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    theirs = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    base = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    ours_version = models.BigIntegerField(null=True)
    ours_changed_at = models.DateTimeField(null=True)
    theirs_changed_at = models.DateTimeField(null=True)

    raised_at = models.DateTimeField()
    run_id = models.UUIDField(null=True)
    choice = models.CharField(max_length=10, blank=True)
    taken = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "conflict_review"
        constraints = [
            models.UniqueConstraint(
                fields=["link_id"], condition=Q(state="open", link_id__isnull=False), name="review_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "raised_at", "id"], condition=Q(state="open"), name="review_open"),
            models.Index(fields=["connection", "-raised_at", "-id"], name="review_by_connection"),
        ]

    def __str__(self) -> str:
        return self.subject
