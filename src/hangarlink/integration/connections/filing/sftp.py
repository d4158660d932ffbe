"""Files on an SFTP server, over a guarded connection, with the server's key pinned."""

import base64
import contextlib
import hashlib
import hmac
import io
import logging
import posixpath
import secrets
import socket
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import paramiko

from hangarlink.integration.connections.filing.names import folder_parts, is_wanted, parts_of
from hangarlink.integration.connections.keys import Keys
from hangarlink.integration.connections.repeating import Repeating
from hangarlink.integration.contract import (
    MAX_FILE_BYTES,
    AuthFailed,
    DataError,
    NotReady,
    PartnerError,
    Permanent,
    ServerTrouble,
    StoredFile,
    Transport,
    Unreachable,
)
from hangarlink.platform import outbound
from hangarlink.platform.outbound.sockets import cut_after, dial, read_host

# It writes what a server says into the log as it is, line breaks and all.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

PORTS = frozenset({22})
MOST_LISTED = 10_000
_CHUNK = 32_768
_OLD = ("ssh-rsa", "ssh-dss")
T = TypeVar("T")


@dataclass
class _Session:
    connection: socket.socket
    transport: paramiko.Transport
    files: paramiko.SFTPClient

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.transport.close()
        with contextlib.suppress(OSError):
            self.connection.close()


