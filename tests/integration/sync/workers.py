"""Real worker processes that can be killed: forked from one that has everything loaded, so that a start takes no time.

Run as a script it is that process: for each line on standard input it forks a worker and prints its process id.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from types import TracebackType

HEARTBEAT, STALLED = "0.1", "0.6"
SMALL_BATCH = "10"


class Nursery:
    """Starts workers (`start`), kills and buries them."""

    def __init__(self) -> None:
        env = {
            **os.environ,
            "HANGARLINK_HEARTBEAT_SECONDS": HEARTBEAT,
            "HANGARLINK_STALLED_SECONDS": STALLED,
            "HANGARLINK_TEST_BATCH": SMALL_BATCH,
        }
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.sync.workers"],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._living: set[int] = set()

    def start(self) -> int:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write("start\n")
        self._parent.stdin.flush()
        pid = int(self._parent.stdout.readline())
        self._living.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """As a power cut would: no handler runs, nothing is said good-bye to."""
        os.kill(pid, signal.SIGKILL)
        self._living.discard(pid)

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pid in list(self._living):
            self.kill(pid)
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        try:
            self._parent.wait(10)
        except subprocess.TimeoutExpired:
            self._parent.kill()


def raise_workers() -> None:
    import django

    django.setup()
    from hangarlink.integration.sync import batching
    from hangarlink.platform.jobs.worker import work

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried by the kernel
    batching.RECORDS = int(os.environ["HANGARLINK_TEST_BATCH"])
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            os.setpgid(0, 0)
            asyncio.run(work())
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        time.sleep(0)


if __name__ == "__main__":
    raise_workers()
