"""Who reported a defect. Source of the hold: EU 1321/2014, M.A.306 (technical log, 36 months)."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.privacy.finding import held, named_in, relabelled
from hangarlink.platform.privacy.registry import Finding, Subject, holds

KEPT_FOR = timedelta(days=3 * 366)
REASON = "A report in the technical log stays with who made it for 36 months: EU 1321/2014 M.A.306."
COLUMNS = ("number", "reported_at", "reported_by", "description")


@holds("Defects")
def find(subject: Subject) -> Iterator[Finding]:
    rows = named_in(Defect.objects.all(), "reported_by", subject)
    limit = timezone.now() - KEPT_FOR
    yield held("reports of the last 36 months", rows.filter(reported_at__gte=limit), COLUMNS, reason=REASON)
    yield relabelled("older reports", rows.filter(reported_at__lt=limit), COLUMNS, column="reported_by")