class SftpStore:
    """One server, one user, one folder. Signs in at the first call; hang it up at the end."""

    transport = Transport.FILES

    def __init__(self, keys: Keys, repeating: Repeating, *, deadline: float) -> None:
        self._keys, self._repeating, self._deadline = keys, repeating, deadline
        self._session: _Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def __repr__(self) -> str:
        return "<SftpStore>"

    def check(self) -> str:
        values = self._keys.values()
        self._do(lambda files: files.listdir_attr(self._path([])))
        return f"sftp://{values['username']}@{values['host']}/{self._base()}"

    def list(self, folder: str = "", *, pattern: str = "*") -> Sequence[StoredFile]:
        parts = folder_parts(folder)
        return self._do(lambda files: _listed(files, self._path(parts), parts, pattern))

    def read(self, name: str, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        path = self._path(parts_of(name))
        return self._do(lambda files: _read(files, path, name, max_bytes))

    def write(self, name: str, content: bytes) -> None:
        *folders, last = parts_of(name)
        self._do(lambda files: _write(files, self._made(files, folders), last, content))

    def delete(self, name: str) -> None:
        path = self._path(parts_of(name))

        def remove(files: paramiko.SFTPClient) -> None:
            with contextlib.suppress(FileNotFoundError):
                files.remove(path)

        self._do(remove)

    def move(self, name: str, new_name: str) -> None:
        path = self._path(parts_of(name))
        *folders, last = parts_of(new_name)
        self._do(lambda files: _replace(files, path, posixpath.join(self._made(files, folders), last)))

    def _base(self) -> str:
        return str(self._keys.values().get("folder") or ".")

    def _path(self, parts: Sequence[str]) -> str:
        return posixpath.join(self._base(), *parts)

    def _made(self, files: paramiko.SFTPClient, folders: Sequence[str]) -> str:
        """The folder, made where it is not there, but never the connection's own."""
        for depth in range(1, len(folders) + 1):
            with contextlib.suppress(OSError):
                files.mkdir(self._path(folders[:depth]))
        return self._path(folders)

    def _do(self, work: Callable[[paramiko.SFTPClient], T]) -> T:
        return self._repeating(lambda: self._once(work))

    def _once(self, work: Callable[[paramiko.SFTPClient], T]) -> T:
        """The work with a session that is signed in. Whatever fails, the next try begins with a new one."""
        try:
            session = self._session = self._session or _signed_in(self._keys.values(), self._deadline)
            with _explained(), cut_after(session.connection, self._deadline):
                return work(session.files)
        except PartnerError as error:
            if not isinstance(error, DataError):
                self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _signed_in(values: Mapping[str, Any], deadline: float) -> _Session:
    with _explained():
        try:
            target = read_host(str(values.get("host", "")), int(values.get("port") or 22), scheme="sftp", ports=PORTS)
        except ValueError:
            raise DataError(f"The port {values.get('port')!r} is no number.") from None
        connection = dial(target, seconds=deadline)
        connection.settimeout(deadline)
        try:
            with cut_after(connection, deadline):
                transport = paramiko.Transport(
                    connection, disabled_algorithms={"keys": list(_OLD), "pubkeys": list(_OLD)}
                )
                transport.banner_timeout = transport.auth_timeout = transport.handshake_timeout = deadline
                transport.start_client(timeout=deadline)
                _check_host_key(transport, str(values.get("host_key", "")))
                _sign_in(transport, values)
                files = paramiko.SFTPClient.from_transport(transport)
                if files is None:
                    raise Permanent("The server offers no SFTP.")
                files.get_channel().settimeout(deadline)  # type: ignore[union-attr]  # an open client has one
        except BaseException:
            connection.close()
            raise
    return _Session(connection, transport, files)


def fingerprint(key: paramiko.PKey) -> str:
    """As OpenSSH shows it: SHA256:..."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode("ascii").rstrip("=")


def _check_host_key(transport: paramiko.Transport, pinned: str) -> None:
    """Before anything secret is sent."""
    shown = fingerprint(transport.get_remote_server_key())
    if not pinned:
        raise NotReady(
            f"The server shows the host key {shown}. Compare it with what your partner told you, and enter it."
        )
    if not hmac.compare_digest(shown, pinned.rstrip("=")):
        raise Permanent(
            f"The server shows another host key than the one that is entered: {shown}. Somebody may stand in between. "
            "Ask your partner before you enter it."
        )


def _sign_in(transport: paramiko.Transport, values: Mapping[str, Any]) -> None:
    username = str(values.get("username", ""))
    if text := values.get("private_key"):
        transport.auth_publickey(username, _private_key(str(text)))
    elif password := values.get("password"):
        transport.auth_password(username, str(password), fallback=False)
    else:
        raise AuthFailed("Enter a password or a private key.")


def _private_key(text: str) -> paramiko.PKey:
    """The key of whichever kind. What is wrong with it is not repeated: the message could hold a piece of it."""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with contextlib.suppress(Exception):
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
    raise AuthFailed("The private key cannot be read. Enter it in OpenSSH or PEM form, without a passphrase.")


def _listed(files: paramiko.SFTPClient, path: str, parts: Sequence[str], pattern: str) -> list[StoredFile]:
    found = []
    try:
        for told in files.listdir_iter(path):
            if not is_wanted(told.filename, pattern) or not stat.S_ISREG(told.st_mode or 0):
                continue
            name = "/".join([*parts, told.filename])
            found.append(StoredFile(name, told.st_size or 0, datetime.fromtimestamp(told.st_mtime or 0, UTC)))
            if len(found) > MOST_LISTED:
                raise DataError(f"The folder holds more than {MOST_LISTED:,} files. Move away what was taken over.")
    except FileNotFoundError:
        if not parts:
            raise NotReady("The folder is not there. Check its name.") from None
    return sorted(found, key=lambda one: (one.modified_at, one.name))


def _read(files: paramiko.SFTPClient, path: str, name: str, max_bytes: int) -> bytes:
    told = files.lstat(path)
    if not stat.S_ISREG(told.st_mode or 0):
        raise DataError(f"{name[:60]!r} is not a plain file.")
    content = bytearray()
    if (told.st_size or 0) <= max_bytes:
        with files.open(path, "rb") as file:
            while len(content) <= max_bytes and (chunk := file.read(_CHUNK)):
                content += chunk
    if (told.st_size or 0) > max_bytes or len(content) > max_bytes:
        raise DataError(f"{name[:60]!r} is larger than {max_bytes:,} bytes.")
    return bytes(content)


def _write(files: paramiko.SFTPClient, folder: str, name: str, content: bytes) -> None:
    """Under a hidden name first, then in one step under its own: a reader never sees half of it."""
    partial = posixpath.join(folder, f".{secrets.token_hex(8)}.part")
    try:
        with files.open(partial, "wb") as file:
            file.set_pipelined(True)
            file.write(content)
        if files.lstat(partial).st_size != len(content):
            raise ServerTrouble(f"The server kept only a part of {name[:60]!r}.")
        _replace(files, partial, posixpath.join(folder, name))
    except BaseException:
        with contextlib.suppress(Exception):
            files.remove(partial)
        raise


def _replace(files: paramiko.SFTPClient, path: str, new_path: str) -> None:
    """In one step where the server can (OpenSSH); else the old file goes first."""
    try:
        files.posix_rename(path, new_path)
    except FileNotFoundError:
        raise
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            files.remove(new_path)
        files.rename(path, new_path)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """paramiko's and the socket's failures in the contract's words; never what a server sent, but for short reasons."""
    try:
        yield
    except paramiko.AuthenticationException:
        raise AuthFailed("The server refuses the user name, the password or the key.") from None
    except outbound.UrlRefused as error:
        raise Permanent(str(error)) from None
    except outbound.OutboundError as error:
        raise Unreachable(str(error)) from None
    except FileNotFoundError:
        raise DataError("There is no such file on the server.") from None
    except PermissionError:
        raise Permanent("The server does not let this user read or write there.") from None
    except (paramiko.SSHException, EOFError, ConnectionError, TimeoutError) as error:
        raise Unreachable("The server broke off.", detail=type(error).__name__, may_have_arrived=True) from None
    except OSError as error:
        raise ServerTrouble("The server reports a failure.", detail=str(error)[:200]) from None
