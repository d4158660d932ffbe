"""The sandbox mail server: what it takes, and every way in which it does not."""

import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

import httpx2
import pytest

from hangarlink.sandbox.mail import PASSWORD, USER, MailApp, MailServer
from hangarlink.sandbox.server import Served


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def message(to: str = "kim@example.com") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "hangarlink@example.com", to, "OY-SKA is due æ"
    made.set_content("Hobbs 50 h inspection.\n")
    return made


def send(mail: MailServer, *, password: str = PASSWORD, to: str = "kim@example.com") -> None:
    with smtplib.SMTP(mail.host, mail.port, timeout=5) as client:
        client.login(USER, password)
        client.send_message(message(to))


def test_a_message_is_kept(mail: MailServer) -> None:
    send(mail)
    (kept,) = mail.messages
    assert (kept.recipients, kept.subject, kept.user) == (("kim@example.com",), "OY-SKA is due æ", USER)
    assert "Hobbs 50 h" in kept.text
    assert not kept.encrypted


def test_only_with_the_password(mail: MailServer) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(mail, password="wrong")
    with smtplib.SMTP(mail.host, mail.port, timeout=5) as client, pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.send_message(message())
    assert refused.value.smtp_code == 530
    assert mail.messages == []


def test_starttls_with_a_certificate_that_checks() -> None:
    with MailServer(starttls=True) as mail:
        assert mail.ca_file is not None
        trusted = ssl.create_default_context(cafile=str(mail.ca_file))
        with smtplib.SMTP(mail.host, mail.port, timeout=5) as client:
            client.starttls(context=trusted)
            client.login(USER, PASSWORD)
            client.send_message(message())
        assert mail.messages[0].encrypted
        with smtplib.SMTP(mail.host, mail.port, timeout=5) as client, pytest.raises(ssl.SSLCertVerificationError):
            client.starttls(context=ssl.create_default_context())


@pytest.mark.parametrize(
    ("kind", "raised", "kept"),
    [
        ("greylist", smtplib.SMTPRecipientsRefused, 0),
        ("unknown_recipient", smtplib.SMTPRecipientsRefused, 0),
        ("busy", smtplib.SMTPDataError, 0),
        ("refused", smtplib.SMTPDataError, 0),
        ("too_large", smtplib.SMTPDataError, 0),
        ("bad_credentials", smtplib.SMTPAuthenticationError, 0),
        ("auth_later", smtplib.SMTPAuthenticationError, 0),
        ("closing", smtplib.SMTPException, 0),
        ("lost_response", smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_every_refusal_strikes_once(mail: MailServer, kind: str, raised: type[Exception], kept: int) -> None:
    mail.faults.add(kind)
    with pytest.raises(raised):
        send(mail)
    assert len(mail.messages) == kept
    send(mail)
    assert len(mail.messages) == kept + 1


def test_a_refusal_of_one_recipient(mail: MailServer) -> None:
    mail.faults.add("unknown_recipient", recipient="gone@example.com", times=None)
    send(mail)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mail, to="gone@example.com")


def test_the_page_shows_what_came_and_takes_switches(mail: MailServer) -> None:
    send(mail)
    with Served(MailApp(mail)) as page, httpx2.Client(trust_env=False, verify=False) as http:
        assert "Hobbs 50 h inspection." in http.get(page.url).text
        (kept,) = http.get(f"{page.url}/_control/messages").json()["messages"]
        assert kept["to"] == ["kim@example.com"]
        assert http.post(f"{page.url}/_control/faults", json={"kind": "busy"}).json()["faults"][0]["kind"] == "busy"
        assert http.post(f"{page.url}/_control/faults", json={"kind": "gremlin"}).status_code == 400
        http.post(f"{page.url}/_control/reset", json={})
        assert http.get(f"{page.url}/_control/messages").json()["messages"] == []
        assert PASSWORD not in http.get(page.url).text
