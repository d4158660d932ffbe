"""Reading ahead: the next batch is fetched and read while the database works on this one."""

import contextvars
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hangarlink.integration.connections.errands import desk

T = TypeVar("T")
# One ready, one being fetched, one being applied: memory stays flat however long the pull.
READY = 1
BEAT = 5.0


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


_END: Any = object()


class Abandoned(Exception):
    """Nobody carries on with this pull any more."""


@dataclass
class _Errand:
    """Work that only the thread with the database can do; the reader waits for what comes of it."""

    work: Callable[[], Any]
    answer: "queue.Queue[Any]" = field(default_factory=lambda: queue.Queue(1))

    def run(self) -> None:
        try:
            self.answer.put(self.work())
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            self.answer.put(_Failed(error))


def ahead(batches: Iterator[T], *, beat: Callable[[], None]) -> Iterator[T]:
    """The same batches in the same order, made in a thread of their own. What it raises is raised here, in its place.

    beat  called here every few seconds while nothing comes: a partner may make us wait for long
    """
    ready: queue.Queue[Any] = queue.Queue(READY)
    stopped = threading.Event()
    context = contextvars.copy_context()
    context.run(desk.set, lambda work: _sent_home(work, ready, stopped))
    threading.Thread(
        target=context.run, args=(_fetch, batches, ready, stopped), name="reading-ahead", daemon=True
    ).start()
    try:
        while (batch := _next(ready, beat)) is not _END:
            if isinstance(batch, _Failed):
                raise batch.error
            yield batch
    finally:
        # The thread sees it at its next batch; one call to the partner may still be under way.
        stopped.set()


def _fetch(batches: Iterator[Any], ready: "queue.Queue[Any]", stopped: threading.Event) -> None:
    try:
        for batch in batches:
            if not _put(ready, batch, stopped):
                return
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
        _put(ready, _Failed(error), stopped)
    else:
        _put(ready, _END, stopped)


def _put(ready: "queue.Queue[Any]", batch: Any, stopped: threading.Event) -> bool:
    """Hand over a batch once there is room; False when nobody wants it any more."""
    while not stopped.is_set():
        try:
            ready.put(batch, timeout=0.2)
        except queue.Full:
            continue
        return True
    return False


def _sent_home(work: Callable[[], Any], ready: "queue.Queue[Any]", stopped: threading.Event) -> Any:
    """In the reader: hand over an errand and wait for what comes of it."""
    errand = _Errand(work)
    if not _put(ready, errand, stopped):
        raise Abandoned
    while not stopped.is_set():
        try:
            answer = errand.answer.get(timeout=0.2)
        except queue.Empty:
            continue
        if isinstance(answer, _Failed):
            raise answer.error
        return answer
    raise Abandoned


def _next(ready: "queue.Queue[Any]", beat: Callable[[], None]) -> Any:
    while True:
        try:
            found = ready.get(timeout=BEAT)
        except queue.Empty:
            beat()
            continue
        if not isinstance(found, _Errand):
            return found
        found.run()
