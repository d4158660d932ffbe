"""The whole way over real sockets: authorise, rule, event, message; mail through a server that checks everything."""

import os
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from hangarlink.integration.connections.actions import create_connection, disconnect
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.authorising import begin_authorisation, finish_authorisation
from hangarlink.integration.connections.oauth.models import Grant, Revocation
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.integration.connections.oauth.revoking import revoke
from hangarlink.integration.connections.proving import Credentials, Unproven
from hangarlink.integration.notifications.actions import add_rule, send_test
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.models import Entry, Message, State
from hangarlink.integration.notifications.sending import send_due
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.models import VaultEntry
from hangarlink.sandbox.mail import PASSWORD, USER, MailServer
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import CLIENT_ID, CLIENT_SECRET, SlackApp, Workspace
from tests.conftest import make_member
from tests.integration.conftest import Waits, add_ours
from tests.integration.sync.workers import Nursery


def authorise(account: Account, slack: Served[SlackApp], acting_user: Actor, **more: object) -> Connection:
    """To Slack's consent page, press Allow, and back with the code."""
    link = begin_authorisation(connector="slack", base_url=slack.url, acting_user=acting_user, **more)  # type: ignore[arg-type]
    with httpx2.Client(trust_env=False, verify=False) as browser:
        sent = browser.post(link, data={"answer": "allow"})
    back = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}
    return finish_authorisation(
        account, state=back.pop("state"), code=Secret(back.pop("code")), params=back, acting_user=acting_user
    )


def slack_app(*, rotates: bool = False) -> SlackApp:
    return SlackApp(Workspace(team_id=f"T{uuid4().hex[:10].upper()}", rotates=rotates))


@pytest.fixture
def rotating() -> Iterator[Served[SlackApp]]:
    with Served(slack_app(rotates=True)) as served:
        yield served


def test_slack_is_authorised_asks_for_little_and_rotates_its_tokens(
    acting: Account, acting_user: Actor, rotating: Served[SlackApp]
) -> None:
    set_partner_app(
        connector="slack", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=acting_user
    )
    connection = authorise(acting, rotating, acting_user)
    workspace = rotating.app.workspace
    assert set(workspace.tokens.values()) == {"chat:write,channels:read"}
    assert (connection.identity_key, connection.options["team_name"]) == (workspace.team_id, "Skyline Flight School")
    first = vault.reveal(connection, "access_token").reveal()
    add_rule(
        name="Defects", connection=connection, channel="C0DEFEC03", event_types=["defect.reported"],
        acting_user=acting_user,
    )  # fmt: skip
    aircraft = add_ours(acting_user, "OY-SKA")
    report_defect(aircraft, description="x", reported_at=timezone.now(), acting_user=acting_user)
    take_news(acting)
    workspace.expire()
    assert send_due(acting, connection.id, pace=Waits()) == 1, "refreshed once, then sent"
    assert vault.reveal(connection, "access_token").reveal() != first
    assert Grant.objects.get(connection=connection).serial == 2
    assert rotating.app.journal.methods().count("oauth.v2.access") == 2
    (sent,) = workspace.messages
    assert sent.channel == "C0DEFEC03"


def test_a_token_that_was_taken_back_stops_and_alerts(
    acting: Account, acting_user: Actor, rotating: Served[SlackApp]
) -> None:
    set_partner_app(
        connector="slack", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=acting_user
    )
    connection = authorise(acting, rotating, acting_user)
    rule = add_rule(
        name="Defects", connection=connection, channel="C0DEFEC03", event_types=["defect.reported"],
        acting_user=acting_user,
    )  # fmt: skip
    rotating.app.workspace.revoke()
    send_test(rule, acting_user=acting_user)
    assert send_due(acting, connection.id, pace=Waits()) == 0
    connection.refresh_from_db()
    assert connection.alert_code == "auth_failed"
    message = Message.objects.get()
    assert message.state == State.WAITING
    authorise(acting, rotating, acting_user, connection=connection)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert send_due(acting, connection.id, pace=Waits()) == 1
    connection.refresh_from_db()
    assert connection.alert_code == ""


def disconnected(acting: Account, acting_user: Actor, rotating: Served[SlackApp]) -> Revocation:
    """Authorised and disconnected again; what is left to be done for it."""
    set_partner_app(
        connector="slack", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=acting_user
    )
    connection = authorise(acting, rotating, acting_user)
    assert rotating.app.workspace.tokens
    disconnect(connection, acting_user=acting_user)
    assert "auth.revoke" not in rotating.app.journal.methods(), "no call inside the transaction"
    return Revocation.objects.get()


def test_disconnecting_slack_takes_its_token_back(
    acting: Account, acting_user: Actor, rotating: Served[SlackApp]
) -> None:
    row = disconnected(acting, acting_user, rotating)
    revoke(acting, row.id, Waits())
    assert rotating.app.journal.methods().count("auth.revoke") == 1
    assert rotating.app.workspace.tokens == {}
    assert not Revocation.objects.exists()
    assert not VaultEntry.objects.filter(owner_table="connection_revocation").exists()
    assert AuditEntry.objects.filter(action="revoked").exists()


@pytest.mark.parametrize(
    ("fault", "calls", "verb"),
    [
        ({"kind": "error", "error": "token_revoked"}, 1, "revoked"),
        ({"kind": "error", "error": "no_permission"}, 1, "not_revoked"),
        ({"kind": "server_error"}, 2, "revoked"),
        ({"kind": "server_error", "times": None}, 4, "not_revoked"),
        ({"kind": "wrong_types"}, None, None),
        ({"kind": "lost_response"}, 2, "revoked"),
    ],
)
def test_whatever_slack_says_to_that_the_token_is_forgotten_here(
    acting: Account, acting_user: Actor, rotating: Served[SlackApp], fault: dict[str, Any], calls: int | None, verb: str
) -> None:
    row = disconnected(acting, acting_user, rotating)
    rotating.app.faults.add(method="auth.revoke", **fault)
    revoke(acting, row.id, Waits())
    assert not Revocation.objects.exists()
    assert not VaultEntry.objects.filter(owner_table="connection_revocation").exists()
    if verb:
        assert rotating.app.journal.methods().count("auth.revoke") == calls
        assert AuditEntry.objects.filter(action=verb).exists()


