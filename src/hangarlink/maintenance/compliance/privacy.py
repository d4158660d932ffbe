"""Who decided of directives and recorded permits. Source of the hold: EU 1321/2014 M.A.305, 14 CFR 91.417."""

from collections.abc import Iterator

from hangarlink.maintenance.compliance.models import Amoc, Decision, SpecialFlightPermit
from hangarlink.platform.privacy.finding import done_by, held
from hangarlink.platform.privacy.registry import Finding, Subject, holds

REASON = (
    "The status of directives names who decided, until the aircraft has been out of service for 12 months: "
    "EU 1321/2014 M.A.305; 14 CFR 91.417."
)


@holds("Compliance")
def find(subject: Subject) -> Iterator[Finding]:
    decided = done_by(Decision.objects.all(), subject, id_column="decided_by", label_column="decided_by_label")
    columns = ("verdict", "reason", "decided_at", "decided_by_label")
    yield held("directives that the person assessed", decided, columns, reason=REASON)
    given = ("reference", "recorded_at", "recorded_by_label")
    for words, rows in (
        ("alternative methods of compliance that the person recorded", Amoc.objects.all()),
        ("special flight permits that the person recorded", SpecialFlightPermit.objects.all()),
    ):
        found = done_by(rows, subject, id_column="recorded_by", label_column="recorded_by_label")
        yield held(words, found, given, reason=REASON)
