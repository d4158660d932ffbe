"""The engine's side of the contract's Mailer: mail submission over a guarded connection, encrypted and checked."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from types import TracebackType
from typing import Any, Self, TypeVar

from hangarlink.integration.connections.keys import Keys
from hangarlink.integration.connections.repeating import Repeating
from hangarlink.integration.contract import (
    AuthFailed,
    DataError,
    Mail,
    PartnerError,
    Permanent,
    Sent,
    ServerTrouble,
    Transport,
    Unreachable,
)
from hangarlink.platform import outbound
from hangarlink.platform.outbound.sockets import cut_after, dial, is_opened, read_host
from hangarlink.platform.outbound.urls import Target

PORTS = frozenset({25, 465, 587})
LONGEST_ADDRESS = 254
MOST_RECIPIENTS = 100
_OURS = frozenset({"from", "sender", "to", "cc", "bcc", "subject", "date", "message-id"})
# Authentication required, mechanism too weak, encryption required for it. Source: RFC 4954, 6.
WANTS_CREDENTIALS = frozenset({530, 534, 538})
T = TypeVar("T")


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, and how."""

    target: Target
    security: str
    username: str
    sender: str


class MailLine:
    """One mail server and one user of it. Signs in when the first mail is sent; hang it up at the end.

    tls  trust in the server's certificate; tests bring an authority of their own, nothing switches it off
    """

    transport = Transport.MAIL

    def __init__(self, keys: Keys, repeating: Repeating, *, deadline: float, tls: ssl.SSLContext | None = None) -> None:
        self._keys, self._repeating, self._deadline = keys, repeating, deadline
        self._tls = tls
        self._session: _Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def __repr__(self) -> str:
        return "<MailLine>"

    def send(self, mail: Mail) -> Sent:
        message, recipients = written(mail, _server(self._keys.values()).sender)
        refused = self._repeating(lambda: self._in_session(lambda session: _hand_over(session, message, recipients)))
        return Sent(str(message["Message-ID"]), refused)

    def check(self) -> str:
        self._repeating(lambda: self._in_session(lambda session: session.noop()))
        server = _server(self._keys.values())
        return f"{server.username or server.sender}@{server.target.host}"

    def _in_session(self, work: Callable[[smtplib.SMTP], T]) -> T:
        """The work with a session that is signed in. Whatever fails, the next try begins with a new one."""
        if self._session is None:
            self._session = self._signed_in()
        try:
            with _explained(sent=True), cut_after(self._session.sock_here, self._deadline):
                return work(self._session)
        except PartnerError:
            self._hang_up()
            raise

    def _signed_in(self) -> "_Session":
        values = self._keys.values()
        server = _server(values)
        _check_encryption(server)
        with _explained(sent=False):
            connection = dial(server.target, seconds=self._deadline)
            with cut_after(connection, self._deadline):
                session = _Session(connection, server, self._tls or ssl.create_default_context(), self._deadline)
                try:
                    if server.username:
                        session.sign_in(server.username, values.get("password", ""))
                except BaseException:
                    session.close()
                    raise
        return session

    def _hang_up(self) -> None:
        if self._session is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._session.close()
            self._session = None


