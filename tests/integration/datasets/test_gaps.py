"""A difference between two totals is a discrepancy when it lasts, and sooner when it is we who are ahead."""

from datetime import UTC, datetime, timedelta

import pytest

from hangarlink.integration.datasets.gaps import judge

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ours", "theirs", "was", "hours_ago", "gap", "since_hours", "raised"),
    [
        (100, 100, 7, 90, 0, None, False),
        (100, 160, None, None, 60, 0, False),
        (100, 160, 60, 47, 60, 47, False),
        (100, 160, 20, 48, 60, 48, True),
        (160, 100, None, None, -60, 0, False),
        (160, 100, -60, 1, -60, 1, True),
        (160, 100, 60, 90, -60, 0, False),
        (100, 160, -60, 90, 60, 0, False),
    ],
)
def test_when_it_is_raised(
    ours: int, theirs: int, was: int | None, hours_ago: int | None, gap: int, since_hours: int | None, raised: bool
) -> None:
    since = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    found = judge(ours=ours, theirs=theirs, was=was, since=since, now=NOW)
    expected = None if since_hours is None else NOW - timedelta(hours=since_hours)
    assert (found.gap, found.since, found.is_discrepancy) == (gap, expected, raised)
