"""The clock of deferred defects, by the published examples."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from hangarlink.maintenance.defects.mel import Category, expiry, last_day
from hangarlink.platform.errors import RuleBroken


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("category", "days", "recorded", "ends"),
    [
        (Category.A, 2, "2008-01-01T16:30+00:00", "2008-01-03"),
        (Category.B, None, "2008-01-26T10:00+00:00", "2008-01-29"),
        (Category.C, None, "2002-09-10T00:00+00:00", "2002-09-20"),
        (Category.C, None, "2002-09-10T23:59:59+00:00", "2002-09-20"),
        (Category.D, None, "2026-03-01T12:00+00:00", "2026-06-29"),
        (Category.B, None, "2024-02-26T10:00+00:00", "2024-02-29"),
    ],
)
def test_e29_the_day_of_recording_does_not_count(
    category: Category, days: int | None, recorded: str, ends: str
) -> None:
    assert last_day(category, at(recorded), days=days) == date.fromisoformat(ends)


def test_e30_the_first_write_up_starts_the_clock() -> None:
    written_up, placard = at("2026-07-18T22:30+00:00"), at("2026-07-19T06:00+00:00")
    assert last_day(Category.B, written_up) == date(2026, 7, 21)
    assert last_day(Category.B, placard) == date(2026, 7, 22), "what a clock from the placard would say"


def test_e31_whose_days_count_is_a_policy() -> None:
    recorded = datetime(2026, 3, 9, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert last_day(Category.C, recorded) == date(2026, 3, 20)
    assert last_day(Category.C, recorded, day_zone="America/Bogota") == date(2026, 3, 19)
    assert expiry(Category.C, recorded) == datetime(2026, 3, 21, tzinfo=UTC)
    assert expiry(Category.C, recorded, day_zone="America/Bogota") == datetime(2026, 3, 20, 5, tzinfo=UTC)


def test_a_day_is_a_day_when_the_clocks_change() -> None:
    """Three consecutive days over the night of 29 March 2026, which has 23 hours in Copenhagen."""
    assert expiry(Category.B, at("2026-03-27T10:00+00:00"), day_zone="Europe/Copenhagen") == at(
        "2026-03-30T22:00+00:00"
    )


@pytest.mark.parametrize(
    ("category", "days", "said"),
    [
        (Category.A, None, "Give that number of days"),
        (Category.A, 0, "Give that number of days"),
        (Category.B, 5, "Category B has 3 days by definition"),
    ],
)
def test_what_no_list_can_mean_is_refused(category: Category, days: int | None, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        last_day(category, at("2026-01-01T00:00+00:00"), days=days)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(RuleBroken, match="no time zone"):
        last_day(Category.B, datetime(2026, 1, 1))
