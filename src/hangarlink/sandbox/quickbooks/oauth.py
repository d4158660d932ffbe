"""Intuit's side of OAuth 2.0: an app, codes that work once, access tokens for an hour, refresh tokens that rotate."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from urllib.parse import urlsplit

from hangarlink.sandbox.quickbooks.company import Clock

CLIENT_ID = "demo-quickbooks-client-id"
CLIENT_SECRET = "demo-quickbooks-client-secret"  # noqa: S105 - the sandbox's own, printed in its documents
VERIFIER_TOKEN = "demo-quickbooks-verifier-token"  # noqa: S105 - as above
SCOPE = "com.intuit.quickbooks.accounting"
CODE_LIVES = timedelta(minutes=5)
REFRESH_LIVES = timedelta(seconds=8_726_400)
REFRESH_ENDS = timedelta(days=5 * 365)


class OAuthRefusal(Exception):
    """An answer of the token endpoint: `error` as in RFC 6749, 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True)
class App:
    """An app as a developer registers it. Redirects to this machine are always allowed, as for development keys."""

    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    redirect_uris: tuple[str, ...] = ()

    def may_redirect_to(self, uri: str) -> bool:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        local = host in {"127.0.0.1", "::1", "localhost"} or host.endswith(".localhost")
        return uri in self.redirect_uris or (local and parts.scheme in {"http", "https"} and not parts.fragment)


@dataclass
class Grant:
    """What one person allowed once: every token that comes of it ends with it."""

    realm_id: str
    client_id: str
    began: datetime
    alive: bool = True


@dataclass
class _Code:
    grant: Grant
    redirect_uri: str
    challenge: str
    ends: datetime
    used: bool = False


@dataclass
class Tokens:
    """All codes and tokens of the app. access_lives: how long an access token works."""

    clock: Clock
    app: App = field(default_factory=App)
    access_lives: timedelta = timedelta(hours=1)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)
    _refresh: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def code_for(self, realm_id: str, redirect_uri: str, challenge: str = "") -> str:
        """Somebody pressed Connect: the code that goes back with the redirect."""
        code, now = secrets.token_urlsafe(24), self.clock()
        with self._lock:
            grant = Grant(realm_id, self.app.client_id, now)
            self._codes[code] = _Code(grant, redirect_uri, challenge, now + CODE_LIVES)
        return code

    def check_client(self, authorization: str) -> None:
        """HTTP Basic with the app's id and secret. Raises OAuthRefusal invalid_client."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            given = b""
        expected = f"{self.app.client_id}:{self.app.client_secret}".encode()
        if scheme.lower() != "basic" or not hmac.compare_digest(given, expected):
            raise OAuthRefusal("invalid_client", "Client authentication failed", 401)

    def exchange(self, form: Mapping[str, str]) -> dict[str, str | int]:
        """A code for tokens. A code that comes a second time ends everything that came of the first."""
        with self._lock:
            code = self._codes.get(form.get("code", ""))
            if code is None or code.used or code.ends <= self.clock():
                if code and code.used:
                    code.grant.alive = False
                raise OAuthRefusal("invalid_grant", "Authorization code is invalid, used or expired")
            if form.get("redirect_uri") != code.redirect_uri:
                raise OAuthRefusal("invalid_grant", "redirect_uri is not the one that was authorized")
            if code.challenge and _challenge(form.get("code_verifier", "")) != code.challenge:
                raise OAuthRefusal("invalid_grant", "code_verifier does not match")
            code.used = True
            return self._issue(code.grant)

    def refresh(self, form: Mapping[str, str]) -> dict[str, str | int]:
        """New tokens for a refresh token, which has done its work with that: only the newest one is good."""
        with self._lock:
            grant, ends = self._refresh.pop(form.get("refresh_token", ""), (None, None))
            if grant is None or ends is None or not grant.alive or ends <= self.clock():
                raise OAuthRefusal("invalid_grant", "Incorrect or invalid refresh token")
            return self._issue(grant)

    def revoke(self, token: str) -> bool:
        """End the whole grant of a token, whichever of its tokens is named."""
        with self._lock:
            found = self._access.get(token) or self._refresh.get(token)
            if found:
                found[0].alive = False
            return found is not None

    def grant_of(self, token: str) -> Grant | None:
        """Whose access token it is; None for one that is unknown, over or revoked."""
        with self._lock:
            grant, ends = self._access.get(token, (None, None))
            return grant if grant and ends and grant.alive and ends > self.clock() else None

    # --- what the outside world does -------------------------------------------------------------------------------

    def expire_access(self) -> None:
        """Every access token is over now; refresh tokens work on."""
        with self._lock:
            self._access.clear()

    def expire_refresh(self) -> None:
        """Every refresh token is over now, as after a hundred days of silence."""
        with self._lock:
            self._refresh.clear()

    def disconnect(self, realm_id: str) -> int:
        """Somebody disconnects the app inside QuickBooks; how many grants that ended."""
        with self._lock:
            held = [*self._access.values(), *self._refresh.values()]
            grants = {id(one): one for one, _ in held if one.realm_id == realm_id and one.alive}
            for grant in grants.values():
                grant.alive = False
            return len(grants)

    def alive(self) -> list[str]:
        """Realms that the app may look into, oldest grant first."""
        with self._lock:
            return [grant.realm_id for grant, ends in self._refresh.values() if grant.alive and ends > self.clock()]

    def _issue(self, grant: Grant) -> dict[str, str | int]:
        now = self.clock()
        access, refresh = secrets.token_urlsafe(32), f"RT1-{secrets.token_urlsafe(24)}"
        self._access[access] = (grant, now + self.access_lives)
        self._refresh[refresh] = (grant, min(now + REFRESH_LIVES, grant.began + REFRESH_ENDS))
        return {
            "access_token": access,
            "refresh_token": refresh,
            "token_type": "bearer",
            "expires_in": int(self.access_lives.total_seconds()),
            "x_refresh_token_expires_in": int((self._refresh[refresh][1] - now).total_seconds()),
        }

    def hard_end(self, answer: Mapping[str, str | int]) -> int:
        """Seconds until no refresh helps any more: five years after somebody pressed Connect."""
        grant, _ = self._refresh[str(answer["refresh_token"])]
        return int((grant.began + REFRESH_ENDS - self.clock()).total_seconds())


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