class _Session(smtplib.SMTP):
    """smtplib's client on a connection that was dialled by us."""

    def __init__(self, connection: socket.socket, server: Server, tls: ssl.SSLContext, timeout: float) -> None:
        super().__init__(local_hostname="hangarlink.invalid", timeout=timeout)
        self._host = server.target.host
        connection.settimeout(timeout)
        if server.security == "tls":
            connection = tls.wrap_socket(connection, server_hostname=server.target.host)
        self.sock = self.sock_here = connection
        code, text = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        self.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            self.starttls(context=tls)
            self.sock_here = self.sock or connection
            self.ehlo_or_helo_if_needed()

    def sign_in(self, username: str, password: str) -> None:
        """One try with one mechanism: smtplib's own `login` tries them all, and a wrong password locks an account."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        self.user, self.password = username, password
        for mechanism, answer in (("PLAIN", self.auth_plain), ("LOGIN", self.auth_login)):
            if mechanism in offered:
                self.auth(mechanism, answer)
                return
        raise smtplib.SMTPNotSupportedError("signing in with PLAIN or LOGIN")


def written(mail: Mail, sender: str) -> tuple[EmailMessage, list[str]]:
    """The message as it goes out, and to whom. Raises DataError for what cannot be mail: line breaks in a header."""
    recipients = [_address(one) for one in mail.to]
    if not 0 < len(recipients) <= MOST_RECIPIENTS:
        raise DataError(f"A mail needs 1 to {MOST_RECIPIENTS} recipients, not {len(recipients)}.")
    message = EmailMessage(policy=SMTP)
    headers = {
        "From": sender,
        "To": ", ".join(recipients),
        "Subject": mail.subject,
        "Date": formatdate(),
        "Message-ID": mail.message_id or make_msgid(domain=sender.rpartition("@")[2].strip(">") or None),
        **mail.headers,
    }
    if taken := sorted({name.lower() for name in mail.headers} & _OURS):
        raise DataError(f"The header {taken[0]} is not a connector's to set.")
    try:
        for name, value in headers.items():
            if any(one in f"{name}{value}" for one in "\r\n\0"):
                raise DataError(f"The header {name[:40]!r} holds a line break.")
            message[name] = value
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
    except (ValueError, MessageError, HeaderParseError, UnicodeError) as error:
        raise DataError(f"This cannot be sent as mail: {type(error).__name__}.") from None
    return message, recipients


def _hand_over(session: smtplib.SMTP, message: EmailMessage, recipients: list[str]) -> Mapping[str, str]:
    """Recipients that the server refuses for good. One that it refuses for now makes the whole mail come again later,
    under the same Message-ID."""
    sender = parseaddr(str(message["From"]))[1]
    refused = session.send_message(message, from_addr=sender, to_addrs=recipients)
    return {address: _said(*reply) for address, reply in refused.items()}


def _server(values: Mapping[str, Any]) -> Server:
    try:
        port = int(values.get("port") or 587)
    except ValueError:
        raise DataError(f"The port {values.get('port')!r} is no number.") from None
    try:
        target = read_host(str(values.get("host", "")), port, scheme="smtp", ports=PORTS)
    except outbound.UrlRefused as error:
        raise Permanent(str(error)) from None
    sender = str(values.get("sender", ""))
    _address(parseaddr(sender)[1])
    return Server(target, str(values.get("security") or "starttls"), str(values.get("username", "")), sender)


def _check_encryption(server: Server) -> None:
    """Unencrypted mail stays on the operator's own site, and carries no password."""
    if server.security in {"starttls", "tls"}:
        return
    if server.username:
        raise Permanent("A password is not sent without encryption. Choose STARTTLS or TLS.")
    if not is_opened(server.target, seconds=5.0):
        raise Permanent("Mail leaves unencrypted only to servers that this installation's operator opened.")


def _address(text: str) -> str:
    """A plain address. Raises DataError for a name, a list, or anything that a header could break on."""
    try:
        address = Address(addr_spec=text)
        address.addr_spec.encode("ascii")
        well_formed = bool(address.username and address.domain) and len(text) <= LONGEST_ADDRESS
    except (ValueError, HeaderParseError, IndexError, UnicodeError):
        well_formed = False
    if not well_formed or any(one in text for one in "\r\n\0 ,;<>"):
        raise DataError(f"{text[:60]!r} is not a mail address.")
    return text


@contextlib.contextmanager
def _explained(*, sent: bool) -> Iterator[None]:
    """smtplib's and the socket's failures in the contract's words. Source of the codes: RFC 5321, 4.2; RFC 4954."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        detail = _said(error.smtp_code, error.smtp_error)
        if 400 <= error.smtp_code < 500:
            raise ServerTrouble("The mail server cannot check the password just now.", detail=detail) from None
        raise AuthFailed("The mail server refuses the user name or the password.", detail=detail) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _all_refused(error.recipients) from None
    except smtplib.SMTPResponseException as error:
        detail = _said(error.smtp_code, error.smtp_error)
        if 400 <= error.smtp_code < 500:
            raise ServerTrouble(f"The mail server puts the mail off ({error.smtp_code}).", detail=detail) from None
        if error.smtp_code in WANTS_CREDENTIALS:
            raise AuthFailed("The mail server asks for a user name and a password.", detail=detail) from None
        raise DataError(f"The mail server refuses the mail ({error.smtp_code}).", detail=detail) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Permanent(f"The mail server does not offer what is needed: {error}") from None
    except ssl.SSLCertVerificationError as error:
        raise Permanent(f"The mail server's certificate is not trusted: {error.verify_message}.") from None
    except outbound.UrlRefused as error:
        raise Permanent(str(error)) from None
    except outbound.OutboundError as error:
        raise Unreachable(str(error), may_have_arrived=False) from None
    except (smtplib.SMTPServerDisconnected, OSError, EOFError) as error:
        raise Unreachable("The mail server broke off.", detail=type(error).__name__, may_have_arrived=sent) from None


def _all_refused(recipients: Mapping[str, tuple[int, bytes]]) -> PartnerError:
    detail = "; ".join(f"{address}: {_said(*reply)}" for address, reply in recipients.items())
    if any(400 <= code < 500 for code, _ in recipients.values()):
        return ServerTrouble("The mail server puts every recipient off.", detail=detail)
    return DataError("The mail server refuses every recipient.", detail=detail)


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())[:200]}"
