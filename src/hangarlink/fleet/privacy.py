"""Who corrected usage and settled contradictions of readings."""

from collections.abc import Iterator

from hangarlink.fleet.models import Correction, Discrepancy
from hangarlink.platform.privacy.finding import done_by, held
from hangarlink.platform.privacy.registry import Finding, Subject, holds

REASON = "Corrections of hours and cycles are part of the aircraft's records: EU 1321/2014 M.A.305; 14 CFR 91.417."


@holds("Usage")
def find(subject: Subject) -> Iterator[Finding]:
    made = done_by(Correction.objects.all(), subject, id_column="made_by", label_column="made_by_label")
    yield held("corrections that the person made", made, ("made_at", "made_by_label", "reason"), reason=REASON)
    settled = done_by(Discrepancy.objects.all(), subject, id_column="settled_by", label_column="settled_by_label")
    yield held("contradictions that the person settled", settled, ("settled_at", "settled_by_label"), reason=REASON)
