"""Store and delete documents, inside `acting_in`. Permissions are the caller's: it knows what the document is for."""

import hashlib
from datetime import timedelta
from io import BytesIO
from typing import Protocol

from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db.transaction import atomic, on_commit
from django.utils import timezone

from hangarlink.platform.audit.actions import record
from hangarlink.platform.documents.contents import Content, look_into
from hangarlink.platform.documents.models import Document
from hangarlink.platform.documents.rules import SUFFIXES, Policy, check_size, check_type, clean_name
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_id


class Readable(Protocol):
    """An uploaded file, an open file: anything that gives bytes."""

    def read(self, size: int, /) -> bytes: ...


def store_document(
    source: bytes | Readable, *, name: str, policy: Policy, acting_user: Actor, field: str = "file"
) -> Document:
    """Check and keep a file. Raises RuleBroken(field=...) when it is empty, too large, damaged or of a wrong kind.

    source  bytes, or anything with read(), such as an uploaded file; never read further than the policy's limit
    name    as the person's computer calls it; cleaned, and given a suffix that is true
    policy  rules.PICTURE (drawn anew) or rules.PAPER (kept byte for byte)
    """
    shown = clean_name(name)
    data = (BytesIO(source) if isinstance(source, bytes) else source).read(policy.max_bytes + 1)
    check_size(len(data), policy, shown, field)
    content = look_into(data, redraw=policy.redrawn)
    check_type(content.media_type, policy, shown, field)
    return _keep(content, clean_name(name, content.media_type), acting_user)


@atomic
def delete_document(document: Document, *, acting_user: Actor) -> None:
    """Delete the row now and the file once that is certain. Whoever refers to the document lets go of it first."""
    record(acting_user, document, "deleted", old=_audited(document))
    path = document.path
    document.delete()
    on_commit(lambda: default_storage.delete(path))


def sweep_orphans(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete this account's files that no document names: left behind where a transaction was rolled back.

    older_than  spares files whose transaction may still be running
    """
    known = set(Document.objects.values_list("path", flat=True))
    limit = timezone.now() - older_than
    orphans = [
        path
        for path in _files_below(default_storage, str(current_account().id))
        if path not in known and default_storage.get_modified_time(path) < limit
    ]
    for path in orphans:
        default_storage.delete(path)
    return len(orphans)


def _keep(content: Content, name: str, acting_user: Actor) -> Document:
    account = current_account()
    document = Document(
        account=account,
        name=name,
        media_type=content.media_type,
        size=len(content.data),
        sha256=hashlib.sha256(content.data).hexdigest(),
        width=content.width,
        height=content.height,
        uploaded_by_kind=acting_user.kind,
        uploaded_by_id=acting_user.id,
        uploaded_by_label=acting_user.label[:200],
    )
    document.id = new_id()
    suffix = SUFFIXES[content.media_type][0]
    path = f"{account.id}/{document.id.hex[-2:]}/{document.id}{suffix}"
    # The file first: a row without its file would be a broken promise, a file without its row is swept up.
    document.path = default_storage.save(path, File(BytesIO(content.data)))
    try:
        with atomic():
            document.save(force_insert=True)
            record(acting_user, document, "stored", new=_audited(document))
    except BaseException:
        default_storage.delete(document.path)
        raise
    return document


def _audited(document: Document) -> dict[str, object]:
    return {name: getattr(document, name) for name in ("name", "media_type", "size", "sha256")}


def _files_below(storage: Storage, folder: str) -> list[str]:
    if not storage.exists(folder):
        return []
    folders, files = storage.listdir(folder)
    return [f"{folder}/{file}" for file in files] + [
        path for each in folders for path in _files_below(storage, f"{folder}/{each}")
    ]
