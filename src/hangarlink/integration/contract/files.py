"""Files, as a connector moves them: in a folder of this server or on an SFTP server, whichever the connection has.

Names are relative to the connection's folder: `out/2026-06-03.csv`. No way leads out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MAX_FILE_BYTES = 10 * 2**20


@dataclass(frozen=True)
class StoredFile:
    """name: with the folders below the connection's; modified_at: aware UTC, as the server says."""

    name: str
    size: int
    modified_at: datetime


class FileStore(Protocol):
    """Every call raises the contract's errors; DataError for a name that leads elsewhere."""

    def list(self, folder: str = "", *, pattern: str = "*") -> Sequence[StoredFile]:
        """Plain files right in a folder whose names match (as in a shell), oldest first. No folder, no files."""
        ...

    def read(self, name: str, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """The whole file. Raises DataError when it is larger or not there."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write it whole or not at all: under another name first. Replaces a file of that name; makes folders."""
        ...

    def delete(self, name: str) -> None:
        """Delete it; one that is gone already is no error."""
        ...

    def move(self, name: str, new_name: str) -> None:
        """Give it another name or folder, such as `done/`, which is made. Replaces a file that is there."""
        ...

    def check(self) -> str:
        """Sign in and look at the folder; returns whose files these are: `sftp://user@host/folder`. For `prove`."""
        ...
