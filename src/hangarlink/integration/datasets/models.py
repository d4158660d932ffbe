"""Which of the partner's logs feeds which of our counters."""

from django.db import models
from django.db.models import Q

from hangarlink.integration.connections.models import Link
from hangarlink.platform.tenancy.models import TenantModel


class Origin(models.TextChoices):
    AUTOMATIC = "automatic", "Proposed"
    MANUAL = "manual", "Chosen"


class CounterMapping(TenantModel):
    """A log of the partner (or landings, or flights) of one aircraft feeds one of our counters, or none on purpose.

    source         see `mapping`: a log's name, "landings" or "flights"
    counter_id     null: ignored, because somebody said so
    partner_total  where the partner's own counter stood at `partner_total_at`; never written into ours
    opening_offer  for a counter without a total: partner_total less what was imported; `adopt_partner_total` takes it
    gap, gap_since partner_total less our total, and since when the partner is ahead
    """

    link = models.ForeignKey(
        Link, on_delete=models.CASCADE, related_name="mappings", db_constraint=False, db_index=False
    )
    source = models.CharField(max_length=40)
    counter_id = models.UUIDField(null=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.MANUAL)
    partner_total = models.BigIntegerField(null=True)
    partner_total_at = models.DateTimeField(null=True)
    opening_offer = models.BigIntegerField(null=True)
    gap = models.BigIntegerField(null=True)
    gap_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "counter_mapping"
        constraints = [
            models.UniqueConstraint(fields=["link", "source", "counter_id"], name="mapping_once"),
            models.UniqueConstraint(
                fields=["link", "source"], condition=Q(counter_id__isnull=True), name="mapping_ignored_once"
            ),
            models.UniqueConstraint(
                fields=["counter_id"], condition=Q(counter_id__isnull=False), name="counter_fed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.source
