"""Random secrets: how they are made, and what is kept of them.

A client secret has 256 random bits, so a slow password hash adds nothing but its 266 ms; a keyed hash (HMAC with the
installation's SECRET_KEY) makes a stolen table useless without the key. Access tokens are kept as SHA-256 only.
"""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import BasePasswordHasher, check_password, make_password
from django.utils.crypto import constant_time_compare, salted_hmac

SECRET_PREFIX = "hls_"  # noqa: S105 - lets scanners recognise a leaked secret
TOKEN_PREFIX = "hlt_"  # noqa: S105
_KEY_SALT = "hangarlink.applications.client_secret"


class KeyedHasher(BasePasswordHasher):
    """Django password hasher for random secrets. Never for what a person chose."""

    algorithm = "hmac_sha256"

    def encode(self, password: str, salt: str) -> str:
        return f"{self.algorithm}${salt}${self._digest(password, salt, settings.SECRET_KEY)}"

    def decode(self, encoded: str) -> dict[str, str]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        kept = self.decode(encoded)
        matches = [
            constant_time_compare(kept["hash"], self._digest(password, kept["salt"], key))
            for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        ]
        return any(matches)

    def safe_summary(self, encoded: str) -> dict[Any, Any]:  # noqa: ARG002 - Django's signature
        return {"algorithm": self.algorithm}

    def must_update(self, encoded: str) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: every verification costs the same."""

    @staticmethod
    def _digest(password: str, salt: str, key: str | bytes) -> str:
        return salted_hmac(_KEY_SALT, salt + password, secret=key, algorithm="sha256").hexdigest()


def new_secret() -> str:
    """A client secret. Shown once; keep only `hashed(secret)`."""
    return SECRET_PREFIX + secrets.token_urlsafe(32)


def new_token(request: object, refresh_token: bool = False) -> str:  # noqa: ARG001 - oauthlib's signature
    """An opaque access token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    return make_password(secret, hasher=KeyedHasher.algorithm)


def matches(secret: str, *kept: str) -> bool:
    """Whether the secret is one of those kept. Takes the same time whichever matches, and when nothing is kept."""
    # A list on purpose: a generator would stop at the first match and tell by its time.
    return any([check_password(secret, encoded or _NOBODYS) for encoded in kept])  # noqa: C419


def token_digest(token: str) -> str:
    """What is kept of an access token, and looked up by."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


# Matches no secret: compared against when a client does not exist, so that the answer takes as long.
_NOBODYS = f"{KeyedHasher.algorithm}${'0' * 22}${'0' * 64}"
