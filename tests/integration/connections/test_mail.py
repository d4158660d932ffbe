"""Mail goes out encrypted, signed in, to servers that may be dialled; and fails in the contract's words."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from hangarlink.integration.connections.keys import Stored
from hangarlink.integration.connections.mailing import MailLine, written
from hangarlink.integration.connections.repeating import Repeating
from hangarlink.integration.connections.traffic.valve import Unlimited
from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    Mail,
    PartnerError,
    Permanent,
    ServerTrouble,
    Unreachable,
)
from hangarlink.platform.outbound import UrlRefused
from hangarlink.platform.outbound.sockets import read_host
from hangarlink.platform.vault import Secret
from tests.integration.conftest import Waits

PASSWORD = "mail-canary-password"
MAIL = Mail(["kim@example.com"], "Due soon", "OY-SKA: 50 h inspection", html="<p>OY-SKA</p>")


class Office:
    """What the server does with mail: keeps it, or says something else first."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.says: list[str] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.says:
            return self.says.pop(0)
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and certificate of localhost in one file."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


@pytest.fixture
def office() -> Office:
    return Office()


def sign_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password.decode() == PASSWORD
    return AuthResult(success=good, handled=False)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, authenticator=sign_in, auth_required=True, **self.SMTP_kwargs)


@pytest.fixture
def server(office: Office, certificate: Path) -> Iterator[Controller]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = _Controller(
        office, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_require_tls=True
    )
    controller.start()
    yield controller
    controller.stop()


def line(port: int, certificate: Path | None, waits: Waits | None = None, **access: str) -> MailLine:
    tls = ssl.create_default_context(cafile=str(certificate)) if certificate else None
    given = {"host": "localhost", "port": str(port), "username": "mx", "sender": "Maintenance <mx@example.com>"}
    keys = Stored({"password": Secret(access.pop("password", PASSWORD))}, given | access)
    repeating = Repeating(keys, pace=waits or Waits(), valve=Unlimited())
    return MailLine(keys, repeating, deadline=float(access.get("deadline", "5")), tls=tls)


def test_it_arrives(server: Controller, office: Office, certificate: Path) -> None:
    with line(server.port, certificate) as mail:
        assert mail.check() == "mx@localhost"
        sent = mail.send(MAIL)
        assert mail.send(MAIL).message_id != sent.message_id
    assert len(office.received) == 2
    text = office.received[0].content.decode()
    assert "From: Maintenance <mx@example.com>" in text
    assert sent.message_id in text
    assert "multipart/alternative" in text
    assert (office.received[0].mail_from, office.received[0].rcpt_tos) == ("mx@example.com", ["kim@example.com"])


def test_a_given_message_id_is_kept(server: Controller, office: Office, certificate: Path) -> None:
    with line(server.port, certificate) as mail:
        sent = mail.send(Mail(["kim@example.com"], "x", "y", message_id="<row-1@example.com>"))
    assert sent.message_id == "<row-1@example.com>"
    assert "Message-ID: <row-1@example.com>" in office.received[0].content.decode()


def test_a_wrong_password(server: Controller, certificate: Path) -> None:
    with (
        line(server.port, certificate, password="mail-canary-wrong") as mail,
        pytest.raises(AuthFailed) as failed,
    ):
        mail.send(MAIL)
    assert "canary" not in f"{failed.value} {failed.value.detail}"


def test_a_server_that_is_not_trusted_gets_no_password(server: Controller, office: Office) -> None:
    with line(server.port, None) as mail, pytest.raises(Permanent, match="certificate is not trusted"):
        mail.send(MAIL)
    assert not office.received


def test_put_off_and_sent_at_the_next_try(server: Controller, office: Office, certificate: Path) -> None:
    office.says = ["451 greylisted", "452 full"]
    waits = Waits()
    with line(server.port, certificate, waits) as mail:
        mail.send(MAIL)
    assert waits.seconds == [1, 2]
    assert len(office.received) == 1


