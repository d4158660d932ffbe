"""Who uploaded a document."""

from collections.abc import Iterator

from hangarlink.platform.documents.models import Document
from hangarlink.platform.privacy.finding import done_by, relabelled
from hangarlink.platform.privacy.registry import Finding, Subject, holds


@holds("Documents")
def find(subject: Subject) -> Iterator[Finding]:
    rows = done_by(Document.objects.all(), subject, id_column="uploaded_by_id", label_column="uploaded_by_label")
    yield relabelled("uploads", rows, ("name", "uploaded_at", "uploaded_by_label"), column="uploaded_by_label")
