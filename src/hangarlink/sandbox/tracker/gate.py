"""Who may ask: a key, a user with password, or a token of the small OAuth server that the third dialect has."""

import base64
import binascii
import hashlib
import secrets
from threading import RLock
from typing import Any
from urllib.parse import parse_qs, urlencode

from hangarlink.sandbox.wsgi import Problem, Reply, Request

DEMO_KEY, DEMO_USER, DEMO_PASSWORD = "demo-tracker-key", "skyline", "demo-tracker-password"
DEMO_CLIENT, DEMO_CLIENT_SECRET = "demo-tracker-client", "demo-tracker-client-secret"
LIFETIME = 3600


class Gate:
    """Codes work once; a refresh token works once and brings the next pair."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, str]] = {}
        self._access: set[str] = set()
        self._refresh: set[str] = set()
        self._lock = RLock()

    def check(self, request: Request) -> None:
        """Raises Problem 401 for whoever is nobody."""
        scheme, _, value = request.header("Authorization").partition(" ")
        if scheme.lower() == "bearer" and (value.strip() == DEMO_KEY or value.strip() in self._access):
            return
        if scheme.lower() == "basic" and _pair(value) == (DEMO_USER, DEMO_PASSWORD):
            return
        raise Problem(Reply.message(401, "The credentials are not valid.", WWW_Authenticate="Bearer"))

    def expire(self) -> None:
        with self._lock:
            self._access.clear()

    def authorize(self, request: Request) -> Reply:
        """Consent is given at once: back to the client with a code."""
        given = request.query
        back, challenge = given.get("redirect_uri", ""), given.get("code_challenge", "")
        if given.get("client_id") != DEMO_CLIENT or not back:
            return Reply.message(400, "Unknown client_id, or no redirect_uri.")
        code = secrets.token_urlsafe(16)
        with self._lock:
            self._codes[code] = (back, challenge)
        answer = urlencode({"code": code, "state": given.get("state", "")})
        return Reply(302, b"", {"Location": f"{back}{'&' if '?' in back else '?'}{answer}"})

    def token(self, request: Request, body: bytes) -> Reply:
        given = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        scheme, _, coded = request.header("Authorization").partition(" ")
        client = _pair(coded) if scheme.lower() == "basic" else (given.get("client_id"), given.get("client_secret"))
        if client != (DEMO_CLIENT, DEMO_CLIENT_SECRET):
            return Reply.json(401, {"error": "invalid_client"})
        with self._lock:
            return (
                Reply.json(200, self._pair()) if self._granted(given) else Reply.json(400, {"error": "invalid_grant"})
            )

    def _granted(self, given: dict[str, Any]) -> bool:
        kind = given.get("grant_type")
        if kind == "refresh_token":
            known = given.get("refresh_token") in self._refresh
            self._refresh.discard(str(given.get("refresh_token")))
            return known
        if kind == "client_credentials":
            return True
        back, challenge = self._codes.pop(str(given.get("code")), ("", ""))
        digest = hashlib.sha256(str(given.get("code_verifier", "")).encode()).digest()
        proven = not challenge or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
        return kind == "authorization_code" and bool(back) and given.get("redirect_uri") == back and proven

    def _pair(self) -> dict[str, Any]:
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._access.add(access)
        self._refresh.add(refresh)
        return {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": LIFETIME}


def _pair(coded: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret
