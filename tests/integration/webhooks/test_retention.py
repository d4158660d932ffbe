"""Old events go, once nobody needs them: not a follower, not an endpoint, not a message that waits."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from hangarlink.integration.notifications.models import Entry, Message, Rule
from hangarlink.integration.webhooks.actions import IssuedSecret, pause_endpoint, resume_endpoint
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.platform.events import retention
from hangarlink.platform.events.following import follow, take
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.jobs.queue import TASKS
from hangarlink.platform.jobs.schedules import schedule_daily
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.integration.webhooks.conftest import hook, pump, receiver, report_defects
from tests.integration.webhooks.receiver import Receiver

__all__ = ["hook", "receiver"]
OLD = timedelta(days=401)


def age(by: timedelta = OLD) -> None:
    OutboxEvent.objects.update(at=timezone.now() - by)


def tidy(account: Account) -> None:
    TASKS["events.tidy"](account, subject_id=str(account.id))


def left() -> set[UUID]:
    """The defects of whose events there are still rows."""
    rows = OutboxEvent.objects.filter(type="defect.reported")
    return {UUID(str(data["defect_id"])) for data in rows.values_list("data", flat=True)}


def test_old_ones_go_and_young_ones_stay(acting: Account) -> None:
    report_defects(3)
    age()
    young = report_defects(2)
    tidy(acting)
    assert left() == {fact.defect_id for fact in young}


def test_the_operator_says_how_old(acting: Account, settings: Any) -> None:
    report_defects()
    age(timedelta(days=11))
    tidy(acting)
    assert len(left()) == 1
    settings.HANGARLINK_EVENT_DAYS = 10
    tidy(acting)
    assert left() == set()


@pytest.mark.parametrize("days", [0, -5])
def test_a_setting_of_no_days_does_not_take_todays(acting: Account, settings: Any, days: int) -> None:
    settings.HANGARLINK_EVENT_DAYS = days
    report_defects()
    tidy(acting)
    assert len(left()) == 1


def test_what_a_follower_has_not_taken_stays(acting: Account) -> None:
    follow("integration.news")
    report_defects(2)
    age()
    tidy(acting)
    assert len(left()) == 2
    assert len(take("integration.news", limit=10)) >= 2
    tidy(acting)
    assert left() == set()


def test_what_the_log_of_an_endpoint_shows_stays(acting: Account, hook: IssuedSecret, receiver: Receiver) -> None:
    report_defects(2)
    pump(acting)
    age()
    tidy(acting)
    assert len(receiver.messages) == len(left()) == 2
    Delivery.objects.all()[0].delete()
    tidy(acting)
    assert len(left()) == 1


def test_what_a_paused_endpoint_missed_stays_until_it_is_resumed(
    acting: Account, hook: IssuedSecret, receiver: Receiver
) -> None:
    before = report_defects()
    pump(acting)
    Delivery.objects.all().delete()
    age(OLD + timedelta(days=1))
    pause_endpoint(hook.endpoint, acting_user=SYSTEM)
    long_ago = timezone.now() - OLD
    Endpoint.objects.update(missed_since=long_ago, created_at=long_ago - timedelta(days=9))
    missed = report_defects(2)
    OutboxEvent.objects.filter(at__gte=timezone.now() - timedelta(days=1)).update(at=timezone.now() - OLD)
    pump(acting)
    Delivery.objects.all().delete()
    tidy(acting)
    assert left() == {fact.defect_id for fact in missed}
    assert not left() & {fact.defect_id for fact in before}
    resume_endpoint(hook.endpoint, acting_user=SYSTEM)
    pump(acting)
    told = {message.body["data"].get("defect_id") for message in receiver.messages}
    assert {str(fact.defect_id) for fact in missed} <= told


def test_what_a_waiting_message_is_made_of_stays(acting: Account) -> None:
    report_defects(2)
    age()
    event = OutboxEvent.objects.filter(type="defect.reported").order_by("id")[0]
    rule = Rule.objects.create(
        account=acting, name="Rule", connection_id=acting.id, channel="x", channel_name="x", cadence="daily",
        event_types=["defect.reported"],
    )  # fmt: skip
    now = timezone.now()
    message = Message.objects.create(
        account=acting, rule=rule, connection_id=acting.id, kind="digest", due_at=now, not_before=now
    )
    Entry.objects.create(account=acting, message=message, rule=rule, event_id=event.id)
    with connection.cursor() as cursor:
        # The rule's connection is invented.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    tidy(acting)
    assert left() == {UUID(str(event.data["defect_id"]))}
    Message.objects.update(state="sent")
    tidy(acting)
    assert left() == set()
    Entry.objects.all().delete()
    Message.objects.all().delete()
    Rule.objects.all().delete()


def test_it_goes_on_beyond_one_slice(acting: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SLICE", 4)
    report_defects(10)
    age()
    count = OutboxEvent.objects.count()
    assert retention.remove_old_events(acting, timezone.now() - timedelta(days=400)) == count
    assert left() == set()


def test_other_accounts_events_stay(account: Account, other_account: Account) -> None:
    for one in (account, other_account):
        with acting_in(one):
            report_defects()
            age()
    tidy(account)
    with acting_in(other_account):
        assert len(left()) == 1
    with acting_in(account):
        assert left() == set()


def test_every_account_has_it_once_a_day(account: Account, other_account: Account) -> None:
    schedule_daily([account])
    assert schedule_daily() >= 1
    assert schedule_daily() == 0
    rows = Schedule.objects.filter(task="events.tidy")
    assert sorted(row.account.subdomain for row in rows) == ["demo", "other"]
    assert {row.every_seconds for row in rows} == {24 * 3600}
    assert {(row.next_run_at.hour, row.next_run_at.minute) for row in rows} == {(0, 0)}
