"""Once per incident, to those who can mend it and want to hear it; with a word when it is over."""

import re
from smtplib import SMTPServerDisconnected
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from hangarlink.integration.alerts.actions import choose, clear_alerts, raise_alert
from hangarlink.integration.alerts.models import Alert, AlertMail
from hangarlink.integration.alerts.rules import Kind
from hangarlink.integration.alerts.tasks import send_alert_mails
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member

SUBJECT = uuid4()


def raised(code: str = "auth_failed", **given: Any) -> Alert:
    given = {
        "label": "Skyline FlightLogger",
        "message": "The partner refuses the credentials.",
        "permission": "integrations.edit",
        **given,
    }
    return raise_alert(Kind.CONNECTION, SUBJECT, code=code, **given)


@pytest.fixture(autouse=True)
def people(acting: Account, admin: Membership) -> None:
    make_member(acting, "integrations.view", email="viewer@example.com", role="Viewer")


def told() -> list[tuple[str, str]]:
    return [(message.to[0], message.subject) for message in mail.outbox]


def test_those_who_can_mend_it_are_told_once(acting: Account) -> None:
    for _ in range(4):
        raised()
    send_alert_mails(acting)
    send_alert_mails(acting)
    assert told() == [("admin@example.com", "Look: Skyline FlightLogger (Skyline Flight School)")]
    body = mail.outbox[0].body
    assert "What to do: Open the connection and authorise it again" in body
    assert "http://demo.localhost:8000/alerts/" in body
    assert Alert.objects.get().occurrences == 4


def test_and_once_more_when_it_is_over(acting: Account) -> None:
    raised()
    send_alert_mails(acting)
    assert clear_alerts(SUBJECT) == 1
    assert clear_alerts(SUBJECT) == 0
    send_alert_mails(acting)
    assert [subject.partition(":")[0] for _, subject in told()] == ["Look", "Over"]
    raised()
    send_alert_mails(acting)
    assert len(told()) == 3, "a new incident is news"


def test_what_was_over_before_anybody_was_told_is_no_news(acting: Account) -> None:
    raised()
    clear_alerts(SUBJECT)
    send_alert_mails(acting)
    assert told() == []
    assert Alert.objects.get().closed_at is not None


def test_another_trouble_of_the_same_thing_is_told(acting: Account) -> None:
    raised()
    raised("server_trouble")
    send_alert_mails(acting)
    assert len(told()) == 2
    assert clear_alerts(SUBJECT, codes=["server_trouble"]) == 1


def test_a_thing_that_is_gone_works_no_more(acting: Account) -> None:
    raised()
    send_alert_mails(acting)
    clear_alerts(SUBJECT, works_again=False)
    send_alert_mails(acting)
    assert len(told()) == 1


def test_who_said_no_is_not_told(acting: Account, admin: Membership) -> None:
    choose(admin, by_mail=False, acting_user=admin.actor())
    raised()
    send_alert_mails(acting)
    assert told() == []
    choose(admin, by_mail=True, acting_user=admin.actor())
    raised("server_trouble")
    send_alert_mails(acting)
    assert len(told()) == 1


def test_nobody_chooses_for_another(acting: Account, admin: Membership) -> None:
    other = make_member(acting, "integrations.edit", email="other@example.com", role="Other")
    with pytest.raises(RuntimeError):
        choose(admin, by_mail=False, acting_user=other.actor())


def test_a_mail_server_that_is_down_is_tried_again(acting: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    raised()

    def down(self: EmailBackend, messages: object) -> int:
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", down)
        send_alert_mails(acting)
    assert AlertMail.objects.filter(sent_at=None).count() == 1
    assert Schedule.objects.get(task="alerts.mail").every_seconds == 300
    send_alert_mails(acting)
    assert len(told()) == 1
    assert not Schedule.objects.filter(task="alerts.mail").exists()


def test_without_a_mail_server_there_is_the_page(acting: Account, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    raised()
    assert Alert.objects.count() == 1
    assert not AlertMail.objects.exists()


def test_a_name_with_a_line_break_makes_no_header(acting: Account) -> None:
    raised(label="Fly\nBcc: everybody@example.com")
    send_alert_mails(acting)
    assert "Bcc" not in mail.outbox[0].extra_headers
    assert not re.search(r"[\r\n]", mail.outbox[0].subject)


def test_a_connections_failures_open_and_close_one(acting: Account, admin: Membership) -> None:
    from hangarlink.integration.connections.health import note_failure, note_success
    from hangarlink.integration.connections.models import Connection
    from hangarlink.integration.contract import AuthFailed, ServerTrouble

    connection = Connection.objects.create(
        account=acting, connector="flightlogger", name="Skyline", identity_key="s", identity_name="Skyline"
    )
    for _ in range(3):
        note_failure(connection, AuthFailed("The partner refuses the credentials."))
    note_failure(connection, ServerTrouble("The partner fails."))
    assert sorted(Alert.objects.values_list("code", "occurrences")) == [("auth_failed", 3), ("server_trouble", 1)]
    note_success(connection)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_the_brake_on_deletions_tells_somebody_until_it_is_decided(acting: Account, admin: Membership) -> None:
    from hangarlink.integration.conflicts.actions import decide_review, keep_clashes
    from hangarlink.integration.connections.models import Connection
    from hangarlink.integration.contract import Dataset
    from hangarlink.integration.datasets.choosing import Choice
    from hangarlink.integration.datasets.outcome import Clash
    from hangarlink.platform.people.permissions import SYSTEM

    connection = Connection.objects.create(
        account=acting, connector="quickbooks", name="Books", identity_key="r", identity_name="Skyline"
    )
    clash = Clash(None, Choice.REVIEW, "30 customers", gone=30)
    (review,) = keep_clashes(connection, Dataset.CUSTOMERS, [clash], run_id=None, acting_user=SYSTEM)
    alert = Alert.objects.get()
    assert (alert.code, alert.label) == ("mass_deletion", "Books: customers")
    assert "30 records" in alert.message
    send_alert_mails(acting)
    assert len(told()) == 1
    decide_review(review, "ours", acting_user=admin.actor())
    assert Alert.objects.get().closed_at is not None


def test_a_webhook_endpoint_that_was_stopped(acting: Account, admin: Membership) -> None:
    from hangarlink.integration.webhooks.actions import create_endpoint, resume_endpoint, stop_endpoint
    from hangarlink.integration.webhooks.vocabulary import StopCode

    endpoint = create_endpoint(
        url="http://127.0.0.1:9999/secret-path", description="Dispatch", acting_user=admin.actor()
    ).endpoint
    stop_endpoint(endpoint, StopCode.DEAD)
    alert = Alert.objects.get()
    assert (alert.code, alert.label, alert.permission) == ("endpoint_dead", "Webhook Dispatch", "webhooks.manage")
    assert "secret-path" not in alert.label + alert.message
    resume_endpoint(endpoint, acting_user=admin.actor())
    assert Alert.objects.get().closed_at is not None
