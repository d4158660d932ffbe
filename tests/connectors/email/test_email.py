"""The e-mail connector against the sandbox mail server: an open relay of one's own site, and one with a password."""

from collections.abc import Iterator

import pytest

from hangarlink.connectors.email import Email, addresses
from hangarlink.integration.contract import (
    AuthFailed,
    Change,
    DataError,
    Dataset,
    Message,
    Permanent,
    Pushed,
    ServerTrouble,
    Unreachable,
)
from hangarlink.integration.trying import Trial
from hangarlink.sandbox.mail import PASSWORD, USER, MailServer


@pytest.fixture
def relay() -> Iterator[MailServer]:
    with MailServer(user=None) as server:
        yield server


def trial(server: MailServer, **given: str) -> Trial:
    access = {"host": server.host, "port": str(server.port), "security": "none", "sender": "MX <mx@example.com>"}
    return Trial(Email, secrets={"password": given.pop("password", "")}, access={**access, **given})


def push(made: Trial, channel: str = "kim@example.com", *, key: str = "k1", text: str = "Hobbs 50 h") -> Pushed:
    message = Message(
        "", channel=channel, title="OY-SKA is due\r\nBcc: all@example.com", text=text, url="https://a.example/"
    )
    (pushed,) = made.connector.push(Dataset.MESSAGES, [Change(key, message)])
    return pushed


def test_a_message_arrives_as_it_should(relay: MailServer) -> None:
    with trial(relay) as made:
        assert made.connector.prove().key == f"MX <mx@example.com>@{relay.host}"
        pushed = push(made, "kim@example.com, ops@example.com")
    (got,) = relay.messages
    assert pushed.error is None
    assert got.recipients == ("kim@example.com", "ops@example.com")
    assert got.subject == "OY-SKA is due Bcc: all@example.com", "a line break makes no header"
    assert got.text == "Hobbs 50 h\n\nhttps://a.example/\n"
    assert got.message["Auto-Submitted"] == "auto-generated"


def test_the_same_change_has_the_same_id(relay: MailServer) -> None:
    with trial(relay) as made:
        push(made)
        push(made)
        push(made, key="k2")
    assert len({got.message["Message-ID"] for got in relay.messages}) == 2


@pytest.mark.parametrize("kind", ["greylist", "busy", "closing", "lost_response"])
def test_what_is_put_off_is_repeated(relay: MailServer, kind: str) -> None:
    relay.faults.add(kind)
    with trial(relay) as made:
        assert push(made).error is None
        assert made.waits.seconds == [1.0]


def test_what_stays_down_is_given_up(relay: MailServer) -> None:
    relay.faults.add("greylist", times=None)
    with trial(relay) as made, pytest.raises(ServerTrouble):
        push(made)
    relay.faults.clear()
    relay.faults.add("lost_response", times=None)
    with trial(relay) as made, pytest.raises(Unreachable) as lost:
        push(made)
    assert lost.value.may_have_arrived


@pytest.mark.parametrize("kind", ["unknown_recipient", "refused", "too_large"])
def test_what_is_refused_is_said_of_that_message(relay: MailServer, kind: str) -> None:
    relay.faults.add(kind)
    with trial(relay) as made:
        assert isinstance(push(made).error, DataError)
        assert made.waits.seconds == []
        assert push(made).error is None, "the line is still good"


def test_one_of_several_that_is_refused_is_named_and_not_repeated(relay: MailServer) -> None:
    relay.faults.add("unknown_recipient", recipient="gone@example.com", times=None)
    with trial(relay) as made:
        pushed = push(made, "kim@example.com, gone@example.com")
    assert pushed.external_id, "the others got it"
    assert "1 of the addresses" in str(pushed.error)


def test_a_certificate_that_nobody_vouches_for() -> None:
    with (
        MailServer(starttls=True) as server,
        trial(server, security="starttls", username=USER, password=PASSWORD) as made,
        pytest.raises(Permanent, match="certificate is not trusted"),
    ):
        made.connector.prove()


def test_a_server_that_asks_for_a_password() -> None:
    with MailServer() as server, trial(server) as made, pytest.raises(AuthFailed, match="asks for a user name"):
        push(made)


@pytest.mark.parametrize(
    "channel", ["", " , ", "kim", "kim@", "@example.com", "kim@example", "a b@example.com", "Kim <kim@example.com>",
                "kim@example.com; ops@example.com", "kim@example.com\r\nBcc: x@example.com", ",".join(["a@b.cd"] * 21)],
)  # fmt: skip
def test_what_is_no_list_of_addresses(channel: str) -> None:
    with pytest.raises(DataError):
        addresses(channel)
