"""Slack's connector against its sandbox, over a socket, with the engine's own retries."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.connectors.slack import Slack
from hangarlink.connectors.slack.wording import text_of
from hangarlink.integration.contract import (
    AuthFailed,
    Change,
    DataError,
    Dataset,
    Malformed,
    Message,
    NotReady,
    PartnerError,
    Pushed,
    ServerTrouble,
    Unreachable,
)
from hangarlink.integration.trying import PutOff, Trial
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import Channel, SlackApp, Workspace

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def slack() -> Iterator[Served[SlackApp]]:
    channels = [Channel(f"C0{number:08d}", f"line-{number}", is_member=number != 3) for number in range(7)]
    with Served(SlackApp(Workspace(channels=channels), page_size=3)) as served:
        yield served


@pytest.fixture
def trial(slack: Served[SlackApp]) -> Iterator[Trial]:
    with Trial(Slack, slack.url, secrets={"access_token": slack.app.workspace.install()}) as made:
        yield made


def message(channel: str = "C000000001", text: str = "Hobbs 50 h", **more: str) -> Message:
    return Message("", channel=channel, title="OY-SKA is due", text=text, at=AT, **more)


def push(trial: Trial, *messages: Message) -> list[Pushed]:
    changes = [Change(f"key-{number}", one) for number, one in enumerate(messages)]
    return list(trial.connector.push(Dataset.MESSAGES, changes))


def test_whose_workspace_it_is(trial: Trial) -> None:
    assert trial.connector.prove().key == "T0SKYLINE"
    assert trial.connector.prove().name == "Skyline Flight School"


def test_channels_of_all_pages_with_what_stands_in_the_way(trial: Trial) -> None:
    found = list(trial.connector.destinations())  # type: ignore[attr-defined]
    assert [one.name for one in found] == [f"#line-{number}" for number in range(7)]
    assert [one.name for one in found if one.hint] == ["#line-3"]


@pytest.mark.parametrize("kind", ["duplicates", "disorder", "server_error", "html", "dropped"])
def test_channels_are_complete_whatever_happens_on_the_way(slack: Served[SlackApp], trial: Trial, kind: str) -> None:
    slack.app.faults.add(kind, method="conversations.list", skip=1)
    found = [one.key for one in trial.connector.destinations()]  # type: ignore[attr-defined]
    assert sorted(found) == sorted(slack.app.workspace.channels)


def test_a_list_without_an_end_is_given_up(slack: Served[SlackApp], trial: Trial) -> None:
    slack.app.faults.add("endless", times=None)
    with pytest.raises(Malformed, match="no end"):
        list(trial.connector.destinations())  # type: ignore[attr-defined]


def test_each_message_has_its_own_fate(slack: Served[SlackApp], trial: Trial) -> None:
    good, bad, last = push(trial, message(), message("C0NOWHERE"), message("C000000002"))
    assert good.external_id.startswith("C000000001:")
    assert isinstance(bad.error, DataError)
    assert "knows no such channel" in str(bad.error)
    assert last.error is None
    assert [one.channel for one in slack.app.workspace.messages] == ["C000000001", "C000000002"]
    assert slack.app.workspace.messages[0].metadata["event_payload"] == {"key": "key-0"}


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("token_revoked", AuthFailed),
        ("invalid_auth", AuthFailed),
        ("missing_scope", NotReady),
        ("fatal_error", ServerTrouble),
        ("internal_error", ServerTrouble),
    ],
)
def test_what_ends_the_whole_push(
    slack: Served[SlackApp], trial: Trial, error: str, raised: type[PartnerError]
) -> None:
    slack.app.faults.add("error", error=error, times=None)
    with pytest.raises(raised) as failed:
        push(trial, message())
    assert error in failed.value.detail
    assert slack.app.workspace.messages == []


def test_limits_are_obeyed(slack: Served[SlackApp], trial: Trial) -> None:
    slack.app.faults.add("rate_limited", retry_after=3)
    push(trial, message())
    assert trial.waits.seconds == [3.0]
    slack.app.faults.add("rate_limited", retry_after=300)
    with pytest.raises(PutOff) as later:
        push(trial, message())
    assert later.value.seconds == 300


def test_a_lost_answer_says_that_it_may_have_arrived(slack: Served[SlackApp], trial: Trial) -> None:
    slack.app.faults.add("lost_response", times=None, method="chat.postMessage")
    with pytest.raises(Unreachable) as lost:
        push(trial, message())
    assert lost.value.may_have_arrived
    assert slack.app.workspace.messages


@given(st.text(max_size=200), st.text(max_size=200), st.text(alphabet="<>&|*@!#C", max_size=40))
def test_no_text_becomes_a_mention_or_a_link(title: str, text: str, nasty: str) -> None:
    try:
        said = text_of(Message("", channel="C1", title=title, text=text + nasty, url="https://a.example/?a=1&b=<|>"))
    except DataError:
        return  # characters that cannot be stored
    body, _, link = said.rpartition("\n")
    assert "<" not in body
    assert ">" not in body
    assert link == "<https://a.example/?a=1&amp;b=&lt;%7C&gt;|Open in Hangarlink>"


def test_a_very_long_message_is_cut_and_keeps_its_link() -> None:
    said = text_of(message(text="\n".join(["x" * 98] * 100), url="https://a.example/"))
    assert len(said) < 40_000
    assert said.endswith("|Open in Hangarlink>")


@pytest.mark.parametrize("channel", ["", "#defects", "defects", "C1", "C0DEFEC03 ", "<script>"])
def test_what_is_no_channel(channel: str) -> None:
    with pytest.raises(DataError):
        Slack.check_channel(channel)
    Slack.check_channel("C0DEFEC03")
