"""Canaries: what must never get out is planted everywhere, everything is made to happen, and every place is searched.

Secrets (keys, tokens, the app's secret, mail password) may stand nowhere but sealed in the vault. Personal data may
stand in its own tables, and never in events, in what leaves as a webhook, in logs, or in the rows of the hub.
"""

import io
import logging
import os
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
import structlog
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.integration.connections.proving import Credentials, Unproven
from hangarlink.integration.notifications.actions import add_rule, send_test
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.sending import send_due
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.operations.customers.actions import add_customer
from hangarlink.platform.people.middleware import ACCOUNT_KEY
from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from hangarlink.sandbox.mail import MailServer
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import CLIENT_ID, CLIENT_SECRET, SlackApp, Workspace
from tests.conftest import make_member
from tests.integration.conftest import Waits, add_ours
from tests.integration.notifications.test_end_to_end import authorise

MAIL_SECRET = "canary-mail-password-7b1f"
WRONG_SECRET = "canary-typed-and-refused-2c9d"
PERSON = "Canary Birdwatcher"
ADDRESS = "canary.birdwatcher@example.com"
TYPED = "canary free text 5e77"


class Told(logging.Handler):
    """Every line that the program logs, as it is written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        root = logging.getLogger().handlers
        formatter = next((one.formatter for one in root if one.formatter), None)
        self.text.write((formatter or logging.Formatter()).format(record) + "\n")


@pytest.fixture
def told() -> Iterator[Told]:
    handler = Told()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def plain_static_files(settings: object) -> None:
    storages = {**django_settings.STORAGES}
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages  # type: ignore[attr-defined]
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True  # type: ignore[attr-defined]


def dumped() -> dict[str, str]:
    """Every table as COPY writes it, read as the owner, past all walls."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        tables = [name for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = {}
        for table in tables:
            with owner.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:  # type: ignore[arg-type]
                found[str(table)] = b"".join(bytes(part) for part in copy).decode("utf-8", "replace")
        return found


def holding(text: str, dump: dict[str, str]) -> set[str]:
    return {table for table, rows in dump.items() if text in rows}


def browse(member: Membership, paths: list[str]) -> dict[str, str]:
    client = Client(headers={"host": "demo.localhost"}, raise_request_exception=False)
    client.force_login(member.user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[ACCOUNT_KEY] = str(member.account_id)
    session.save()
    answers = {path: client.get(path) for path in paths}
    assert {path: one.status_code for path, one in answers.items()} == dict.fromkeys(paths, 200)
    return {path: one.text for path, one in answers.items()}


def test_canaries_stay_in_their_cage(
    committed: None, told: Told, plain_static_files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account.objects.create(subdomain="demo", name="Skyline Flight School")
    admin = make_member(account, email="admin@example.com", role="Administrator")
    with acting_in(account):
        me = admin.actor()
        aircraft = add_ours(me, "OY-SKA")
        User.objects.filter(pk=make_member(account, "fleet.view", email=ADDRESS).user_id).update(name=PERSON)
        set_partner_app(connector="slack", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=me)
    with (
        Served(SlackApp(Workspace(rotates=True))) as slack,
        MailServer(starttls=True, password=MAIL_SECRET) as mail,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(mail.ca_file))
        with acting_in(account):
            chat = authorise(account, slack, me)
            post = connected_mail(mail, MAIL_SECRET, me)
            with pytest.raises(Unproven):
                connected_mail(mail, WRONG_SECRET, me)
        happen(account, aircraft, chat, post, admin, slack, mail)
        with acting_in(account):
            secrets = {
                "slack access token": vault.reveal(chat, "access_token").reveal(),
                "slack refresh token": vault.reveal(chat, "refresh_token").reveal(),
                "slack app secret": CLIENT_SECRET,
                "mail password": MAIL_SECRET,
                "refused password": WRONG_SECRET,
            }
        secrets |= {f"token {number}": token for number, token in enumerate(slack.app.workspace.tokens)}
    pages = browse(admin, places(chat, post))
    connections.close_all()
    dump, logs = dumped(), told.text.getvalue()
    assert "messages_not_sent" in logs
    assert "broken on purpose" in logs
    for name, secret in secrets.items():
        assert holding(secret, dump) == set(), name
        assert secret not in logs, name
        assert [path for path, text in pages.items() if secret in text] == [], name
    for name in (PERSON, ADDRESS, TYPED):
        assert name not in logs
        hub = {table for table in dump if table.startswith(("outbox", "webhook", "notification_", "alert", "sync_"))}
        allowed = {"notification_rule"} if name == ADDRESS else set()
        assert holding(name, dump) & hub <= allowed
    assert holding(PERSON, dump), "the search finds what is there"


def connected_mail(mail: MailServer, password: str, acting_user: object) -> Connection:
    access = {
        "host": mail.host,
        "port": str(mail.port),
        "security": "starttls",
        "username": "hangarlink@example.com",
        "sender": "mx@example.com",
    }
    credentials = Credentials({"password": Secret(password)}, access)
    return create_connection(connector="email", credentials=credentials, acting_user=acting_user)  # type: ignore[arg-type]


def happen(
    account: Account,
    aircraft: Aircraft,
    chat: Connection,
    post: Connection,
    admin: Membership,
    slack: Served[SlackApp],
    mail: MailServer,
) -> None:
    """Everything that could let one out: messages sent and refused, tokens renewed and taken back, failures told."""
    with acting_in(account):
        me = admin.actor()
        rules = [
            add_rule(
                name="Chat", connection=chat, channel="C0DEFEC03", event_types=["defect.reported"], acting_user=me
            ),
            add_rule(name="Post", connection=post, channel=ADDRESS, event_types=["defect.reported"], acting_user=me),
        ]
        add_customer(name=PERSON, email=ADDRESS, note=TYPED, acting_user=me)
        report_defect(
            aircraft,
            description=TYPED,
            reported_at=timezone.now() - timedelta(hours=1),
            reported_by=PERSON,
            acting_user=me,
        )
    take_news(account)
    slack.app.workspace.expire()
    mail.faults.add("lost_response")
    for connection in (chat, post):
        send_due(account, connection.id, pace=Waits())
    for fault in ("html", "error", "server_error"):
        slack.app.faults.add(fault, times=5, error="token_revoked")
    mail.faults.add("bad_credentials", times=None)
    with acting_in(account):
        for rule in rules:
            send_test(rule, acting_user=me)
    for connection in (chat, post):
        send_due(account, connection.id, pace=Waits())
    # A fault of our own, with everything in scope: the error report must not hold it.
    log = structlog.get_logger("hangarlink.canary")
    try:
        raise RuntimeError("broken on purpose")
    except RuntimeError:
        log.exception("broke", password=MAIL_SECRET, email=ADDRESS, authorization=f"Bearer {MAIL_SECRET}")


def places(chat: Connection, post: Connection) -> list[str]:
    where = "/ops/settings/integrations/connections"
    return [
        "/notifications/",
        "/alerts/",
        "/sync-logs/",
        "/audit/",
        "/ops/settings/integrations/",
        *(f"{where}/{one.pk}/{page}" for one in (chat, post) for page in ("", "settings/")),
    ]
