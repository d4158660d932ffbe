"""When a stream runs by itself: by the clock, at midnight over everything, or when something changes here."""

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from hangarlink.connectors.email import Email
from hangarlink.integration.connections.models import Stream
from hangarlink.integration.connections.schedules import NEWS_TASK, SCHEDULED_TASK, nudge, set_frequency
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.sync.tasks import run_news, run_scheduled
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, Trigger
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.models import Follower
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from tests.integration.book.conftest import IN, OUT, Desk, counts
from tests.integration.notifications.connecting import _connect


def set_to(desk: Desk, direction, frequency: str):  # type: ignore[no-untyped-def]
    desk.run(direction, dry_run=True)
    return set_frequency(desk.stream(direction), frequency, acting_user=desk.acting_user)


@pytest.mark.parametrize(
    ("frequency", "seconds"),
    [("real_time", 86400), ("hourly", 3600), ("six_hourly", 21600), ("daily", 86400), ("manual", None)],
)
def test_the_clock_of_each(desk: Desk, frequency: str, seconds: int | None) -> None:
    stream = set_to(desk, IN, frequency)
    assert (stream.frequency, stream.every_seconds) == (frequency, seconds)
    schedules = Schedule.objects.filter(task=SCHEDULED_TASK, subject_id=stream.id)
    assert list(schedules.values_list("every_seconds", flat=True)) == ([seconds] if seconds else [])
    if seconds == 86400:
        assert schedules.get().next_run_at.strftime("%H:%M:%S") == "00:00:00"
    desk.set(IN, is_enabled=False)
    assert not Schedule.objects.filter(task=SCHEDULED_TASK, subject_id=stream.id).exists()
    desk.set(IN, is_enabled=True)
    assert Schedule.objects.filter(task=SCHEDULED_TASK, subject_id=stream.id).exists() is bool(seconds)


def test_a_connector_says_which_of_them_it_offers(acting: Account, acting_user: Actor) -> None:
    mail = _connect(acting, Email.manifest, "Mail", "", "smtp.example")
    (stream,) = switch_on(mail, [Flow.MESSAGES], direction=OUT, acting_user=acting_user)
    Stream.objects.update(planned_at=timezone.now())
    for refused in ("hourly", "six_hourly", "daily"):
        with pytest.raises(RuleBroken, match=f"E-mail does not run {refused}. Choose real_time, manual") as error:
            set_frequency(stream, refused, acting_user=acting_user)
        assert error.value.field == "frequency"
    assert not Schedule.objects.filter(subject_id=stream.id).exists()
    assert set_frequency(stream, "real_time", acting_user=acting_user).frequency == "real_time"
    assert set_frequency(stream, "manual", acting_user=acting_user).frequency == "manual"


def test_nothing_is_scheduled_before_it_is_on_and_planned(desk: Desk) -> None:
    with pytest.raises(RuleBroken, match="dry run"):
        set_frequency(desk.stream(IN), "hourly", acting_user=desk.acting_user)
    desk.set(IN, is_enabled=False)
    with pytest.raises(RuleBroken, match=r"dry run|switched off"):
        set_frequency(desk.stream(IN), "hourly", acting_user=desk.acting_user)


@pytest.mark.parametrize(("frequency", "is_full"), [("hourly", False), ("daily", True), ("real_time", True)])
def test_at_midnight_everything_is_compared(desk: Desk, frequency: str, is_full: bool) -> None:
    stream = set_to(desk, IN, frequency)
    run_scheduled(desk.account, str(stream.id))
    run = SyncRun.objects.get(trigger=Trigger.SCHEDULE)
    assert run.options == ({"full": True} if is_full else {})
    desk.set(IN, is_enabled=False)
    SyncRun.objects.filter(pk=run.pk).delete()
    run_scheduled(desk.account, str(stream.id))
    assert not SyncRun.objects.filter(trigger=Trigger.SCHEDULE).exists()


def test_in_real_time_a_change_here_is_sent_and_an_echo_is_not(desk: Desk) -> None:
    set_to(desk, OUT, "real_time")
    assert Follower.objects.filter(task=NEWS_TASK).exists()
    desk.add("Kim")
    run_news(desk.account)
    run = SyncRun.objects.get(trigger=Trigger.EVENT)
    drain(desk.account, desk.connection.id, Means(desk.waits))
    assert desk.partner.content() == [("Kim", "")]
    desk.partner.put({"name": "Robin"})
    desk.pull()
    run_news(desk.account)
    assert SyncRun.objects.filter(trigger=Trigger.EVENT).count() == 1, "what came from the partner is not sent back"
    run.refresh_from_db()
    assert counts(run) == {"read": 1, "created": 1}
    set_frequency(desk.stream(OUT), "manual", acting_user=desk.acting_user)
    assert not Follower.objects.filter(task=NEWS_TASK).exists()


def test_a_nudge_is_one_job(desk: Desk) -> None:
    nudge(desk.stream(OUT))
    assert ProcrastinateJob.objects.filter(task_name=SCHEDULED_TASK).count() == 1
