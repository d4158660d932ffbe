"""One Slack workspace with an app that may be installed into it. Everything is invented and in memory."""

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from threading import RLock
from typing import Any

CLIENT_ID = "1234567890.0987654321"
CLIENT_SECRET = "sandbox-slack-client-secret"  # noqa: S105 - of the sandbox
LONGEST_TEXT = 40_000
ROTATED_LIFE = 43_200


class SlackError(Exception):
    """What Slack answers with HTTP 200 and `ok: false`."""


@dataclass
class Channel:
    id: str
    name: str
    is_archived: bool = False
    is_private: bool = False
    is_member: bool = True
    needs_joining: bool = False
    """Posting answers not_in_channel until the app was invited."""


@dataclass
class Message:
    ts: str
    channel: str
    text: str
    blocks: list[Any] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass
class Offer:
    """A code that was handed out at the end of an authorisation, good once."""

    redirect_uri: str
    scope: str
    challenge: str = ""


CHANNELS = (
    Channel("C0MAINT01", "maintenance"),
    Channel("C0DISPA02", "dispatch"),
    Channel("C0DEFEC03", "defects"),
    Channel("C0GENER04", "general", needs_joining=True, is_member=False),
    Channel("C0OLDAR05", "old-hangar", is_archived=True),
    Channel("C0SAFET06", "safety-review", is_private=True),
)


class Workspace:
    """Its verbs are what an administrator of the workspace and the installed app can do.

    rotates  tokens live for 12 hours and come with a refresh token that works once
    """

    def __init__(
        self,
        *,
        team_id: str = "T0SKYLINE",
        name: str = "Skyline Flight School",
        channels: Iterable[Channel] = CHANNELS,
        rotates: bool = False,
    ) -> None:
        self.team_id, self.name, self.rotates = team_id, name, rotates
        self._first_channels = [Channel(**asdict(one)) for one in channels]
        self.lock = RLock()
        self.reset()

    def reset(self) -> None:
        self.channels = {one.id: Channel(**asdict(one)) for one in self._first_channels}
        self.messages: list[Message] = []
        self.offers: dict[str, Offer] = {}
        self.tokens: dict[str, str] = {}
        self.expired: set[str] = set()
        self.refresh_tokens: dict[str, str] = {}
        self._count = 0

    # --- authorisation ---------------------------------------------------------------------------------------------

    def offer(self, *, redirect_uri: str, scope: str, challenge: str = "") -> str:
        """The person pressed Allow: a code for the app."""
        code = f"{self.team_id}.{secrets.token_hex(12)}"
        with self.lock:
            self.offers[code] = Offer(redirect_uri, scope, challenge)
        return code

    def redeem(self, code: str, *, redirect_uri: str, verifier: str = "") -> dict[str, Any]:
        """A code against a token. It works once, for the same redirect address, with the verifier of its challenge."""
        with self.lock:
            offer = self.offers.pop(code, None)
        if offer is None:
            raise SlackError("invalid_code")
        if redirect_uri and redirect_uri != offer.redirect_uri:
            raise SlackError("bad_redirect_uri")
        if offer.challenge and _challenge(verifier) != offer.challenge:
            raise SlackError("invalid_code_verifier")
        return self._grant(offer.scope)

    def refresh(self, token: str) -> dict[str, Any]:
        """A new pair. The old refresh token is worthless from now on."""
        with self.lock:
            scope = self.refresh_tokens.pop(token, None)
        if scope is None:
            raise SlackError("invalid_refresh_token")
        return self._grant(scope)

    def install(self, scope: str = "chat:write,channels:read") -> str:
        """A token without the way through the browser, for tests of everything else."""
        return str(self._grant(scope)["access_token"])

    def revoke(self) -> None:
        """Somebody removed the app from the workspace."""
        with self.lock:
            self.tokens.clear()
            self.refresh_tokens.clear()

    def expire(self) -> None:
        """Every token out there is past its twelve hours."""
        with self.lock:
            self.expired |= set(self.tokens)

    def _grant(self, scope: str) -> dict[str, Any]:
        token = f"xoxb-{secrets.token_hex(16)}"
        granted: dict[str, Any] = {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": scope,
            "bot_user_id": "U0HANGAR",
            "app_id": "A0HANGAR",
            "team": {"id": self.team_id, "name": self.name},
            "enterprise": None,
            "authed_user": {"id": "U0ADMIN"},
        }
        with self.lock:
            self.tokens[token] = scope
            if self.rotates:
                again = f"xoxe-1-{secrets.token_hex(16)}"
                self.refresh_tokens[again] = scope
                granted |= {"refresh_token": again, "expires_in": ROTATED_LIFE}
        return granted

    def scope_of(self, token: str) -> str:
        """The scopes of a token that works now."""
        if not token:
            raise SlackError("not_authed")
        if token in self.expired:
            raise SlackError("token_expired")
        if token not in self.tokens:
            raise SlackError("invalid_auth" if not token.startswith("xoxb-") else "token_revoked")
        return self.tokens[token]

    # --- channels and messages -------------------------------------------------------------------------------------

    def listed(self, *, exclude_archived: bool) -> list[dict[str, Any]]:
        """What the app may see: public channels, and private ones it was invited to."""
        with self.lock:
            seen = [one for one in self.channels.values() if one.is_member or not one.is_private]
            return [_shown(one) for one in seen if not (exclude_archived and one.is_archived)]

    def post(self, channel: str, text: str, *, blocks: list[Any], metadata: dict[str, Any]) -> Message:
        with self.lock:
            found = self._find(channel)
            if found.is_archived:
                raise SlackError("is_archived")
            if found.needs_joining:
                raise SlackError("not_in_channel")
            if not text and not blocks:
                raise SlackError("no_text")
            if len(text) > LONGEST_TEXT:
                raise SlackError("msg_too_long")
            self._count += 1
            message = Message(f"1790000000.{self._count:06d}", found.id, text, blocks, metadata)
            self.messages.append(message)
            return message

    def _find(self, channel: str) -> Channel:
        for one in self.channels.values():
            if channel in {one.id, one.name, f"#{one.name}"} and (one.is_member or not one.is_private):
                return one
        raise SlackError("channel_not_found")


def _shown(one: Channel) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "is_channel": True,
        "is_archived": one.is_archived,
        "is_private": one.is_private,
        "is_member": one.is_member,
    }


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
