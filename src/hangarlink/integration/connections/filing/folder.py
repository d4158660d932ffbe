"""Files in a folder of this server: below <HANGARLINK_FOLDERS>/<account's subdomain>/, and nowhere else.

Every step of a path is opened from the folder before it and without following links, so that neither a name nor a link
that somebody puts there leads out, however fast it is exchanged.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from hangarlink.integration.connections.filing.names import folder_parts, is_wanted, parts_of
from hangarlink.integration.connections.repeating import Repeating
from hangarlink.integration.contract import (
    MAX_FILE_BYTES,
    DataError,
    NotReady,
    Permanent,
    StoredFile,
    Transport,
)

SETTING = "HANGARLINK_FOLDERS"
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
MOST_LISTED = 10_000
T = TypeVar("T")


class FolderStore:
    transport = Transport.FILES

    def __init__(self, subdomain: str, folder: str, repeating: Repeating) -> None:
        self._subdomain, self._folder, self._repeating = subdomain, folder, repeating

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays open between calls."""

    def __repr__(self) -> str:
        return "<FolderStore>"

    def check(self) -> str:
        self._do(lambda: self._in("", os.fstat))
        return f"folder:{self._subdomain}/{self._folder}"

    def list(self, folder: str = "", *, pattern: str = "*") -> Sequence[StoredFile]:
        return self._do(lambda: self._listed(folder, pattern))

    def read(self, name: str, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        *folders, last = parts_of(name)
        return self._do(lambda: self._in("/".join(folders), lambda handle: _read(handle, last, max_bytes)))

    def write(self, name: str, content: bytes) -> None:
        *folders, last = parts_of(name)
        self._do(lambda: self._in("/".join(folders), lambda handle: _write(handle, last, content), make=True))

    def delete(self, name: str) -> None:
        *folders, last = parts_of(name)

        def remove(handle: int) -> None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(last, dir_fd=handle)

        with contextlib.suppress(_NoFolder):
            self._do(lambda: self._in("/".join(folders), remove))

    def move(self, name: str, new_name: str) -> None:
        *folders, last = parts_of(name)
        *new_folders, new_last = parts_of(new_name)

        def rename(handle: int) -> None:
            self._in(
                "/".join(new_folders),
                lambda there: os.replace(last, new_last, src_dir_fd=handle, dst_dir_fd=there),
                make=True,
            )

        self._do(lambda: self._in("/".join(folders), rename))

    def _do(self, work: Callable[[], T]) -> T:
        return self._repeating(lambda: _explained(work))

    def _listed(self, folder: str, pattern: str) -> Sequence[StoredFile]:
        try:
            return self._in(folder, lambda handle: _listed(handle, "/".join(folder_parts(folder)), pattern))
        except _NoFolder:
            if not folder_parts(folder):
                raise
            return []

    def _in(self, folder: str, work: Callable[[int], T], *, make: bool = False) -> T:
        with self._opened(folder, make=make) as handle:
            return work(handle)

    @contextlib.contextmanager
    def _opened(self, folder: str, *, make: bool) -> Iterator[int]:
        """The folder as a handle, walked to from the operator's root one step at a time."""
        handle = os.open(root(), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        own = [self._subdomain, *folder_parts(self._folder)]
        try:
            for place, part in enumerate([*own, *folder_parts(folder)]):
                if make and place >= len(own):
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(part, 0o770, dir_fd=handle)
                try:
                    inner = os.open(part, _DIRECTORY, dir_fd=handle)
                except FileNotFoundError:
                    raise _NoFolder(f"There is no folder {part!r}. Ask the operator to make it.") from None
                os.close(handle)
                handle = inner
            yield handle
        finally:
            os.close(handle)


class _NoFolder(NotReady):
    """A step of the way is missing."""


def root() -> Path:
    """The operator's folder for exchanges. Raises NotReady where none was set aside."""
    told = os.environ.get(SETTING, "")
    path = Path(told)
    if not told or not path.is_absolute() or not path.is_dir():
        raise NotReady(f"This installation set no folder aside for exchanges. Its operator names one in {SETTING}.")
    return path


def _listed(handle: int, folder: str, pattern: str) -> list[StoredFile]:
    found = []
    with os.scandir(handle) as entries:
        for entry in entries:
            if not is_wanted(entry.name, pattern) or not entry.is_file(follow_symlinks=False):
                continue
            told = entry.stat(follow_symlinks=False)
            name = f"{folder}/{entry.name}" if folder else entry.name
            found.append(StoredFile(name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC)))
            if len(found) > MOST_LISTED:
                raise DataError(f"The folder holds more than {MOST_LISTED:,} files. Move away what was taken over.")
    return sorted(found, key=lambda one: (one.modified_at, one.name))


def _read(handle: int, name: str, max_bytes: int) -> bytes:
    """Only a plain file: reading a pipe would wait for ever."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise DataError(f"{name[:60]!r} is not a plain file.")
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise DataError(f"{name[:60]!r} is larger than {max_bytes:,} bytes.")
    return content


def _write(handle: int, name: str, content: bytes) -> None:
    """Under a hidden name first, then in one step under its own: a reader never sees half of it."""
    partial = f".{secrets.token_hex(8)}.part"
    descriptor = os.open(
        partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o660, dir_fd=handle
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, name, src_dir_fd=handle, dst_dir_fd=handle)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(partial, dir_fd=handle)
        raise


def _explained(work: Callable[[], T]) -> T:
    """The operating system's refusals in the contract's words."""
    try:
        return work()
    except FileNotFoundError as error:
        raise DataError(f"There is no file {os.path.basename(str(error.filename or ''))[:60]!r}.") from None
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}:
            raise DataError("A link stands in the way: links are not followed.") from None
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise Permanent("The server process may not read or write there. Ask the operator.") from None
        raise Permanent(f"The folder cannot be used: {error.strerror}.") from None
