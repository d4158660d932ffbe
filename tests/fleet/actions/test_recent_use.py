"""Recent use: kept on the counter, true after every change and every midnight."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hangarlink.fleet.actions import (
    cancel_flights,
    record_reading,
    refresh_recent_use,
    schedule_recent_use,
    set_opening,
)
from hangarlink.fleet.actions.recent_use import TASK
from hangarlink.fleet.models import Counter
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.jobs.queue import TASKS
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account
from tests.fleet.conftest import HOUR, Logbook, at

TODAY = datetime(2026, 3, 31, 15, tzinfo=UTC)


def recent(counter: Counter) -> tuple[int, int, date | None]:
    counter.refresh_from_db()
    return counter.recent_amount, counter.recent_days, counter.recent_as_of


@pytest.fixture(autouse=True)
def on_31_march() -> object:
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


def test_whole_days_before_today(logbook: Logbook) -> None:
    set_opening(logbook.airborne, total=0, at=at(-60), acting_user=logbook.acting_user)
    logbook.fly(HOUR, "too old", day=0, hour=22)
    logbook.fly(2 * HOUR, "first", day=1, hour=0)
    logbook.fly(3 * HOUR, "last", day=30, hour=22)
    logbook.fly(5 * HOUR, "today", day=31, hour=1)
    assert recent(logbook.airborne) == (5 * HOUR, 30, date(2026, 3, 31))


def test_a_young_counter_is_averaged_over_its_days(logbook: Logbook) -> None:
    logbook.fly(HOUR, "a", day=27)
    logbook.fly(HOUR, "b", day=29)
    assert recent(logbook.airborne) == (2 * HOUR, 4, date(2026, 3, 31))


def test_flights_that_the_opening_holds_are_use_all_the_same(logbook: Logbook) -> None:
    logbook.fly(HOUR, "a", day=20)
    set_opening(logbook.airborne, total=1000 * HOUR, at=at(30), acting_user=logbook.acting_user)
    assert recent(logbook.airborne) == (HOUR, 11, date(2026, 3, 31))


def test_what_a_reading_adds_is_use(logbook: Logbook) -> None:
    set_opening(logbook.airborne, total=0, at=at(11), acting_user=logbook.acting_user)
    record_reading(logbook.airborne, reading=40 * HOUR, at=at(25), acting_user=logbook.acting_user)
    assert recent(logbook.airborne) == (40 * HOUR, 20, date(2026, 3, 31))


def test_corrections_reach_it(logbook: Logbook) -> None:
    logbook.fly(HOUR, "a", day=11)
    logbook.fly(HOUR, "b", day=25)
    logbook.fly(3 * HOUR, "b", day=25)
    cancel_flights(["a"], source="flightlogger", reason="x", acting_user=logbook.acting_user)
    assert recent(logbook.airborne) == (3 * HOUR, 6, date(2026, 3, 31))


def test_the_account_says_how_far_back(logbook: Logbook, acting: Account) -> None:
    Account.objects.filter(pk=acting.pk).update(utilisation_days=7)
    acting.refresh_from_db()
    logbook.fly(HOUR, "a", day=11)
    logbook.fly(HOUR, "b", day=25)
    assert refresh_recent_use(acting) in {0, 1}
    assert recent(logbook.airborne) == (HOUR, 7, date(2026, 3, 31))


def test_every_midnight_the_window_moves_on(logbook: Logbook, acting: Account, on_31_march: Any) -> None:
    logbook.fly(HOUR, "a", day=11)
    logbook.fly(HOUR, "today", day=31)
    assert recent(logbook.airborne) == (HOUR, 20, date(2026, 3, 31))
    on_31_march.shift(timedelta(days=1))
    assert refresh_recent_use(acting) == 1
    assert recent(logbook.airborne) == (2 * HOUR, 21, date(2026, 4, 1))
    assert refresh_recent_use(acting) == 0, "twice a day changes nothing"
    on_31_march.shift(timedelta(days=60))
    refresh_recent_use(acting)
    assert recent(logbook.airborne)[:2] == (0, 30), "known not to have flown is not unknown"


def test_a_counter_without_entries_is_unknown(logbook: Logbook, acting: Account) -> None:
    refresh_recent_use(acting)
    assert recent(logbook.airborne) == (0, 0, None)
    logbook.fly(HOUR, "a", day=11)
    cancel_flights(["a"], source="flightlogger", reason="x", acting_user=logbook.acting_user)
    assert recent(logbook.airborne) == (0, 0, None)


def test_the_job_is_scheduled_for_midnight(acting: Account) -> None:
    schedule_recent_use(acting)
    schedule_recent_use(acting)
    (schedule,) = Schedule.objects.filter(task=TASK)
    assert schedule.next_run_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert timezone.now() == TODAY
    assert TASK in TASKS


def test_the_job_refreshes(logbook: Logbook, acting: Account) -> None:
    logbook.fly(HOUR, "a", day=11)
    Counter.objects.update(recent_as_of=None, recent_amount=0, recent_days=0)
    TASKS[TASK](acting, subject_id=str(acting.id))
    assert recent(logbook.airborne) == (HOUR, 20, date(2026, 3, 31))
    assert SYSTEM.may("fleet.view")
