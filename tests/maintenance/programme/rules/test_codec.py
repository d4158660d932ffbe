"""Bad schedules are refused wholly, and each problem says where it is and what to do."""

import pytest

from hangarlink.maintenance.programme.rules.codec import ScheduleInvalid, from_json, to_json
from hangarlink.maintenance.programme.rules.limits import Basis, CalendarLimit, CounterLimit, First, Schedule, Start
from hangarlink.platform.errors import RuleBroken
from tests.maintenance.programme.rules.build import FH, MONTHS

FH_100 = {"kind": "counter", "counter": FH, "every": 360_000}
YEAR = {"kind": "calendar", "unit": "months", "every": 12}


def nested(levels: int) -> dict[str, object]:
    tree: dict[str, object] = FH_100
    for _ in range(levels):
        tree = {"kind": "first", "of": [tree]}
    return tree


def test_the_json_form_is_stable() -> None:
    schedule = Schedule(
        repeat=First(of=(CounterLimit(counter=FH, every=360_000), CalendarLimit(unit=MONTHS, every=12))),
        basis=Basis.MIN,
    )
    assert to_json(schedule) == {
        "version": 1,
        "basis": "min",
        "repeat": {
            "kind": "first",
            "of": [
                {"kind": "counter", "counter": FH, "every": 360_000, "thresholds": [], "start": "last_done"},
                {"kind": "calendar", "unit": "months", "every": 12, "thresholds": [], "start": "last_done"},
            ],
        },
    }


def test_defaults_may_be_left_out() -> None:
    assert from_json({"repeat": FH_100}) == Schedule(repeat=CounterLimit(counter=FH, every=360_000))


@pytest.mark.parametrize(
    ("data", "path", "says"),
    [
        ({}, "", "at least one limit"),
        ({"repeat": {"kind": "first", "of": []}}, "repeat", "needs at least one limit"),
        ({"repeat": {"kind": "last", "of": []}}, "repeat", "needs at least one limit"),
        ({"repeat": {"kind": "first"}}, "repeat.of", "missing"),
        ({"repeat": {"kind": "first", "of": [YEAR, {**FH_100, "every": -5}]}}, "repeat.of.1.every", "more than 0"),
        ({"repeat": {**FH_100, "every": 0}}, "repeat.every", "more than 0"),
        ({"repeat": {**FH_100, "every": 100.5}}, "repeat.every", "whole number"),
        ({"repeat": {**FH_100, "every": "100"}}, "repeat.every", "whole number"),
        ({"repeat": {**FH_100, "every": True}}, "repeat.every", "whole number"),
        ({"repeat": {**FH_100, "every": 10**12}}, "repeat.every", "or less"),
        ({"repeat": {**FH_100, "evry": 1}}, "repeat.evry", "no such field"),
        ({"repeat": {"kind": "counter", "counter": FH}}, "repeat", "neither a repeat nor a threshold"),
        (
            {"repeat": {**FH_100, "counter": "warp_hours"}},
            "repeat",
            "no counter 'warp_hours'; known counters: airframe",
        ),
        ({"repeat": {"kind": "or", "of": [FH_100]}}, "repeat", "one of counter, calendar, date, event, first, last"),
        ({"repeat": {"every": 5}}, "repeat", "`kind` is missing"),
        ({"repeat": {**FH_100, "thresholds": [10, 5], "start": "zero"}}, "repeat", "must increase"),
        ({"repeat": {**FH_100, "thresholds": [10]}}, "repeat", "set `start`"),
        ({"repeat": {**YEAR, "start": "zero"}}, "repeat", "calendar has no zero"),
        ({"repeat": {**YEAR, "unit": "weeks"}}, "repeat.unit", "one of"),
        ({"initial": {"kind": "date", "on": "2025-02-30"}}, "initial.on", "a date that exists"),
        ({"initial": {"kind": "date", "on": 20250230}}, "initial.on", "date"),
        ({"initial": FH_100}, "initial", "set `start`"),
        ({"repeat": {"kind": "date", "on": "2025-02-28"}}, "repeat", "does not repeat"),
        ({"repeat": FH_100, "basis": "window"}, "repeat", "needs a `window`"),
        ({"repeat": FH_100, "basis": "lenient"}, "basis", "one of"),
        ({"repeat": FH_100, "times": 0}, "times", "1 or more"),
        ({"repeat": FH_100, "version": 2}, "version", "must be 1"),
        ({"repeat": nested(9)}, "repeat", "nested"),
        ({"repeat": nested(500)}, "", "nested too deep"),
        ({"repeat": {"kind": "last", "of": [{"kind": "first", "of": [FH_100] * 3}] * 4}}, "repeat", "81 alternatives"),
        (["repeat"], "", ""),
        ("nonsense", "", ""),
        (None, "", ""),
        ({"repeat": {1, 2}}, "", "not JSON"),
    ],
)
def test_a_bad_schedule_is_refused_naming_the_place(data: object, path: str, says: str) -> None:
    with pytest.raises(ScheduleInvalid) as refused:
        from_json(data, counters={FH})
    assert [problem.path for problem in refused.value.problems] == [path]
    assert says in refused.value.problems[0].message
    assert isinstance(refused.value, RuleBroken)
    assert len(str(refused.value)) < 500


def test_all_problems_are_named_at_once() -> None:
    bad = {"repeat": {"kind": "first", "of": [{**FH_100, "every": -1}, {**YEAR, "every": 0}]}}
    with pytest.raises(ScheduleInvalid, match=r"repeat\.of\.0\.every: .*; repeat\.of\.1\.every: "):
        from_json(bad)


def test_one_time_dates_and_starts_are_welcome() -> None:
    found = from_json({"repeat": {"kind": "date", "on": "2025-02-28"}, "times": 1})
    assert found.times == 1
    assert from_json({"initial": {**FH_100, "start": "effective_date"}}).initial.start is Start.EFFECTIVE_DATE
