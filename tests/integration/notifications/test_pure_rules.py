"""When a digest is due, what concerns a rule, when to try again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.notifications.rules import (
    LONGEST,
    MONDAY,
    Cadence,
    concerns,
    digest_due,
    next_try,
)

ZONES = ["UTC", "Europe/Copenhagen", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"]
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("moment", "cadence", "zone", "due"),
    [
        ("2026-11-20T05:59", "daily", "UTC", "2026-11-20T06:00"),
        ("2026-11-20T06:00", "daily", "UTC", "2026-11-21T06:00"),  # told at six: belongs to the next one
        ("2026-11-20T04:59", "daily", "Europe/Copenhagen", "2026-11-20T05:00"),  # six in Copenhagen in winter
        ("2026-07-20T05:00", "daily", "Europe/Copenhagen", "2026-07-21T04:00"),  # and in summer
        ("2026-11-20T12:00", "weekly", "UTC", "2026-11-23T06:00"),  # a Friday: next Monday
        ("2026-11-23T05:00", "weekly", "UTC", "2026-11-23T06:00"),  # Monday before six: today
        ("2026-11-23T06:30", "weekly", "UTC", "2026-11-30T06:00"),
    ],
)
def test_worked_examples_of_digests(moment: str, cadence: str, zone: str, due: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert digest_due(at, Cadence(cadence), hour=6, zone=zone) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@given(moments, st.sampled_from(ZONES), st.integers(0, 23), st.sampled_from([Cadence.DAILY, Cadence.WEEKLY]))
def test_a_digest_is_always_ahead_and_never_far(moment: datetime, zone: str, hour: int, cadence: Cadence) -> None:
    from zoneinfo import ZoneInfo

    due = digest_due(moment, cadence, hour=hour, zone=zone)
    longest = timedelta(days=1, hours=2) if cadence is Cadence.DAILY else timedelta(days=7, hours=2)
    assert timedelta(0) < due - moment <= longest
    if cadence is Cadence.WEEKLY:
        assert due.astimezone(ZoneInfo(zone)).weekday() == MONDAY
    assert digest_due(due - timedelta(seconds=1), cadence, hour=hour, zone=zone) == due


def test_what_concerns_a_rule() -> None:
    told = {"aircraft_id": "a"}
    assert concerns("defect.reported", told, event_types=["defect.reported"], aircraft=[])
    assert concerns("defect.reported", told, event_types=["defect.reported"], aircraft=["a", "b"])
    assert not concerns("defect.reported", told, event_types=["defect.reported"], aircraft=["b"])
    assert not concerns("defect.reported", told, event_types=["defect.closed"], aircraft=[])
    assert not concerns("sync.failed", {}, event_types=["sync.failed"], aircraft=["a"]), "it names no aircraft"


def test_trying_again_ends_after_days() -> None:
    since = datetime(2026, 11, 20, tzinfo=UTC)
    now, tries = since, 0
    while (when := next_try(tries + 1, since=since, now=now)) is not None:
        assert now < when <= now + timedelta(hours=2)
        now, tries = when, tries + 1
    assert now - since >= LONGEST
    assert tries < 50
