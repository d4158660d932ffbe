"""Files in a folder of this server, and on an SFTP server: the same promises, and no way out."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.connections.filing.folder import FolderStore
from hangarlink.integration.connections.filing.names import parts_of
from hangarlink.integration.connections.filing.sftp import SftpStore, fingerprint
from hangarlink.integration.connections.keys import Stored
from hangarlink.integration.connections.repeating import Repeating
from hangarlink.integration.connections.traffic.valve import Unlimited
from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    FileStore,
    NotReady,
    PartnerError,
    Permanent,
    Unreachable,
)
from hangarlink.platform.vault import Secret
from tests.integration.conftest import Waits

PASSWORD = "sftp-canary-password"


class Server(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == ("kim", PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class Disk(paramiko.SFTPServerInterface):
    """A server's disk: a folder, with no questions asked."""

    root = Path()

    def _at(self, path: str) -> str:
        return str(self.root) + self.canonicalize(path)

    def list_folder(self, path: str) -> Any:
        try:
            found = []
            for name in os.listdir(self._at(path)):
                told = paramiko.SFTPAttributes.from_stat(os.lstat(os.path.join(self._at(path), name)))
                told.filename = name
                found.append(told)
            return found
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def _do(self, work: Any, *given: Any) -> Any:
        try:
            work(*given)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return paramiko.SFTP_OK

    def lstat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(os.lstat(self._at(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    stat = lstat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            descriptor = os.open(self._at(path), flags | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        handle = paramiko.SFTPHandle(flags)
        mode = "rb" if not flags & (os.O_WRONLY | os.O_RDWR) else "wb"
        handle.readfile = handle.writefile = os.fdopen(descriptor, mode)  # type: ignore[attr-defined]
        return handle

    def remove(self, path: str) -> Any:
        return self._do(os.remove, self._at(path))

    def rename(self, oldpath: str, newpath: str) -> Any:
        return self._do(os.rename, self._at(oldpath), self._at(newpath))

    posix_rename = rename

    def mkdir(self, path: str, attr: Any) -> Any:
        return self._do(os.mkdir, self._at(path))


class Serving:
    """An SFTP server on a loopback socket."""

    def __init__(self, root: Path) -> None:
        self.key = paramiko.ECDSAKey.generate()
        self.disk = type("Disk", (Disk,), {"root": root})
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.transports: list[paramiko.Transport] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self.key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, self.disk)
            self.transports.append(transport)
            try:
                transport.start_server(server=Server())
            except (paramiko.SSHException, EOFError, OSError):
                continue

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for transport in self.transports:
            transport.close()


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    folder = tmp_path / "exchange" / "demo" / "camp"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def serving(disk: Path) -> Iterator[Serving]:
    made = Serving(disk)
    yield made
    made.stop()


def repeating(keys: Stored, waits: Waits | None = None) -> Repeating:
    return Repeating(keys, pace=waits or Waits(), valve=Unlimited())


def sftp(serving: Serving, waits: Waits | None = None, **access: str) -> SftpStore:
    given = {
        "host": "localhost", "port": str(serving.port), "username": "kim", "folder": "/",
        "host_key": fingerprint(serving.key),
    }  # fmt: skip
    keys = Stored({"password": Secret(access.pop("password", PASSWORD))}, given | access)
    return SftpStore(keys, repeating(keys, waits), deadline=5)


@pytest.fixture(params=["folder", "sftp"])
def store(request: pytest.FixtureRequest, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileStore]:
    """Both kinds, over the same disk."""
    if request.param == "folder":
        monkeypatch.setenv("HANGARLINK_FOLDERS", str(disk.parent.parent))
        with FolderStore("demo", "camp", repeating(Stored({}))) as made:
            yield made
        return
    serving = Serving(disk)
    with sftp(serving) as found:
        yield found
    serving.stop()


def test_there_and_back(store: FileStore, disk: Path) -> None:
    store.write("out/today.csv", b"tail,hours\n")
    assert (disk / "out" / "today.csv").read_bytes() == b"tail,hours\n"
    (found,) = store.list("out", pattern="*.csv")
    assert (found.name, found.size) == ("out/today.csv", 11)
    assert found.modified_at.tzinfo is not None
    assert store.read("out/today.csv") == b"tail,hours\n"
    store.write("out/today.csv", b"new")
    store.move("out/today.csv", "done/today.csv")
    assert store.list("out") == []
    assert store.read("done/today.csv") == b"new"
    store.delete("done/today.csv")
    store.delete("done/today.csv")
    assert store.list("done") == []
    assert store.list("never/made") == []
    assert store.check()


def test_nothing_half_written_is_seen(store: FileStore, disk: Path) -> None:
    store.write("a.csv", b"x" * 100_000)
    assert [one.name for one in disk.iterdir()] == ["a.csv"]
    (disk / ".hidden.part").write_bytes(b"half")
    (disk / "folder").mkdir()
    os.mkfifo(disk / "pipe")
    assert [one.name for one in store.list()] == ["a.csv"]


def test_caps(store: FileStore, disk: Path) -> None:
    (disk / "big.csv").write_bytes(b"x" * 5_000)
    with pytest.raises(DataError, match="larger than 4,999"):
        store.read("big.csv", max_bytes=4_999)
    assert len(store.read("big.csv", max_bytes=5_000)) == 5_000
    with pytest.raises(DataError):
        store.read("missing.csv")


HOSTILE = [
    "../secret", "a/../../secret", "/etc/passwd", "..", ".", "", "a//b", "a/./b", ".ssh/id", "a\\..\\b", "c:evil",
    "a\0b", "a\nb", " a", "a ", "x" * 500, "a/" * 20 + "b",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out(store: FileStore, disk: Path, name: str) -> None:
    (disk.parent / "secret").write_bytes(b"canary")
    for call in (
        lambda: store.read(name),
        lambda: store.write(name, b"x"),
        lambda: store.delete(name),
        lambda: store.move("a", name),
        lambda: store.move(name, "a"),
    ):
        with pytest.raises(DataError):
            call()
    assert (disk.parent / "secret").read_bytes() == b"canary"


@given(st.text(max_size=60))
def test_what_passes_stays_below(name: str) -> None:
    try:
        parts = parts_of(name)
    except DataError:
        return
    there = os.path.normpath(os.path.join("/base", *parts))
    assert there.startswith("/base/")
    assert not any(part.startswith(".") for part in parts)


def test_links_are_not_followed(store: FileStore, disk: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"canary")
    (disk / "link").symlink_to(outside / "secret")
    assert store.list() == []
    with pytest.raises(PartnerError):
        store.read("link")
    if isinstance(store, FolderStore):
        (disk / "way").symlink_to(outside, target_is_directory=True)
        for call in (lambda: store.read("way/secret"), lambda: store.write("way/new", b"x"), lambda: store.list("way")):
            with pytest.raises(DataError, match="link"):
                call()
        assert [one.name for one in outside.iterdir()] == ["secret"]


# --- the folder ----------------------------------------------------------------------------------------------------


def test_an_account_has_its_own_folder(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANGARLINK_FOLDERS", str(disk.parent.parent))
    (disk / "ours.csv").write_bytes(b"x")
    other = FolderStore("other", "camp", repeating(Stored({})))
    with pytest.raises(NotReady, match="Ask the operator"):
        other.list()


@pytest.mark.parametrize("told", ["", "relative/path", "/does/not/exist"])
def test_the_operator_sets_a_folder_aside(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANGARLINK_FOLDERS", told)
    with pytest.raises(NotReady, match="HANGARLINK_FOLDERS"):
        FolderStore("demo", "camp", repeating(Stored({}))).check()


def test_a_full_disk_leaves_the_old_file(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANGARLINK_FOLDERS", str(disk.parent.parent))
    store = FolderStore("demo", "camp", repeating(Stored({})))
    store.write("a.csv", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Permanent, match="No space left"):
        store.write("a.csv", b"new")
    assert [(one.name, one.read_bytes()) for one in disk.iterdir()] == [("a.csv", b"old")]


# --- SFTP ----------------------------------------------------------------------------------------------------------


def test_the_host_key_is_shown_and_then_pinned(serving: Serving) -> None:
    with sftp(serving, host_key="") as store, pytest.raises(NotReady, match="SHA256:") as told:
        store.check()
    assert fingerprint(serving.key) in str(told.value)
    other = fingerprint(paramiko.ECDSAKey.generate())
    with sftp(serving, host_key=other) as store, pytest.raises(Permanent, match="another host key"):
        store.check()


def test_no_password_goes_to_an_unknown_server(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(Server, "check_auth_password", lambda *given: tried.append(given[-1]) or paramiko.AUTH_FAILED)
    with sftp(serving, host_key="") as store, pytest.raises(NotReady):
        store.check()
    assert tried == []


def test_a_wrong_password(serving: Serving) -> None:
    with sftp(serving, password="sftp-canary-wrong") as store, pytest.raises(AuthFailed) as failed:
        store.check()
    assert "canary" not in f"{failed.value} {failed.value.detail}"


def test_a_private_key_that_is_none_is_not_repeated(serving: Serving) -> None:
    given = {"host": "localhost", "port": str(serving.port), "username": "kim", "host_key": fingerprint(serving.key)}
    keys = Stored({"private_key": Secret("-----BEGIN canary-----")}, given)
    with SftpStore(keys, repeating(keys), deadline=5) as store, pytest.raises(AuthFailed) as failed:
        store.check()
    assert "canary" not in str(failed.value)


def test_a_private_server_is_not_dialled(serving: Serving, settings: Any) -> None:
    settings.HANGARLINK_OUTBOUND_ALLOW = ""
    with sftp(serving) as store, pytest.raises(Permanent, match="sftp://localhost is a name of a local network"):
        store.check()


def test_a_connection_that_breaks_is_dialled_again(serving: Serving, disk: Path) -> None:
    waits = Waits()
    with sftp(serving, waits) as store:
        store.write("a.csv", b"x")
        for transport in serving.transports:
            transport.close()
        assert store.read("a.csv") == b"x"
    assert waits.seconds in ([], [1])


def test_a_server_that_is_gone(serving: Serving) -> None:
    serving.stop()
    waits = Waits()
    with sftp(serving, waits) as store, pytest.raises(Unreachable):
        store.check()
    assert waits.seconds == [1, 2, 4]
