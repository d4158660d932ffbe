"""Slack: messages out, by channel. The app is installed into a workspace by OAuth v2 and may write and list channels.

Slack knows no idempotency key for messages: after a lost answer a message is sent again, and so may stand there twice.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hangarlink.connectors.slack.answers import read
from hangarlink.connectors.slack.wording import text_of
from hangarlink.integration.contract import (
    Area,
    Category,
    Change,
    ClientAuth,
    Connector,
    DataError,
    Dataset,
    Directions,
    Frequency,
    Identity,
    Limits,
    Malformed,
    Manifest,
    Message,
    OAuthCode,
    Per,
    Pushed,
    Rate,
    Tier,
    pushes,
)
from hangarlink.integration.contract.messaging import Destination

CHANNEL = re.compile(r"[CGD][A-Z0-9]{5,20}")
PAGE = 200
MOST_PAGES = 100
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Slack(Connector):
    manifest = Manifest(
        key="slack",
        name="Slack",
        category=Category.COMMUNICATIONS,
        area=Area.OPS,
        auth=OAuthCode(
            authorize_url="https://slack.com/oauth/v2/authorize",
            token_url="https://slack.com/api/oauth.v2.access",  # noqa: S106 - an address
            revoke_url="https://slack.com/api/auth.revoke",
            revokes_itself=True,
            scopes=("chat:write", "channels:read"),
            scope_separator=",",
            client_auth=ClientAuth.BASIC,
            identity_claims=(("team_id", "team.id"), ("team_name", "team.name")),
            app_help="Of your Slack app: api.slack.com/apps, Basic Information, App Credentials.",
        ),
        base_url="https://slack.com",
        base_url_editable=True,
        datasets={Dataset.MESSAGES: Directions.PUSH},
        frequencies=(Frequency.REAL_TIME, Frequency.MANUAL),
        limits=Limits(per="account", page_size=PAGE, rates=(Rate(100, 60, Per.ACCOUNT),), max_bytes=5 * 2**20),
        tier=Tier.SILVER,
        about="Sends notifications about defects, due items and syncs to channels of your workspace.",
        setup=(
            "Create an app at api.slack.com/apps in your workspace, add the bot scopes chat:write and channels:read, "
            "and add the redirect address shown below under OAuth & Permissions.\n\n"
            "Invite the app into each channel that it shall write to: /invite @hangarlink."
        ),
        docs="user/notifications",
    )

    def prove(self) -> Identity:
        """Which workspace the token opens."""
        said = self.http.call("POST", "/api/auth.test", read=read, json={}, headers=JSON)
        team, name = said.get("team_id"), said.get("team")
        if not isinstance(team, str) or not team:
            raise Malformed("Slack does not say which workspace the token opens.")
        return Identity(team, name if isinstance(name, str) and name else team)

    def destinations(self) -> Iterator[Destination]:
        """The channels that are not archived, page after page."""
        seen: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES):
            asked = {"limit": str(PAGE), "exclude_archived": "true", "types": "public_channel"}
            said = self.http.call("GET", "/api/conversations.list", read=read, params=asked | {"cursor": cursor})
            for channel in _channels(said):
                if channel.key not in seen:
                    seen.add(channel.key)
                    yield channel
            cursor = _next_cursor(said)
            if not cursor:
                return
        raise Malformed(f"Slack's list of channels has no end: {MOST_PAGES} pages were read.")

    @staticmethod
    def check_channel(channel: str) -> None:
        """Raises DataError for what is no id of a channel."""
        if not CHANNEL.fullmatch(channel):
            raise DataError("Choose a channel, or enter its id as Slack shows it in the channel's details: C0123ABCD.")

    @pushes(Dataset.MESSAGES)
    def messages(self, changes: Sequence[Change[Message]]) -> Iterator[Pushed]:
        """Post each one; what a channel refuses is said of that message alone."""
        for change in changes:
            yield self._post(change)

    def _post(self, change: Change[Message]) -> Pushed:
        if change.is_deletion:
            return Pushed(change.key, error=DataError("A message that was sent is not taken back."))
        message = change.record
        body = {
            "channel": message.channel,
            "text": text_of(message),
            "unfurl_links": False,
            "metadata": {"event_type": "hangarlink_message", "event_payload": {"key": change.key}},
        }
        try:
            said = self.http.call("POST", "/api/chat.postMessage", read=read, json=body, headers=JSON)
        except DataError as error:
            return Pushed(change.key, error=error)
        stamp, channel = said.get("ts"), said.get("channel")
        if not isinstance(stamp, str) or not isinstance(channel, str):
            raise Malformed("Slack does not say which message it made.")
        return Pushed(change.key, external_id=f"{channel}:{stamp}")


def _channels(said: dict[str, Any]) -> Iterator[Destination]:
    listed = said.get("channels")
    if not isinstance(listed, list):
        raise Malformed("Slack's answer holds no list of channels.")
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str) or one.get("is_archived"):
            continue
        hint = "" if one.get("is_member") else "Invite the app into this channel first: /invite @hangarlink."
        yield Destination(one["id"], f"#{one.get('name') or one['id']}"[:120], hint)


def _next_cursor(said: dict[str, Any]) -> str:
    data = said.get("response_metadata")
    cursor = data.get("next_cursor") if isinstance(data, dict) else ""
    return cursor if isinstance(cursor, str) else ""


connector = Slack
