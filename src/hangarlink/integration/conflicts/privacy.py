"""Who decided between two versions."""

from collections.abc import Iterator

from hangarlink.integration.conflicts.models import Review
from hangarlink.platform.privacy.finding import done_by, relabelled
from hangarlink.platform.privacy.registry import Finding, Subject, holds


@holds("Review")
def find(subject: Subject) -> Iterator[Finding]:
    rows = done_by(Review.objects.all(), subject, id_column="decided_by", label_column="decided_by_label")
    yield relabelled(
        "decisions that the person took", rows, ("decided_at", "dataset", "choice"), column="decided_by_label"
    )
