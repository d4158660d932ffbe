"""The SMTP side: AUTH, STARTTLS, recipients refused or put off as its faults say. Built on aiosmtpd."""

import asyncio
import hmac
import logging
import ssl
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from hangarlink.sandbox.mail.certificate import self_signed
from hangarlink.sandbox.mail.faults import Faults

USER = "hangarlink@example.com"
PASSWORD = "sandbox-mail-password"  # noqa: S105 - of the sandbox
ANSWERS = {
    "greylist": "451 4.7.1 Greylisted, try again later",
    "unknown_recipient": "550 5.1.1 There is nobody of that name here",
    "busy": "452 4.3.1 Insufficient system storage",
    "refused": "554 5.7.1 This message looks like spam",
    "too_large": "552 5.3.4 The message is too large",
    "bad_credentials": "535 5.7.8 Authentication credentials invalid",
    "auth_later": "454 4.7.0 Temporary authentication failure",
    "closing": "421 4.3.2 Closing the connection",
}
KEPT = 500
# aiosmtpd tells every line of every conversation; the journal knows what matters.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Received:
    """A message that was taken.

    encrypted  it came over TLS
    user       who had signed in, "" for nobody
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def message(self) -> EmailMessage:
        parsed: EmailMessage = message_from_bytes(self.content, policy=policy.default)
        return parsed

    @property
    def subject(self) -> str:
        return str(self.message["subject"])

    @property
    def text(self) -> str:
        body = self.message.get_body(preferencelist=("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class MailServer:
    """A running server. `host` and `port` are where it listens; `ca_file` is the certificate to trust for STARTTLS.

    user      None: anybody may send without signing in
    starttls  offered, and then needed before anybody signs in
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        user: str | None = USER,
        password: str = PASSWORD,
        starttls: bool = False,
        faults: Faults | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.journal: list[str] = []
        self._user, self._password = user, password
        self._received: list[Received] = []
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="sandbox-mail-")
        self.ca_file: Path | None = None
        context: ssl.SSLContext | None = None
        if starttls:
            self.ca_file, context = self_signed(Path(self._folder.name))
        self._controller = _Listening(
            _Handler(self, needs_user=user is not None),
            hostname=host,
            port=port,
            authenticator=self._authenticate if user else None,
            auth_require_tls=starttls,
            # With both on offer clients try the second after a refusal of the first, and a fault would strike twice.
            auth_exclude_mechanism=["LOGIN"],
            tls_context=context,
            require_starttls=starttls,
            decode_data=False,
            ready_timeout=10,
        )
        self._controller.start()
        self.host = host
        self.port = self._controller.port

    @property
    def messages(self) -> list[Received]:
        """Oldest first, the last 500."""
        with self._lock:
            return list(self._received)

    def clear(self) -> None:
        with self._lock:
            self._received.clear()
            self.journal.clear()

    def keep(self, received: Received) -> None:
        with self._lock:
            self._received.append(received)
            del self._received[:-KEPT]

    def note(self, what: str) -> None:
        with self._lock:
            self.journal.append(what)
            del self.journal[:-KEPT]

    def stop(self) -> None:
        self._controller.stop()
        self._folder.cleanup()

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, auth_data: Any
    ) -> AuthResult:
        if fault := self.faults.take("auth"):
            self.note(f"auth {ANSWERS[fault.kind][:3]}")
            return AuthResult(success=False, handled=False, message=ANSWERS[fault.kind])
        fits = (
            isinstance(auth_data, LoginPassword)
            and hmac.compare_digest(auth_data.login, (self._user or "").encode())
            and hmac.compare_digest(auth_data.password, self._password.encode())
        )
        self.note("auth ok" if fits else "auth 535")
        return AuthResult(success=fits, handled=False, auth_data=self._user if fits else None)


class _Listening(Controller):
    """A controller that knows which port it was given when it asked for any."""

    def _trigger_server(self) -> None:
        listening = getattr(self.server, "sockets", ())
        if not listening:
            raise OSError("the mail server does not listen")
        self.port = int(listening[0].getsockname()[1])
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Handler:
    """What aiosmtpd asks at each step of a delivery."""

    def __init__(self, server: MailServer, *, needs_user: bool) -> None:
        self._server, self._needs_user = server, needs_user

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        if self._needs_user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self._server.faults.take("sender"):
            self._server.note("sender 421")
            asyncio.get_running_loop().call_later(0.05, _transport(server).close)
            return ANSWERS["closing"]
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if fault := self._server.faults.take("recipient", address):
            self._server.note(f"recipient {ANSWERS[fault.kind][:3]}")
            return ANSWERS[fault.kind]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self._server.faults.take("message")
        kind = fault.kind if fault else ""
        if kind in ANSWERS:
            self._server.note(f"message {ANSWERS[kind][:3]}")
            return ANSWERS[kind]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        encrypted, user = session.ssl is not None, str(session.auth_data or "")
        sender = str(envelope.mail_from or "")
        self._server.keep(Received(sender, tuple(envelope.rcpt_tos), content, encrypted, user))
        self._server.note("message 250")
        if fault and kind == "slow":
            await asyncio.sleep(fault.seconds)
        if kind == "lost_response":
            _transport(server).abort()
        return "250 OK: kept in the sandbox"


def _transport(server: SMTP) -> asyncio.WriteTransport:
    if not isinstance(server.transport, asyncio.WriteTransport):
        raise ConnectionError("the client is gone")
    return server.transport
