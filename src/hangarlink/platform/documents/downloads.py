"""Handing a document to a browser so that nothing in it can act as a page of ours."""

from django.core.files.storage import default_storage
from django.http import FileResponse

from hangarlink.platform.documents.models import Document
from hangarlink.platform.errors import Missing


def answer_with(document: Document, *, as_attachment: bool = False) -> FileResponse:
    """The document as a response. The caller has checked that this person may see it.

    Images are shown, everything else is downloaded; `as_attachment` downloads images too. Raises Missing when the
    storage has lost the file.
    """
    try:
        file = default_storage.open(document.path)
    except FileNotFoundError:
        raise Missing(
            f"The file of {document.name} is not in the document storage. Restore it from a backup, or upload it again."
        ) from None
    attached = as_attachment or not document.is_image
    response = FileResponse(file, as_attachment=attached, filename=document.name, content_type=document.media_type)
    response["Content-Length"] = str(document.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Documents never change, but who may see them does: kept by this person's browser only, and not for long.
    response["Cache-Control"] = "private, max-age=3600"
    return response