def test_refused_for_good_is_not_repeated(server: Controller, office: Office, certificate: Path) -> None:
    office.says = ["554 spam"] * 4
    waits = Waits()
    with line(server.port, certificate, waits) as mail, pytest.raises(DataError, match="554"):
        mail.send(MAIL)
    assert waits.seconds == []


def test_some_recipients_are_refused(server: Controller, office: Office, certificate: Path) -> None:
    office.refuses = {"gone@example.com": "550 no such user"}
    with line(server.port, certificate) as mail:
        sent = mail.send(Mail(["kim@example.com", "gone@example.com"], "x", "y"))
        assert sent.refused == {"gone@example.com": "550 no such user"}
        with pytest.raises(DataError, match="every recipient"):
            mail.send(Mail(["gone@example.com"], "x", "y"))
        office.refuses = {"gone@example.com": "450 later"}
        with pytest.raises(ServerTrouble):
            mail.send(Mail(["gone@example.com"], "x", "y"))


def test_no_password_without_encryption(server: Controller, certificate: Path) -> None:
    with line(server.port, certificate, security="none") as mail, pytest.raises(Permanent, match="without encryption"):
        mail.send(MAIL)


def test_a_server_without_starttls_gets_no_password(office: Office) -> None:
    controller = Controller(office, hostname="127.0.0.1", port=0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    try:
        with line(controller.port, None) as mail, pytest.raises(Permanent, match="STARTTLS"):
            mail.send(MAIL)
    finally:
        controller.stop()
    assert not office.received


@pytest.mark.parametrize(
    "mail",
    [
        Mail(["kim@example.com"], "x\r\nBcc: all@example.com", "y"),
        Mail(["kim@example.com\nBcc: all@example.com"], "x", "y"),
        Mail(["Kim <kim@example.com>"], "x", "y"),
        Mail(["kim@example.com, all@example.com"], "x", "y"),
        Mail(["kim"], "x", "y"),
        Mail([], "x", "y"),
        Mail(["a@example.com"] * 101, "x", "y"),
        Mail(["kim@example.com"], "x", "y", headers={"X-A": "1\nBcc: all@example.com"}),
        Mail(["kim@example.com"], "x", "y", headers={"X-A: 1\r\nBcc": "all@example.com"}),
        Mail(["kim@example.com"], "x", "y", message_id="<a@b>\r\nBcc: all@example.com"),
        Mail(["kim@example.com"], "x", "y\ud800"),
        Mail(["kim@example.com"], "x", "y", headers={"From": "evil@example.com"}),
        Mail(["kim@example.com"], "x", "y", headers={"bcc": "all@example.com"}),
    ],
)
def test_what_is_no_mail(mail: Mail) -> None:
    with pytest.raises(DataError):
        written(mail, "mx@example.com")


@pytest.mark.parametrize(
    "host", ["10.1.2.3", "169.254.169.254", "smtp.internal", "a/b", "x@y", "2130706433", "", "a b"]
)
def test_hosts_that_may_not_be_dialled(host: str) -> None:
    with pytest.raises(UrlRefused):
        read_host(host, 587, scheme="smtp", ports=frozenset({587}), allow=())


@pytest.mark.parametrize("port", [0, 22, 80, 110, 6667, 70_000, -1])
def test_ports_that_are_not_for_mail(port: int) -> None:
    with pytest.raises(UrlRefused):
        read_host("mail.example.com", port, scheme="smtp", ports=frozenset({587}), allow=())


def test_a_private_server_is_not_dialled(settings: Any) -> None:
    settings.HANGARLINK_OUTBOUND_ALLOW = ""
    with line(2525, None) as mail, pytest.raises(Permanent, match="smtp://localhost is a name of a local network"):
        mail.send(MAIL)


def test_a_server_that_drips_for_ever_meets_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def drip() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                    while not stop.wait(0.05):
                        connection.sendall(b"220-")
                except OSError:
                    continue

        threading.Thread(target=drip, daemon=True).start()
        given = line(listener.getsockname()[1], None)
        given._deadline = 0.5
        with given, pytest.raises((Unreachable, PartnerError)):
            given.send(MAIL)
        stop.set()
