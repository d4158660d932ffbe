"""Where a due list comes from: pages of an HTTPS service, or files that stand still."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from hangarlink.connectors.tracker.documents import Document, read_document
from hangarlink.connectors.tracker.profile import DueItems, Paging
from hangarlink.integration.contract import FileStore, Http, Malformed, NotReady, Response, StoredFile

MOST_PAGES = 2_000
# A server whose clock runs ahead would never have a file that is old enough.
_CLOCK_AHEAD = timedelta(seconds=5)


@dataclass(frozen=True)
class Told:
    """A document, the moment it is of, and whether the listing ends with it."""

    document: Document
    as_of: datetime
    is_last: bool


def from_service(http: Http, source: DueItems, needed: Sequence[str]) -> Iterator[Told]:
    """The pages of a list. Half a page is asked again by the line; a chain without end raises Malformed."""

    def read(response: Response) -> tuple[Document, datetime, bytes]:
        return read_document(response.body, source, needed), _answered_at(response), response.body

    paging, place, before, body = source.paging, source.paging.first, "", b""
    params = dict(source.params)
    if paging.style is not Paging.NONE and paging.size_param:
        params[paging.size_param] = str(paging.size)
    if paging.style is Paging.PAGE:
        params[paging.param] = str(place)
    for _ in range(MOST_PAGES):
        earlier = body
        document, answered_at, body = http.call("GET", source.path or "", params=params, read=read)
        if document.records and body == earlier:
            raise Malformed("The partner's list does not move on: the same page comes again.")
        following = _following(document, source, params)
        yield Told(document, answered_at, following is None)
        if following is None:
            return
        if following == before:
            raise Malformed("The partner's list does not move on: a page ends where it began.")
        before = params[paging.param] = following
    raise Malformed(f"The partner's list has more than {MOST_PAGES} pages.")


def from_files(files: FileStore, source: DueItems, needed: Sequence[str], now: datetime) -> Iterator[Told]:
    """The newest file that matches, or all of them, whole ones only.

    A file that changed a moment ago, or while it was read, is still being written: nothing is taken over in this run.
    Raises NotReady where no file matches.
    """
    found = _matching(files, source)
    if not found:
        raise NotReady(f"No file named {source.file} is in {source.folder or 'the folder'}. Wait for the first one.")
    chosen = found if source.take == "all" else found[-1:]
    if any(_is_fresh(one, source, now) for one in chosen):
        return
    contents = [files.read(one.name) for one in chosen]
    again = {one.name: one for one in _matching(files, source)}
    if any(
        again.get(one.name) != one or len(content) != one.size for one, content in zip(chosen, contents, strict=True)
    ):
        return
    for place, (one, content) in enumerate(zip(chosen, contents, strict=True), 1):
        yield Told(read_document(content, source, needed), min(one.modified_at, now), place == len(chosen))


def _matching(files: FileStore, source: DueItems) -> list[StoredFile]:
    return list(files.list(source.folder or "", pattern=source.file or "*"))


def _is_fresh(file: StoredFile, source: DueItems, now: datetime) -> bool:
    age = now - file.modified_at
    return -_CLOCK_AHEAD <= age < timedelta(seconds=source.settle_seconds)


def _following(document: Document, source: DueItems, params: dict[str, str]) -> str | None:
    """What the next page is asked by, or None after the last one: the one that names none, or is empty.

    A page that is not full is no end: the partner may give less than was asked for.
    """
    paging = source.paging
    if paging.style is Paging.CURSOR:
        named = document.frame.get(paging.next or "")
        return None if named in (None, "", False) else str(named)
    if paging.style is Paging.NONE or not document.records:
        return None
    before = int(params.get(paging.param, "0"))
    return str(before + (1 if paging.style is Paging.PAGE else len(document.records)))


def _answered_at(response: Response) -> datetime:
    """The answer's Date header; without one our own clock."""
    try:
        return parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return datetime.now(UTC)
