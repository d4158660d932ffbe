"""Where the keys come from: HANGARLINK_VAULT_KEYS, or `vault.keys` in the data directory, made on first use.

The file is not in the database and not derived from SECRET_KEY: a stolen database dump alone opens nothing, and a
changed SECRET_KEY loses nothing. Whoever backs up the database must back up the keys too, in another place.
"""

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from hangarlink.platform.vault.crypto import BadKey, Key, KeyRing, new_key, parse_ring

VARIABLE = "HANGARLINK_VAULT_KEYS"
FILE = "vault.keys"
_HEADER = (
    "# Keys of Hangarlink's vault, the active one first. Keep a copy away from the database. Never change a line.\n"
)


class Keys:
    """The key ring of one installation. Notices by itself when another process has changed the file."""

    def __init__(self, data_dir: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._path = data_dir / FILE
        self._environ = environ
        self._seen: tuple[object, KeyRing] | None = None

    @property
    def in_environment(self) -> bool:
        """Whether the operator holds the keys; then rotation cannot add one by itself."""
        return bool(self._environ.get(VARIABLE, "").strip())

    def ring(self) -> KeyRing:
        """The current keys. Creates the file with a first key if there are none. Raises BadKey with what to do."""
        if self.in_environment:
            text = self._environ[VARIABLE]
            if self._seen is None or self._seen[0] != text:
                self._seen = (text, parse_ring(text.replace(",", " ").split(), VARIABLE))
            return self._seen[1]
        if not self._path.exists():
            _create(self._path, [new_key()])
        state = self._path.stat()
        mark = (state.st_ino, state.st_mtime_ns, state.st_size)
        if self._seen is None or self._seen[0] != mark:
            self._seen = (mark, _read(self._path))
        return self._seen[1]

    def add(self) -> KeyRing:
        """Put a new active key in front. Every process uses it from its next secret on."""
        self._must_be_file("Put a new key in front of the others there, and run the command again.")
        with _only_one(self._path):
            self._rewrite([new_key(), *self.ring().keys])
        return self.ring()

    def retire(self, in_use: Collection[str]) -> list[str]:
        """Drop the keys that no secret needs; return their ids. Backups made with them become unreadable."""
        self._must_be_file("Remove the old keys there.")
        with _only_one(self._path):
            ring = self.ring()
            kept = [key for key in ring.keys if key.id in in_use or key is ring.active]
            self._rewrite(kept)
        return [key.id for key in ring.keys if key not in kept]

    def _rewrite(self, keys: list[Key]) -> None:
        _write(self._path, keys).replace(self._path)

    def _must_be_file(self, remedy: str) -> None:
        if self.in_environment:
            raise BadKey(f"The vault's keys come from {VARIABLE}. {remedy}")


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Two commands that rewrite the file at once would lose one of the new keys, and with it what it sealed."""
    lock = path.with_suffix(".lock")
    try:
        lock.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise BadKey(f"Another command is changing the vault's keys. If none is running, remove {lock}.") from None
    try:
        yield
    finally:
        lock.unlink()


def _create(path: Path, keys: list[Key]) -> None:
    """Write the file unless another process was quicker: a link never replaces what is there."""
    made = _write(path, keys)
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        if not path.exists():
            made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _write(path: Path, keys: list[Key]) -> Path:
    """A complete, flushed file beside the real one, readable by its owner only from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{FILE}.", dir=path.parent)  # made with mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_HEADER + "".join(f"{key.line()}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _read(path: Path) -> KeyRing:
    if sys.platform != "win32" and path.stat().st_mode & stat.S_IRWXO:
        raise BadKey(f"{path} can be read by everybody on this machine. Run: chmod 600 {path}")
    try:
        return parse_ring(path.read_text(encoding="ascii").splitlines(), str(path))
    except UnicodeDecodeError:
        raise BadKey(f"{path} is not a key file. Restore it from a backup.") from None
