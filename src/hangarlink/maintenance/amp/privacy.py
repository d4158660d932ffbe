"""Who drafted, approved and reviewed maintenance programmes. Source of the hold: EU 1321/2014 M.A.302, M.A.305."""

from collections.abc import Iterator

from hangarlink.maintenance.amp.models import Review, Revision
from hangarlink.platform.privacy.finding import done_by, held, named_in
from hangarlink.platform.privacy.registry import Finding, Subject, holds

REASON = (
    "An approved maintenance programme names who approved and reviewed it, as long as its revisions are evidence: "
    "EU 1321/2014 M.A.302 and M.A.305."
)


@holds("Maintenance programmes")
def find(subject: Subject) -> Iterator[Finding]:
    approved = done_by(Revision.objects.all(), subject, id_column="approved_by", label_column="approved_by_label")
    columns = ("number", "approved_at", "reference", "approved_by_label")
    yield held("revisions that the person approved", approved, columns, reason=REASON)
    drafted = named_in(Revision.objects.all(), "created_by_label", subject)
    yield held(
        "revisions that the person drafted", drafted, ("number", "created_at", "created_by_label"), reason=REASON
    )
    reviews = done_by(Review.objects.all(), subject, id_column="recorded_by", label_column="recorded_by_label")
    yield held("annual reviews that the person recorded", reviews, ("held_on", "recorded_by_label"), reason=REASON)
