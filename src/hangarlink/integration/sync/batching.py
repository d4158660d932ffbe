"""Partners send small pages; the database likes larger ones. Pure but for the clock it is given."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hangarlink.integration.contract import Page

RECORDS = 6_000
SECONDS = 2.0


def gathered(pages: Iterable[Page[Any]], *, clock: Callable[[], float]) -> Iterator[Page[Any]]:
    """The same pages, put together until they hold RECORDS or took SECONDS to come.

    A page that completes a listing ends a batch. When the pull fails, what had come is handed over first: it is paid
    for, and its cursor is good.
    """
    batch: list[Page[Any]] = []
    began = 0.0
    try:
        for page in pages:
            began = began if batch else clock()
            batch.append(page)
            if page.complete or _size(batch) >= RECORDS or clock() - began >= SECONDS:
                yield _together(batch)
                batch = []
    except GeneratorExit:
        raise
    except BaseException:
        if batch:
            yield _together(batch)
        raise
    if batch:
        yield _together(batch)


def _size(batch: list[Page[Any]]) -> int:
    return sum(len(page.records) + len(page.deleted) + len(page.unreadable) for page in batch)


def _together(batch: list[Page[Any]]) -> Page[Any]:
    if len(batch) == 1:
        return batch[0]
    last = batch[-1]
    return Page(
        [record for page in batch for record in page.records],
        last.cursor,
        deleted=[one for page in batch for one in page.deleted],
        unreadable=[one for page in batch for one in page.unreadable],
        complete=last.complete,
        total=next((page.total for page in reversed(batch) if page.total is not None), None),
    )
