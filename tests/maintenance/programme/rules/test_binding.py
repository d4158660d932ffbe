"""Which counter of an aircraft a limit means, and how early it alerts."""

from uuid import UUID

import pytest

from hangarlink.maintenance.programme.rules.alerts import problems, windows
from hangarlink.maintenance.programme.rules.binding import CounterOnBoard, bind, bound, counters_named
from hangarlink.maintenance.programme.rules.dates import CalendarUnit
from hangarlink.maintenance.programme.rules.limits import CounterLimit, DateLimit, First, Schedule, Start
from hangarlink.maintenance.programme.rules.standing import standing
from tests.maintenance.programme.rules.build import (
    DAYS,
    FH,
    LDG,
    MONTHS,
    calendar,
    d,
    first,
    h,
    hours,
    last,
    repeat,
    stand,
)

ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
ON_BOARD = [
    CounterOnBoard(ONE, "engine_hours", "Engine 1"),
    CounterOnBoard(TWO, "engine_hours", "Engine 2"),
    CounterOnBoard(THREE, "landings", "Landings"),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Engine 2", str(TWO)), ("landings", str(THREE)), ("engine_hours", None), ("tach", None), ("engine 2", None)],
)
def test_a_name_or_the_only_counter_of_a_kind(name: str, expected: str | None) -> None:
    assert bind([name], ON_BOARD).get(name) == expected


def test_the_name_wins_over_the_kind() -> None:
    odd = CounterOnBoard(ONE, "cycles", "landings")
    assert bind(["landings"], [odd, *ON_BOARD]) == {"landings": str(ONE)}


def test_binding_keeps_the_tree_and_what_it_cannot_bind() -> None:
    tree = first(CounterLimit(counter="Engine 1", every=5), last(CounterLimit(counter="tach", every=7)))
    schedule = repeat(tree)
    assert counters_named(schedule) == {"Engine 1", "tach"}
    found = bound(schedule, bind(counters_named(schedule), ON_BOARD))
    assert counters_named(found) == {str(ONE), "tach"}
    assert isinstance(found.repeat, First)
    assert standing(found, [], {}).dues().keys() == standing(schedule, [], {}).dues().keys()


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (hours(100), h(20)),
        (hours(500), h(25)),
        (CounterLimit(counter=LDG, every=1000), 20),
        (CounterLimit(counter=LDG, every=50), 10),
        (calendar(14, DAYS), 2),
        (calendar(1, MONTHS), 6),
        (calendar(12, CalendarUnit.CALENDAR_MONTHS), 30),
    ],
)
def test_due_soon_begins_with_the_smaller_of_a_fixed_window_and_a_fifth(limit: CounterLimit, expected: int) -> None:
    assert windows(stand(repeat(limit)), {}, {FH}) == {"repeat": expected}


def test_a_planner_may_choose_the_windows() -> None:
    found = stand(Schedule(initial=first(hours(100, start=Start.ZERO), DateLimit(on=d("2026-01-01")))))
    assert windows(found, {FH: h(3), "calendar": 0}, {FH}) == {"initial/0": h(3), "initial/1": 0}
    assert windows(found, {}, {FH})["initial/1"] == 30


def test_bad_windows_are_named() -> None:
    found = problems({"tach": 5, FH: -1, LDG: "3", "calendar": 10_000}, {FH, LDG})
    assert [sentence.split(":")[0] for sentence in found] == ["tach", FH, LDG, "calendar"]
    assert problems({"calendar": 30, FH: 0}, {FH}) == []
