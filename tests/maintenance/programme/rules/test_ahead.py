"""The next dues, if the work is done each time when it falls due."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from hangarlink.maintenance.programme.rules.ahead import Ahead, ahead
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.maintenance.programme.rules.dues import AtCount, OnDate, StartPoint
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.rules.pace import Rate
from hangarlink.maintenance.programme.rules.standing import standing

TODAY = date(2026, 3, 1)
STARTS = {Start.NEW: StartPoint(date(2026, 1, 31), {"hours": 0})}


def dues(schedule: Mapping[str, Any], *, total: int | None = 0, per_day: int = 10, count: int = 5) -> list[Ahead]:
    rules = from_json(schedule)
    return ahead(
        lambda done: standing(rules, done, STARTS), [], {"hours": total}, {"hours": Rate(per_day)}, TODAY, count=count
    )


def points(found: list[Ahead]) -> list[Any]:
    decided = [due.decides.term.due for due in found if due.decides]
    return [
        point.value if isinstance(point, AtCount) else point.on
        for point in decided
        if isinstance(point, AtCount | OnDate)
    ]


def test_thresholds_come_before_the_repeat() -> None:
    found = dues(
        {"repeat": {"kind": "counter", "counter": "hours", "thresholds": [100, 150], "every": 10, "start": "new"}}
    )
    assert points(found) == [100, 150, 160, 170, 180]
    assert [due.on for due in found][:2] == [date(2026, 3, 11), date(2026, 3, 16)]


def test_same_day_months_keep_their_anchor() -> None:
    found = dues({"repeat": {"kind": "calendar", "unit": "months", "every": 1, "start": "new"}, "basis": "grid"})
    # The first is passed already; done today it would still count from the due point.
    assert points(found)[:3] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_first_of_two_takes_whichever_is_sooner_each_time() -> None:
    hours = {"kind": "counter", "counter": "hours", "every": 100, "start": "new"}
    found = dues(
        {"repeat": {"kind": "first", "of": [hours, {"kind": "calendar", "unit": "days", "every": 40, "start": "new"}]}}
    )
    assert points(found)[:3] == [100, 200, 300]
    slow = dues(
        {"repeat": {"kind": "first", "of": [hours, {"kind": "calendar", "unit": "days", "every": 40, "start": "new"}]}},
        per_day=1,
    )
    assert points(slow)[:2] == [date(2026, 3, 12), date(2026, 4, 21)]


def test_it_ends_with_the_control_and_where_nobody_can_tell() -> None:
    every = {"kind": "counter", "counter": "hours", "every": 100, "start": "new"}
    assert len(dues({"repeat": every, "times": 2})) == 2
    (unknown,) = dues({"repeat": every}, total=None)
    assert unknown.on is None
    (never,) = dues({"repeat": every}, per_day=0)
    assert never.on is None


@pytest.mark.parametrize("count", [0, 1, 7])
def test_no_more_than_asked(count: int) -> None:
    every = {"kind": "counter", "counter": "hours", "every": 100, "start": "new"}
    assert len(dues({"repeat": every}, count=count)) == count
