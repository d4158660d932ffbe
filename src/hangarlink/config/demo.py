"""What a running demo opens for the commands beside it: its own partners on this machine, and nothing else.

`up --demo` writes the ports of its sandbox into the data directory and holds a lock on that file as long as it runs.
Only ports stand there, so nobody can open another machine with it; a file that nobody holds, that others may write, or
that says anything else opens nothing.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The sandbox can be told to misbehave by anybody who reaches it, so it listens here only.
HOST = "127.0.0.1"
_FILE = "demo.ports"
_MOST_PORTS = 2


@contextmanager
def opened(home: Path, *ports: int) -> Iterator[None]:
    """Let every process of this installation reach these ports of this machine until the block ends."""
    path = home / _FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, " ".join(str(port) for port in ports).encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def doors(home: Path) -> list[str]:
    """ "127.0.0.1:8090" for each port that a running demo opened; for HANGARLINK_OUTBOUND_ALLOW."""
    try:
        descriptor = os.open(home / _FILE, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return []
    try:
        if not _is_trusted(descriptor) or not _is_held(descriptor):
            return []
        words = os.read(descriptor, 100).decode("ascii", "replace").split()
    finally:
        os.close(descriptor)
    ports = [int(word) for word in words if word.isascii() and word.isdecimal()]
    if len(ports) != len(words) or len(ports) > _MOST_PORTS or not all(1024 <= port < 65536 for port in ports):
        return []
    return [f"{HOST}:{port}" for port in ports]


def _is_trusted(descriptor: int) -> bool:
    """A plain file of ours that nobody else may write."""
    found = os.fstat(descriptor)
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


def _is_held(descriptor: int) -> bool:
    """Whether the demo that wrote it still runs: a kill -9 gives the lock back, too."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
