"""What the partner may do instead of taking a message: every row of the retry table, and none of it blocks anybody."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from hangarlink.integration.connections.actions import pause_connection, resume_connection
from hangarlink.integration.connections.models import Stream
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.models import Message, State
from hangarlink.integration.notifications.rules import LONGEST
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.jobs.models import Schedule
from tests.integration.notifications.conftest import Post

POST = "chat.postMessage"


@pytest.fixture
def waiting(post: Post) -> Post:
    """A message is ready to go."""
    post.rule()
    post.report()
    take_news(post.account)
    return post


def later(post: Post, **by: float) -> int:
    with time_machine.travel(timezone.now() + timedelta(**by)):
        return post.send()


@pytest.mark.parametrize("kind", ["server_error", "dropped", "html", "malformed_json", "wrong_types"])
def test_three_repeats_within_the_call(waiting: Post, kind: str) -> None:
    waiting.slack.app.faults.add(kind, times=3, method=POST)
    assert waiting.send() == 1
    assert waiting.waits.seconds == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("kind", ["server_error", "dropped"])
def test_a_partner_that_stays_down(waiting: Post, kind: str) -> None:
    waiting.slack.app.faults.add(kind, times=None, method=POST)
    assert waiting.send() == 0
    message = waiting.only_message()
    assert (message.state, message.attempts) == (State.WAITING, 1)
    assert message.note
    assert Schedule.objects.get(subject_id=waiting.connection.id).every_seconds == 60
    assert waiting.send() == 0, "not before its time"
    waiting.slack.app.faults.clear()
    assert later(waiting, minutes=20) == 1
    assert len(waiting.texts) == 1


def test_nobody_is_told_of_the_first_outage_but_of_the_third(waiting: Post) -> None:
    waiting.slack.app.faults.add("dropped", times=None, method=POST)
    for hours in (0, 1, 2):
        assert not OutboxEvent.objects.filter(type="connection.alerted").exists()
        later(waiting, hours=hours)
    assert OutboxEvent.objects.filter(type="connection.alerted").count() == 1
    waiting.slack.app.faults.clear()
    assert later(waiting, hours=6) == 1
    assert OutboxEvent.objects.filter(type="connection.recovered").count() == 1


def test_after_days_it_is_given_up_and_said(waiting: Post) -> None:
    waiting.slack.app.faults.add("server_error", times=None, method=POST)
    waiting.send()
    later(waiting, hours=LONGEST.total_seconds() / 3600 + 1)
    message = waiting.only_message()
    assert message.state == State.REFUSED
    assert message.code == "server_trouble"
    assert not Schedule.objects.filter(subject_id=waiting.connection.id).exists()


def test_a_rate_limit_is_obeyed(waiting: Post) -> None:
    waiting.slack.app.faults.add("rate_limited", method=POST, retry_after=7)
    assert waiting.send() == 1
    assert waiting.waits.seconds[0] == 7.0


def test_a_long_rate_limit_puts_it_off_without_blame(waiting: Post) -> None:
    waiting.slack.app.faults.add("rate_limited", method=POST, retry_after=600)
    assert waiting.send() == 0
    message = waiting.only_message()
    assert (message.state, message.attempts, message.is_unsure) == (State.WAITING, 0, False)
    assert not OutboxEvent.objects.filter(type="connection.alerted").exists()
    assert later(waiting, seconds=599) == 0
    assert waiting.slack.app.journal.methods() == [POST], "it was asked once and left alone"


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
def test_refused_credentials_alert_at_once_and_lose_nothing(waiting: Post, error: str) -> None:
    waiting.slack.app.faults.add("error", error=error, method=POST)
    assert waiting.send() == 0
    assert OutboxEvent.objects.get(type="connection.alerted").data["code"] == "auth_failed"
    assert waiting.only_message().state == State.WAITING
    assert later(waiting, hours=1) == 1


@pytest.mark.parametrize(
    ("channel", "says"),
    [("C0GENER04", "Invite it"), ("C0OLDAR05", "archived"), ("C0NOWHERE1", "knows no such channel")],
)
def test_a_channel_that_refuses_is_said_and_not_repeated(post: Post, channel: str, says: str) -> None:
    post.rule(channel=channel)
    post.rule("Fine", channel="C0MAINT01")
    post.report()
    assert post.tell() == 1, "the other message of the batch arrives"
    refused = Message.objects.get(state=State.REFUSED)
    assert says in refused.note
    assert post.waits.seconds == []


def test_a_lost_answer_is_repeated_rather_than_lost(waiting: Post) -> None:
    """Slack has no idempotency key: twice is the price of never not at all, and the row says so."""
    waiting.slack.app.faults.add("lost_response", method=POST)
    assert waiting.send() == 1
    assert len(waiting.texts) == 2
    assert waiting.only_message().state == State.SENT


def test_a_worker_killed_while_sending_is_taken_over(waiting: Post) -> None:
    from hangarlink.integration.notifications.sending import _claim

    batch = _claim(waiting.account, waiting.connection.id)
    assert batch is not None
    assert not batch.changes[0].is_repeat
    assert waiting.send() == 0, "somebody may be at it"
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        again = _claim(waiting.account, waiting.connection.id)
    assert again is not None
    assert (again.changes[0].key, again.changes[0].is_repeat) == (batch.changes[0].key, True)


def test_nothing_moves_while_paused_or_switched_off(waiting: Post) -> None:
    pause_connection(waiting.connection, acting_user=waiting.acting_user)
    assert waiting.send() == 0
    resume_connection(waiting.connection, acting_user=waiting.acting_user)
    Stream.objects.filter(connection=waiting.connection).update(is_enabled=False)
    assert waiting.send() == 0
    assert waiting.slack.app.journal.methods() == [], "not a single call"
    Stream.objects.filter(connection=waiting.connection).update(is_enabled=True)
    assert waiting.send() == 1


def test_the_token_is_in_no_row_and_no_note(waiting: Post) -> None:
    token = next(iter(waiting.workspace.tokens))
    waiting.slack.app.faults.add("server_error", times=None, method=POST)
    waiting.send()
    assert token not in str(list(Message.objects.values()))


def test_what_waited_goes_on_when_the_connection_is_resumed(waiting: Post) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    pause_connection(waiting.connection, acting_user=waiting.acting_user)
    take_news(waiting.account)
    waiting.send()
    assert not Schedule.objects.filter(subject_id=waiting.connection.id).exists(), "a paused connection costs nothing"
    ProcrastinateJob.objects.filter(task_name="notifications.send").delete()
    resume_connection(waiting.connection, acting_user=waiting.acting_user)
    take_news(waiting.account)
    assert ProcrastinateJob.objects.filter(task_name="notifications.send").count() == 1
    assert waiting.send() == 1


def test_what_waited_for_a_connection_that_is_gone_is_given_up(waiting: Post) -> None:
    from hangarlink.integration.connections.actions import disconnect

    disconnect(waiting.connection, acting_user=waiting.acting_user)
    take_news(waiting.account)
    message = waiting.only_message()
    assert (message.state, message.code) == (State.REFUSED, "disconnected")


def test_the_log_counts_what_was_sent_refused_and_waits(post: Post) -> None:
    from hangarlink.integration.synclog.models import SyncRun
    from hangarlink.platform.audit.models import AuditEntry

    for name, channel in (("Good", "C0MAINT01"), ("Archived", "C0OLDAR05"), ("Other", "C0DISPA02")):
        post.rule(name, channel=channel)
    post.report()
    post.slack.app.faults.add("error", error="token_revoked", skip=2, method=POST, times=None)
    assert post.tell() == 1
    run = SyncRun.objects.get()
    assert (run.flow, run.direction, run.state, run.code) == ("messages", "out", "partial", "auth_failed")
    assert (run.created, run.rejected, run.failed) == (1, 1, 1)
    assert run.summary.startswith("1 sent, 1 not taken, 1 wait.")
    assert AuditEntry.objects.get(action="synced").new["created"] == 1
    assert not OutboxEvent.objects.filter(type__startswith="sync.").exists(), "no rule tells of its own messages"
