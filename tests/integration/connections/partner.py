"""A partner with OAuth on a real socket, for the lines' own tests: strict as real ones are, and faulty on demand.

Refresh tokens are good once; using one twice takes the whole grant back. Access tokens end by the partner's own clock.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

CLIENT_ID, CLIENT_SECRET = "acme-client", "acme-client-secret-canary"
USER, PASSWORD = "kim", "correct horse canary"
API_KEY = "acme-key-canary-0123456789"


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Partner:
    """State and faults. `answers` are taken first, one per call of a path: (status, headers, body), or a function."""

    lifetime: Any = 3600
    rotates: bool = True
    company: str = "Acme Aviation"
    calls: list[Call] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    spent: dict[str, str] = field(default_factory=dict)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    pause: float = 0.0
    url: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    # What a person does in the browser.
    def consent(self, link: str, *, realm: str = "r-1") -> dict[str, str]:
        """Say yes on the consent page: what the callback is called with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        code = "code-canary-" + secrets.token_urlsafe(12)
        self.codes[code] = {**asked, "realm": realm}
        return {"code": code, "state": asked["state"], "realmId": realm}

    def expire(self) -> None:
        """Access tokens end now, whatever was said."""
        self.access.clear()

    def take_back(self) -> None:
        """The grant is gone: somebody removed the app."""
        self.access.clear()
        self.refresh.clear()

    def fail(self, path: str, *answers: Any) -> None:
        self.answers.setdefault(path, []).extend(answers)

    def called(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    # What it answers.
    def answer(self, call: Call) -> tuple[int, dict[str, str], Any]:
        with self._lock:
            self.calls.append(call)
            waiting = self.answers.get(call.path, [])
            given = waiting.pop(0) if waiting else None
        if callable(given):
            given = given(call)
        if given is not None:
            return given  # type: ignore[no-any-return]
        handlers: dict[str, Callable[[Call], tuple[int, Any]]] = {
            "/oauth2/token": self.token,
            "/oauth2/revoke": self.revoke,
            "/me": self.me,
            "/aircraft": self.aircraft,
        }
        if call.path not in handlers:
            return 404, {}, b"{}"
        status, body = handlers[call.path](call)
        return status, {"Content-Type": "application/json"}, json.dumps(body).encode()

    def token(self, call: Call) -> tuple[int, Any]:
        if call.headers.get("authorization") != "Basic " + _b64(f"{CLIENT_ID}:{CLIENT_SECRET}"):
            return 401, {"error": "invalid_client"}
        time.sleep(self.pause)
        form = call.form
        with self._lock:
            if form.get("grant_type") == "client_credentials":
                return 200, self._pair("r-1", refresh=False)
            if form.get("grant_type") == "authorization_code":
                return self._first(form)
            return self._next(form.get("refresh_token", ""))

    def _first(self, form: dict[str, str]) -> tuple[int, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}
        return 200, self._pair(asked["realm"])

    def _next(self, token: str) -> tuple[int, Any]:
        if token in self.spent:
            self.take_back()
        if token not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description": f"Incorrect refresh token {token}"}
        realm = self.refresh[token]
        if self.rotates:
            self.spent[token] = self.refresh.pop(token)
        return 200, self._pair(realm, refresh=self.rotates)

    def _pair(self, realm: str, *, refresh: bool = True) -> dict[str, Any]:
        access = "access-canary-" + secrets.token_urlsafe(12)
        self.access[access] = realm
        pair: dict[str, Any] = {"access_token": access, "token_type": "bearer", "expires_in": self.lifetime}
        if refresh:
            pair["refresh_token"] = "refresh-canary-" + secrets.token_urlsafe(12)
            self.refresh[pair["refresh_token"]] = realm
        return {**pair, "team": {"id": "T1"}, "x_refresh_token_expires_in": 8_726_400}

    def revoke(self, call: Call) -> tuple[int, Any]:
        self.refresh.pop(json.loads(call.body)["token"], None)
        return 200, {}

    def _realm(self, call: Call) -> str | None:
        told = call.headers.get("authorization", "")
        if told == "Basic " + _b64(f"{USER}:{PASSWORD}") or told == f"Bearer {API_KEY}":
            return "r-1"
        return self.access.get(told.removeprefix("Bearer "))

    def me(self, call: Call) -> tuple[int, Any]:
        realm = self._realm(call)
        if realm is None:
            return 401, {"error": "expired", "token": call.headers.get("authorization")}
        return 200, {"realm": realm, "company": self.company}

    def aircraft(self, call: Call) -> tuple[int, Any]:
        if self._realm(call) is None:
            return 401, {"error": "expired", "token": call.headers.get("authorization")}
        return 200, [{"id": "1", "registration": "OY-SKA"}]


class Serving:
    """The partner, listening."""

    def __init__(self, partner: Partner) -> None:
        class Handler(BaseHTTPRequestHandler):
            wbufsize = -1  # one packet for head and body
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                path = urlsplit(self.path).path
                call = Call(self.command, path, headers, self.rfile.read(length))
                status, more, body = partner.answer(call)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                if isinstance(body, bytes):
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                else:
                    self.close_connection = True
                    self.end_headers()
                    self._pour(body)

            def _pour(self, pieces: Any) -> None:
                try:
                    for piece in pieces:
                        self.wfile.write(piece)
                except OSError:
                    return

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        partner.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CONNECTOR = '''
"""A connector as somebody outside would write it."""

from hangarlink.integration.contract import (
    Aircraft, ApiKey, Area, Category, ClientCredentials, Connector, Dataset, Directions, Identity, Manifest, OAuthCode,
    Page, SignedInbound, UserPassword, Verification, pulls,
)


class Acme(Connector):
    manifest = Manifest(
        key="acme", name="Acme", category=Category.ACCOUNTING, area=Area.OPS,
        auth=OAuthCode(
            authorize_url="https://acme.example/connect/oauth2",
            token_url="https://acme.example/oauth2/token",
            revoke_url="https://acme.example/oauth2/revoke",
            scopes=("books.read", "books.write"),
            identity_params=("realmId",),
            identity_claims=(("team_id", "team.id"),),
            revokes_with_json=True,
        ),
        other_auth=(ApiKey(), UserPassword(), ClientCredentials(token_url="/oauth2/token")),
        base_url="https://api.acme.example", base_url_editable=True,
        datasets={Dataset.AIRCRAFT: Directions.PULL},
        inbound=SignedInbound(Verification.HMAC_SHA256_BASE64, header="acme-signature"),
    )

    def prove(self):
        me = self.http.call("GET", "/me", read=lambda answer: answer.json())
        return Identity(me["realm"], me["company"])

    @pulls(Dataset.AIRCRAFT)
    def aircraft(self, cursor):
        rows = self.http.call("GET", "/aircraft", read=lambda answer: answer.json())
        yield Page([Aircraft(row["id"], registration=row["registration"]) for row in rows], cursor, complete=True)


connector = Acme
'''
