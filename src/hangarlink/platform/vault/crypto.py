"""Sealing and opening of secrets. Pure: keys come in, tokens go out; no files, no settings, no database.

AES-256-GCM with a random 96-bit nonce. The place a secret belongs to (account, table, field, owner) is authenticated
along with it, so a token copied into another row, field or account does not open. A token names its key, so that keys
can be replaced while old tokens stay readable:

    hlv1.<key id>.<base64url of nonce and ciphertext>
"""

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hangarlink.platform.vault.secret import Secret

_VERSION = "hlv1"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_TOKEN = re.compile(r"hlv1\.([0-9a-f]{12})\.([A-Za-z0-9_-]+={0,2})")


class VaultError(Exception):
    """Base of what goes wrong with keys and tokens. Messages never hold a key, a token or a secret."""


class BadKey(VaultError):
    """A key or a key ring that cannot be used."""


class UnknownKey(VaultError):
    """A token was sealed with a key that is not in the ring."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"A secret was encrypted with the key {key_id}, which this installation does not have. Restore vault.keys "
            "from a backup (or add the key to HANGARLINK_VAULT_KEYS), or enter the secret again."
        )
        self.key_id = key_id


class BadToken(VaultError):
    """A token that was changed, cut or moved here from another place."""

    def __init__(self) -> None:
        super().__init__("A stored secret is damaged or was moved from another record. Enter the secret again.")


@dataclass(frozen=True)
class Place:
    """Where a secret belongs. `owner` is the id of the row it is a secret of."""

    account: UUID
    table: str
    field: str
    owner: UUID

    def authenticated(self) -> bytes:
        # JSON, so that ("ab", "c") and ("a", "bc") can never be the same bytes.
        return json.dumps([_VERSION, str(self.account), self.table, self.field, str(self.owner)]).encode()


@dataclass(frozen=True)
class Key:
    """256 random bits. Its id is derived from them, so a damaged key is noticed before it encrypts anything."""

    material: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.material) != _KEY_BYTES:
            raise BadKey(f"A vault key has {_KEY_BYTES} bytes, not {len(self.material)}.")

    @property
    def id(self) -> str:
        return hashlib.sha256(b"hangarlink vault key id" + self.material).hexdigest()[:12]

    def line(self) -> str:
        """The key as it stands in a key file: `id:base64url`. As secret as the key."""
        return f"{self.id}:{base64.urlsafe_b64encode(self.material).decode()}"


def new_key() -> Key:
    return Key(os.urandom(_KEY_BYTES))


@dataclass(frozen=True)
class KeyRing:
    """The keys of an installation. The first one seals; every one opens."""

    keys: tuple[Key, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise BadKey("The vault has no key. Remove the empty vault.keys to have one made, or restore it.")
        if len({key.id for key in self.keys}) != len(self.keys):
            raise BadKey("A vault key is listed twice. Remove one of the two lines.")

    @property
    def active(self) -> Key:
        return self.keys[0]

    def seal(self, secret: Secret, place: Place) -> str:
        """The token to store for this secret at this place."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.active.material).encrypt(nonce, secret.reveal().encode(), place.authenticated())
        return f"{_VERSION}.{self.active.id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, token: str, place: Place) -> Secret:
        """The secret of a token of this place. Raises UnknownKey or BadToken."""
        key_id, payload = _parts(token)
        key = next((key for key in self.keys if key.id == key_id), None)
        if key is None:
            raise UnknownKey(key_id)
        try:
            text = AESGCM(key.material).decrypt(payload[:_NONCE_BYTES], payload[_NONCE_BYTES:], place.authenticated())
        except (InvalidTag, ValueError):
            raise BadToken from None
        return Secret(text.decode())

    def rotate(self, token: str, place: Place) -> str:
        """The same secret sealed with the active key; the token itself if it is already."""
        return token if key_id_of(token) == self.active.id else self.seal(self.open(token, place), place)


def key_id_of(token: str) -> str:
    """The id of the key a token was sealed with. Raises BadToken."""
    return _parts(token)[0]


def parse_ring(lines: Iterable[str], source: str) -> KeyRing:
    """A key ring from lines `id:base64url`, the active key first; blank lines and `#` comments are skipped.

    source  named in errors: a path or the name of an environment variable
    """
    return KeyRing(
        tuple(
            _parse_line(line.strip(), source, number)
            for number, line in enumerate(lines, start=1)
            if line.strip() and not line.strip().startswith("#")
        )
    )


def _parse_line(line: str, source: str, number: int) -> Key:
    key_id, _, encoded = line.partition(":")
    try:
        key = Key(base64.b64decode(encoded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, BadKey):
        raise BadKey(f"{source}, key {number}: not a vault key. A key reads id:44-characters-of-base64.") from None
    if key.id != key_id:
        raise BadKey(f"{source}, key {number}: the id and the key do not belong together; the line was damaged.")
    return key


def _parts(token: str) -> tuple[str, bytes]:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise BadToken
    try:
        payload = base64.b64decode(match[2], altchars=b"-_", validate=True)
    except binascii.Error:
        raise BadToken from None
    if len(payload) < _NONCE_BYTES + 16:
        raise BadToken
    return match[1], payload
