"""Who recorded placements, work and totals. Source of the hold: EU 1321/2014 M.A.305, 14 CFR 91.417."""

from collections.abc import Iterator

from hangarlink.maintenance.components.models import ClockEntry, Placement, Work
from hangarlink.platform.privacy.finding import done_by, held
from hangarlink.platform.privacy.registry import Finding, Subject, holds

REASON = (
    "Records of components name who made them, until the component is withdrawn from service for good: "
    "EU 1321/2014 M.A.305; 14 CFR 91.417."
)


@holds("Component records")
def find(subject: Subject) -> Iterator[Finding]:
    columns = ("recorded_at", "recorded_by_label")
    for what, rows in (
        ("placements of components that the person recorded", Placement.objects.all()),
        ("shop work that the person recorded", Work.objects.all()),
        ("totals and readings of components that the person recorded", ClockEntry.objects.all()),
    ):
        found = done_by(rows, subject, id_column="recorded_by", label_column="recorded_by_label")
        yield held(what, found, columns, reason=REASON)
