"""The sandbox Slack answers as Slack's documentation says, and misbehaves when it is told to."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import CLIENT_ID, CLIENT_SECRET, SlackApp, Workspace
from hangarlink.sandbox.slack.faults import KINDS

BACK = "http://demo.localhost:8000/back"


@pytest.fixture
def slack() -> Iterator[Served[SlackApp]]:
    with Served(SlackApp(page_size=2)) as served:
        yield served


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, verify=False, timeout=5) as client:
        yield client


def call(http: httpx2.Client, slack: Served[SlackApp], method: str, token: str, **given: Any) -> dict[str, Any]:
    answer = http.post(f"{slack.url}/api/{method}", json=given, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return dict(answer.json())


def code_from(http: httpx2.Client, slack: Served[SlackApp], *, answer: str = "allow", **asked: str) -> dict[str, str]:
    """Press a button on the consent page; what comes back to the app."""
    query = {"client_id": CLIENT_ID, "scope": "chat:write,channels:read", "state": "s1", "redirect_uri": BACK, **asked}
    page = f"{slack.url}/oauth/v2/authorize?{urlencode(query)}"
    assert "Hangarlink wants to join" in http.get(page).text
    sent = http.post(page, data={"answer": answer})
    assert sent.status_code == 302
    assert sent.headers["location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}


def redeem(http: httpx2.Client, slack: Served[SlackApp], secret: str = CLIENT_SECRET, **form: str) -> dict[str, Any]:
    return dict(http.post(f"{slack.url}/api/oauth.v2.access", data=form, auth=(CLIENT_ID, secret)).json())


def test_a_code_becomes_a_token_once(http: httpx2.Client, slack: Served[SlackApp]) -> None:
    back = code_from(http, slack)
    assert back["state"] == "s1"
    granted = redeem(http, slack, code=back["code"], redirect_uri=BACK)
    assert granted["team"] == {"id": "T0SKYLINE", "name": "Skyline Flight School"}
    assert granted["access_token"].startswith("xoxb-")
    assert call(http, slack, "auth.test", granted["access_token"])["team_id"] == "T0SKYLINE"
    assert redeem(http, slack, code=back["code"], redirect_uri=BACK)["error"] == "invalid_code"


def test_refusals_of_the_authorisation(http: httpx2.Client, slack: Served[SlackApp]) -> None:
    assert code_from(http, slack, answer="deny")["error"] == "access_denied"
    code = code_from(http, slack)["code"]
    assert redeem(http, slack, "wrong", code=code)["error"] == "bad_client_secret"
    assert redeem(http, slack, code=code, redirect_uri="http://evil.example/")["error"] == "bad_redirect_uri"


def test_the_challenge_needs_its_verifier(http: httpx2.Client, slack: Served[SlackApp]) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).rstrip(b"=").decode()
    for verifier, error in (("other", "invalid_code_verifier"), ("verifier", None)):
        code = code_from(http, slack, code_challenge=challenge)["code"]
        assert redeem(http, slack, code=code, redirect_uri=BACK, code_verifier=verifier).get("error") == error


def test_a_refresh_token_works_once(http: httpx2.Client) -> None:
    with Served(SlackApp(Workspace(rotates=True))) as slack:
        code = code_from(http, slack)["code"]
        granted = redeem(http, slack, code=code, redirect_uri=BACK)
        assert granted["expires_in"] == 43_200
        slack.app.workspace.expire()
        assert call(http, slack, "auth.test", granted["access_token"])["error"] == "token_expired"
        again = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
        fresh = redeem(http, slack, **again)
        assert call(http, slack, "auth.test", fresh["access_token"])["ok"]
        assert redeem(http, slack, **again)["error"] == "invalid_refresh_token"


def test_channels_come_in_pages(http: httpx2.Client, slack: Served[SlackApp]) -> None:
    token, names, cursor = slack.app.workspace.install(), [], ""
    while True:
        page = call(http, slack, "conversations.list", token, cursor=cursor, exclude_archived=True)
        assert len(page["channels"]) <= 2
        names += [one["name"] for one in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == ["maintenance", "dispatch", "defects", "general", "safety-review"]


@pytest.mark.parametrize(
    ("channel", "text", "error"),
    [
        ("C0NOWHERE", "x", "channel_not_found"),
        ("C0GENER04", "x", "not_in_channel"),
        ("C0OLDAR05", "x", "is_archived"),
        ("C0MAINT01", "", "no_text"),
        ("C0MAINT01", "x" * 40_001, "msg_too_long"),
    ],
)
def test_refused_messages(http: httpx2.Client, slack: Served[SlackApp], channel: str, text: str, error: str) -> None:
    token = slack.app.workspace.install()
    assert call(http, slack, "chat.postMessage", token, channel=channel, text=text)["error"] == error
    assert slack.app.workspace.messages == []


def test_tokens_and_scopes(http: httpx2.Client, slack: Served[SlackApp]) -> None:
    reading = slack.app.workspace.install("channels:read")
    assert call(http, slack, "chat.postMessage", reading, channel="C0MAINT01", text="x")["error"] == "missing_scope"
    assert call(http, slack, "auth.test", "nonsense")["error"] == "invalid_auth"
    slack.app.workspace.revoke()
    assert call(http, slack, "auth.test", reading)["error"] == "token_revoked"


def test_one_message_a_second_to_a_channel(http: httpx2.Client) -> None:
    clock = [100.0]
    with Served(SlackApp(per_channel_seconds=1.0, ticks=lambda: clock[0])) as slack:
        token = slack.app.workspace.install()
        post = {"url": f"{slack.url}/api/chat.postMessage", "headers": {"Authorization": f"Bearer {token}"}}
        said = {"channel": "C0MAINT01", "text": "x"}
        assert http.post(**post, json=said).json()["ok"]
        refused = http.post(**post, json=said)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert http.post(**post, json={**said, "channel": "C0DISPA02"}).json()["ok"], "another channel has its own"
        clock[0] += 1
        assert http.post(**post, json=said).json()["ok"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_fault_strikes_once(http: httpx2.Client, slack: Served[SlackApp], kind: str) -> None:
    token = slack.app.workspace.install()
    switched = {"kind": kind, "method": "conversations.list", "seconds": 0, "megabytes": 1}
    assert http.post(f"{slack.url}/_control/faults", json=switched).status_code == 200

    def asked() -> tuple[int, Any, str]:
        try:
            answer = http.get(
                f"{slack.url}/api/conversations.list", headers={"Authorization": f"Bearer {token}"}, params={"limit": 2}
            )
        except httpx2.TransportError:
            return 0, None, ""
        return answer.status_code, len(answer.content), answer.text

    good, spoilt = None, asked()
    good = asked()
    assert good[0] == 200
    if kind != "slow":
        assert spoilt != good
    assert asked() == good
    assert [entry["fault"] for entry in slack.app.journal.entries()] == [kind, None, None]


def test_the_journal_and_the_page_hold_no_secret(http: httpx2.Client, slack: Served[SlackApp]) -> None:
    token = slack.app.workspace.install()
    call(http, slack, "chat.postMessage", token, channel="C0MAINT01", text="OY-SKA <b>is due</b>")
    assert "OY-SKA &lt;b&gt;is due" in http.get(slack.url).text
    for path in ("/_control/requests", "/_control/messages", "/"):
        assert token not in http.get(slack.url + path).text


def test_unknown_faults_are_named(http: httpx2.Client, slack: Served[SlackApp]) -> None:
    refused = http.post(f"{slack.url}/_control/faults", json={"kind": "gremlin"})
    assert refused.status_code == 400
    assert "lost_response" in refused.json()["message"]
