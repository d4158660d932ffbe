"""Reading ahead: the next batch is fetched and read while the database works on this one."""

import contextvars
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
# One ready, one being fetched, one being applied: memory stays flat however long the pull.
READY = 1
BEAT = 5.0


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


_END: Any = object()


def ahead(batches: Iterator[T], *, beat: Callable[[], None]) -> Iterator[T]:
    """The same batches in the same order, made in a thread of their own. What it raises is raised here, in its place.

    beat  called here every few seconds while nothing comes: a partner may make us wait for long
    """
    ready: queue.Queue[Any] = queue.Queue(READY)
    stopped = threading.Event()
    context = contextvars.copy_context()
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


def _next(ready: "queue.Queue[Any]", beat: Callable[[], None]) -> Any:
    while True:
        try:
            return ready.get(timeout=BEAT)
        except queue.Empty:
            beat()