# --- mail ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A server that wants STARTTLS and a password. Its certificate is trusted as an operator would: by the system."""
    with MailServer(starttls=True) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
        yield server


def connect_mail(mail: MailServer, acting_user: Actor, *, password: str = PASSWORD) -> Connection:
    access = {
        "host": mail.host,
        "port": str(mail.port),
        "security": "starttls",
        "username": USER,
        "sender": "Skyline Maintenance <mx@example.com>",
    }
    credentials = Credentials({"password": Secret(password)}, access)
    return create_connection(connector="email", credentials=credentials, acting_user=acting_user)


def test_a_digest_arrives_by_mail(acting: Account, acting_user: Actor, mail: MailServer) -> None:
    connection = connect_mail(mail, acting_user)
    add_rule(
        name="Every morning", connection=connection, channel="kim@example.com, ops@example.com", cadence="daily",
        event_types=["defect.reported"], acting_user=acting_user,
    )  # fmt: skip
    aircraft = add_ours(acting_user, "OY-SKA")
    for text in ("One", "Two"):
        report_defect(aircraft, description=text, reported_at=timezone.now(), acting_user=acting_user)
    take_news(acting)
    assert send_due(acting, connection.id, pace=Waits()) == 0
    with time_machine.travel(Message.objects.get().due_at + timedelta(seconds=1)):
        assert send_due(acting, connection.id, pace=Waits()) == 1
    (got,) = mail.messages
    assert got.encrypted
    assert got.user == USER
    assert got.recipients == ("kim@example.com", "ops@example.com")
    assert got.subject == "Skyline Flight School: 2 events, Every morning"
    assert len(re.findall(r"OY-SKA: defect \d+ reported", got.text)) == 2
    assert "http://demo.localhost:8000/" in got.text


@pytest.mark.parametrize("kind", ["greylist", "busy", "closing", "auth_later", "lost_response"])
def test_mail_that_is_put_off_comes_later_under_the_same_id(
    acting: Account, acting_user: Actor, mail: MailServer, kind: str
) -> None:
    connection = connect_mail(mail, acting_user)
    rule = add_rule(
        name="Test", connection=connection, channel="kim@example.com", event_types=["sync.failed"],
        acting_user=acting_user,
    )  # fmt: skip
    send_test(rule, acting_user=acting_user)
    mail.faults.add(kind, times=2)
    waits = Waits()
    assert send_due(acting, connection.id, pace=waits) == 1
    assert waits.seconds[:2] == [1.0, 2.0]
    assert len({got.message["Message-ID"] for got in mail.messages}) == 1


@pytest.mark.parametrize(("kind", "says"), [("unknown_recipient", "every recipient"), ("refused", "554")])
def test_mail_that_is_refused_for_good_is_said(
    acting: Account, acting_user: Actor, mail: MailServer, kind: str, says: str
) -> None:
    connection = connect_mail(mail, acting_user)
    rule = add_rule(
        name="Test", connection=connection, channel="kim@example.com", event_types=["sync.failed"],
        acting_user=acting_user,
    )  # fmt: skip
    send_test(rule, acting_user=acting_user)
    mail.faults.add(kind)
    assert send_due(acting, connection.id, pace=Waits()) == 0
    message = Message.objects.get()
    assert message.state == State.REFUSED
    assert says in message.note
    assert mail.messages == []


def test_credentials_of_mail_are_proven_before_they_are_kept(
    acting: Account, acting_user: Actor, mail: MailServer
) -> None:
    with pytest.raises(Unproven, match="user name or the password"):
        connect_mail(mail, acting_user, password="wrong")
    assert not Connection.objects.exists()
    assert mail.messages == []


# --- with real workers ---------------------------------------------------------------------------------------------


def test_workers_tell_within_moments_and_each_event_once(committed: None) -> None:
    """Commits for real, two workers, one of them killed on the way."""
    with Served(slack_app()) as slack, Nursery() as nursery:
        account = Account.objects.create(subdomain="demo", name="Skyline Flight School")
        admin = make_member(account, email="admin@example.com", role="Administrator")
        with acting_in(account):
            acting_user = admin.actor()
            set_partner_app(
                connector="slack", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=acting_user
            )
            aircraft = add_ours(acting_user, "OY-SKA")
        with acting_in(account):
            link_free = authorise(account, slack, acting_user)
            add_rule(
                name="Defects", connection=link_free, channel="C0DEFEC03", event_types=["defect.reported"],
                acting_user=acting_user,
            )  # fmt: skip
        first = nursery.start()
        for number in range(12):
            with acting_in(account):
                report_defect(
                    aircraft, description=f"Finding {number}", reported_at=timezone.now(), acting_user=acting_user
                )
            if number == 5:
                nursery.start()
                nursery.kill(first)
        for _ in range(600):
            if len({message.text.splitlines()[0] for message in slack.app.workspace.messages}) == 12:
                break
            time.sleep(0.1)
        told = [message.text.splitlines()[0] for message in slack.app.workspace.messages]
        assert len(set(told)) == 12, os.linesep.join(told)
        with acting_in(account):
            assert Entry.objects.count() == Message.objects.count() == 12
        connections.close_all()
