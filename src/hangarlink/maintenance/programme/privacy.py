"""Who recorded that maintenance was done. Source of the hold: EU 1321/2014 M.A.305, 14 CFR 91.417 and 43.9."""

from collections.abc import Iterator

from hangarlink.maintenance.programme.models import Accomplishment, EventRecord, ValueDiscrepancy, Variation
from hangarlink.platform.privacy.finding import done_by, held, named_in
from hangarlink.platform.privacy.registry import Finding, Subject, holds

REASON = (
    "Maintenance records name who made them, until the aircraft has been out of service for 36 months: "
    "EU 1321/2014 M.A.305; 14 CFR 43.9 and 91.417."
)


@holds("Maintenance records")
def find(subject: Subject) -> Iterator[Finding]:
    rows = done_by(Accomplishment.objects.all(), subject, id_column="recorded_by", label_column="recorded_by_label")
    columns = ("on", "certificate", "version", "recorded_at", "recorded_by_label")
    yield held("accomplishments that the person recorded", rows, columns, reason=REASON)
    settled = done_by(ValueDiscrepancy.objects.all(), subject, id_column="settled_by", label_column="settled_by_label")
    shown = ("settled_at", "settled_by_label")
    yield held("contradictions of values that the person settled", settled, shown, reason=REASON)
    happened = done_by(EventRecord.objects.all(), subject, id_column="recorded_by", label_column="recorded_by_label")
    said = ("code", "on", "source", "version", "recorded_at", "recorded_by_label")
    yield held("events of aircraft that the person recorded", happened, said, reason=REASON)
    approved = done_by(Variation.objects.all(), subject, id_column="recorded_by", label_column="recorded_by_label")
    named = ("reference", "approved_by", "approved_on", "recorded_at", "recorded_by_label")
    yield held("approved variations that the person recorded", approved, named, reason=REASON)
    ended = named_in(Variation.objects.all(), "withdrawn_by_label", subject)
    told = ("reference", "withdrawn_at", "withdrawn_by_label")
    yield held("approved variations that the person withdrew", ended, told, reason=REASON)
