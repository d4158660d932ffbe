"""Schedules fire once per due instant, also when nobody looked for days."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from hangarlink.platform.jobs import queue
from hangarlink.platform.jobs.models import Firing, Schedule
from hangarlink.platform.jobs.schedules import fire_due, following, set_schedule
from hangarlink.platform.tenancy.models import Account

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def task(monkeypatch: pytest.MonkeyPatch) -> None:
    if "test.pump" not in queue.TASKS:
        queue.task("test.pump")(lambda account, subject_id: None)


@pytest.mark.parametrize(
    ("every", "now", "expected"),
    [
        (3600, MIDNIGHT, MIDNIGHT + timedelta(hours=1)),
        (3600, MIDNIGHT + timedelta(minutes=59, seconds=59), MIDNIGHT + timedelta(hours=1)),
        (6 * 3600, MIDNIGHT + timedelta(hours=7), MIDNIGHT + timedelta(hours=12)),
        (24 * 3600, MIDNIGHT + timedelta(hours=7), MIDNIGHT + timedelta(days=1)),
    ],
)
def test_the_grid_starts_at_midnight_utc(every: int, now: datetime, expected: datetime) -> None:
    assert following(every, now) == expected


@given(st.integers(60, 10**6), st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_the_next_instant_is_later_and_at_most_one_period_away(every: int, now: datetime) -> None:
    assert timedelta(0) < following(every, now) - now <= timedelta(seconds=every)


def make_due(account: Account, ago: timedelta) -> Schedule:
    schedule = set_schedule(account, "test.pump", uuid4(), every_seconds=3600)
    assert schedule is not None
    schedule.next_run_at = timezone.now() - ago
    schedule.save()
    return schedule


def test_missed_instants_are_caught_up_once(account: Account) -> None:
    schedule = make_due(account, timedelta(days=3))
    assert fire_due() == 1
    assert fire_due() == 0
    schedule.refresh_from_db()
    assert schedule.next_run_at > timezone.now()
    assert Firing.objects.filter(schedule=schedule).count() == 1
    assert ProcrastinateJob.objects.filter(task_name="test.pump").count() == 1


def test_setting_a_schedule_again_changes_it_and_none_removes_it(account: Account) -> None:
    subject = uuid4()
    set_schedule(account, "test.pump", subject, every_seconds=3600)
    set_schedule(account, "test.pump", subject, every_seconds=24 * 3600)
    assert list(Schedule.objects.filter(subject_id=subject).values_list("every_seconds", flat=True)) == [86400]
    set_schedule(account, "test.pump", subject, every_seconds=None)
    assert not Schedule.objects.filter(subject_id=subject).exists()
