"""/oauth/v2/authorize for people, /api/* for clients, /_control for the outside world, / to look at what came."""

import base64
import binascii
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from hangarlink.sandbox.slack import pages
from hangarlink.sandbox.slack.body import fields_of
from hangarlink.sandbox.slack.control import Control
from hangarlink.sandbox.slack.faults import INSTEAD, Fault, Faults
from hangarlink.sandbox.slack.journal import Journal
from hangarlink.sandbox.slack.workspace import CLIENT_ID, CLIENT_SECRET, SlackError, Workspace
from hangarlink.sandbox.wsgi import Environ, Problem, Reply, Request, StartResponse

PAGE = 100
Fields = dict[str, Any]


class SlackApp:
    """per_channel_seconds: least time between two messages to one channel; Slack's own limit is about one."""

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        faults: Faults | None = None,
        per_channel_seconds: float = 0.0,
        page_size: int = PAGE,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.workspace, self.faults, self.journal = workspace or Workspace(), faults or Faults(), Journal()
        self.per_channel_seconds, self.page_size = per_channel_seconds, page_size
        self.sleep, self._ticks = sleep, ticks
        self._posted_at: dict[str, float] = {}
        self._control = Control(self.workspace, self.faults, self.journal)
        self._methods: dict[str, Callable[[Request, Fields], Fields]] = {
            "oauth.v2.access": self._access,
            "auth.test": self._auth_test,
            "auth.revoke": self._auth_revoke,
            "conversations.list": self._conversations,
            "chat.postMessage": self._post_message,
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            reply = self._reply(request)
        except Problem as problem:
            reply = problem.reply
        return reply.send(start_response)

    def _reply(self, request: Request) -> Reply:
        if request.path.startswith("/api/"):
            return self._api(request, request.path.removeprefix("/api/"))
        if request.path == "/oauth/v2/authorize":
            return pages.authorise(request, self.workspace)
        if request.path.startswith("/_control/"):
            return self._control.reply(request)
        if request.path == "/":
            return pages.received(self.workspace)
        return Reply.message(404, f"There is nothing at {request.path}; methods are under /api/.")

    # --- one call of the API ---------------------------------------------------------------------------------------

    def _api(self, request: Request, method: str) -> Reply:
        entry = self.journal.add(method)
        fault = self.faults.take(method)
        entry["fault"] = fault.kind if fault else None
        given = fields_of(request)
        if fault and fault.kind in INSTEAD:
            reply = _instead(fault, request)
        else:
            answer = self._answer(method, request, given)
            entry["answer"] = "ok" if answer.get("ok") else answer.get("error")
            reply = Reply.json(200, answer)
            if answer.get("error") == "ratelimited":
                reply = Reply.json(429, answer, Retry_After=str(max(1, round(self.per_channel_seconds))))
            if fault:
                reply = self._spoilt(fault, answer, request)
        entry["status"] = reply.status
        return reply

    def _answer(self, method: str, request: Request, given: Fields) -> Fields:
        if method not in self._methods:
            return {"ok": False, "error": "unknown_method", "req_method": method}
        try:
            return self._methods[method](request, given)
        except SlackError as error:
            return {"ok": False, "error": str(error)}

    def _access(self, request: Request, given: Fields) -> Fields:
        if _client_of(request, given) != (CLIENT_ID, CLIENT_SECRET):
            raise SlackError("bad_client_secret")
        if given.get("grant_type") == "refresh_token":
            return self.workspace.refresh(str(given.get("refresh_token", "")))
        return self.workspace.redeem(
            str(given.get("code", "")),
            redirect_uri=str(given.get("redirect_uri", "")),
            verifier=str(given.get("code_verifier", "")),
        )

    def _auth_test(self, request: Request, given: Fields) -> Fields:
        self._scope(request, given)
        team = self.workspace
        return {"ok": True, "team": team.name, "team_id": team.team_id, "user": "hangarlink", "user_id": "U0HANGAR"}

    def _auth_revoke(self, request: Request, given: Fields) -> Fields:
        self._scope(request, given)
        self.workspace.revoke()
        return {"ok": True, "revoked": True}

    def _conversations(self, request: Request, given: Fields) -> Fields:
        self._scope(request, given, needs="channels:read")
        archived = str(given.get("exclude_archived", "")).lower() in {"true", "1"}
        channels = self.workspace.listed(exclude_archived=archived)
        size = max(1, min(int(given.get("limit") or self.page_size), self.page_size))
        start = _place(str(given.get("cursor", "")))
        following = f"place:{start + size}" if start + size < len(channels) else ""
        return {
            "ok": True,
            "channels": channels[start : start + size],
            "response_metadata": {"next_cursor": base64.b64encode(following.encode()).decode()},
        }

    def _post_message(self, request: Request, given: Fields) -> Fields:
        self._scope(request, given, needs="chat:write")
        channel = str(given.get("channel", ""))
        self._keep_pace(channel)
        blocks, metadata = given.get("blocks") or [], given.get("metadata") or {}
        message = self.workspace.post(channel, str(given.get("text") or ""), blocks=blocks, metadata=metadata)
        return {"ok": True, "channel": message.channel, "ts": message.ts, "message": asdict(message)}

    def _scope(self, request: Request, given: Fields, *, needs: str = "") -> None:
        scheme, _, token = request.header("Authorization").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else str(given.get("token", ""))
        if needs and needs not in self.workspace.scope_of(token).split(","):
            raise SlackError("missing_scope")
        self.workspace.scope_of(token)

    def _keep_pace(self, channel: str) -> None:
        now = self._ticks()
        if now - self._posted_at.get(channel, -1e9) < self.per_channel_seconds:
            raise SlackError("ratelimited")
        self._posted_at[channel] = now

    def _spoilt(self, fault: Fault, answer: Fields, request: Request) -> Reply:
        if fault.kind == "lost_response":
            raise request.hang_up()
        if fault.kind == "slow":
            self.sleep(fault.seconds)
        channels = answer.get("channels") or []
        if fault.kind == "disorder":
            channels.reverse()
        elif fault.kind == "duplicates" and channels:
            channels.append(channels[0])
        elif fault.kind == "endless" and "response_metadata" in answer:
            answer["response_metadata"] = {"next_cursor": base64.b64encode(b"place:0").decode()}
        reply = Reply.json(200, [] if fault.kind == "wrong_types" else answer)
        if fault.kind == "malformed_json":
            reply.body = reply.body[: len(reply.body) // 2]
        elif fault.kind == "oversized":
            reply.body += b" " * (fault.megabytes * 1024 * 1024)
        return reply


def _instead(fault: Fault, request: Request) -> Reply:
    if fault.kind == "dropped":
        raise request.hang_up()
    waits = {} if fault.retry_after is None else {"Retry_After": str(fault.retry_after)}
    down = b"<!doctype html><title>Slack</title><p>Down for maintenance"
    answers: dict[str, Callable[[], Reply]] = {
        "error": lambda: Reply.json(200, {"ok": False, "error": fault.error}),
        "expired_token": lambda: Reply.json(200, {"ok": False, "error": "token_expired"}),
        "unauthorized": lambda: Reply.json(401, {"ok": False, "error": "invalid_auth"}),
        "rate_limited": lambda: Reply.json(429, {"ok": False, "error": "ratelimited"}, **waits),
        "server_error": lambda: Reply.json(fault.status, {"ok": False, "error": "service_unavailable"}),
        "html": lambda: Reply(200, down, {"Content-Type": "text/html"}),
        "redirect": lambda: Reply(302, b"", {"Location": fault.location}),
    }
    return answers[fault.kind]()


def _client_of(request: Request, given: Fields) -> tuple[str, str]:
    """Who asks for a token: by Basic, which Slack prefers, or in the body."""
    scheme, _, coded = request.header("Authorization").partition(" ")
    if scheme.lower() == "basic":
        with suppress(binascii.Error, UnicodeDecodeError):
            name, _, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
            return name, secret
    return str(given.get("client_id", "")), str(given.get("client_secret", ""))


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return max(0, int(base64.b64decode(cursor, validate=True).decode().removeprefix("place:")))
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None
