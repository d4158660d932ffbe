"""Finding documents of the account."""

from uuid import UUID

from hangarlink.platform.documents.models import Document
from hangarlink.platform.errors import Missing


def find_document(document_id: UUID) -> Document:
    """The document, or Missing: also when it exists in another account."""
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise Missing("This document does not exist. It may have been deleted.")
    return document
