"""Who asked for a run."""

from collections.abc import Iterator

from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.privacy.finding import done_by, relabelled
from hangarlink.platform.privacy.registry import Finding, Subject, holds


@holds("Sync logs")
def find(subject: Subject) -> Iterator[Finding]:
    rows = done_by(SyncRun.objects.all(), subject, id_column="requested_by", label_column="requested_by_label")
    yield relabelled(
        "runs that the person asked for", rows, ("requested_at", "flow", "kind"), column="requested_by_label"
    )
