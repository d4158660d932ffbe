"""The explanation of a due date: complete, in words, with whole numbers beside them."""

import json

from hangarlink.maintenance.programme.rules.dues import StartPoint
from hangarlink.maintenance.programme.rules.explain import Explanation, explain
from hangarlink.maintenance.programme.rules.forecast import Rate
from hangarlink.maintenance.programme.rules.limits import Basis, Schedule, Start
from tests.maintenance.programme.rules import build
from tests.maintenance.programme.rules.build import (
    FH,
    MONTHS,
    PlainWords,
    calendar,
    d,
    done,
    first,
    h,
    hours,
    now,
    repeat,
)

HUNDRED_OR_YEAR = repeat(first(hours(100), calendar(12, MONTHS)), Basis.MIN)


def ask(schedule: Schedule, *history: build.Accomplishment, fh: int, today: str, **starts: StartPoint) -> Explanation:
    found = build.stand(schedule, *history, **starts)
    rates = {FH: Rate(h("3.5"), 1)}
    return explain(now(found, today, fh), rates, PlainWords(), source="AMP 5-20-01")


def test_the_arithmetic_is_told_step_by_step() -> None:
    found = ask(
        HUNDRED_OR_YEAR,
        done("2025-01-10", fh=h(1000)),
        done("2025-08-12", fh=h(1105)),
        fh=h("1158.0"),
        today="2026-03-02",
    )
    by_hours, by_date = found.tree.parts
    assert found.summary == "ok, expected 2026-03-14"
    assert (found.source, found.accomplishments, found.tree.says) == ("AMP 5-20-01", 2, "whichever comes first")
    assert by_hours.says == "airframe hours: every 100.0 h"
    assert by_hours.steps == (
        "last done 2025-08-12 at 1105.0 h; it was due at 1100.0 h",
        "done after the due point, which never moves the next one: it counts from the due point (policy min)",
        "1100.0 h + 100.0 h = 1200.0 h",
        "now at 1158.0 h: 1200.0 h - 1158.0 h = 42.0 h left, ok",
        "at 3.5 h in 1 day, 12 full days from now: 2026-03-14",
    )
    assert by_hours.due == {"counter": FH, "value": h(1200)}
    assert (by_hours.remaining, by_hours.policy, by_hours.accomplishment) == (h(42), "min", "done 2025-08-12")
    assert by_date.steps[-1] == "today is 2026-03-02: 163 days left, ok"


def test_an_unknown_says_what_to_find_out() -> None:
    found = ask(repeat(calendar(12, MONTHS, start=Start.INSTALLATION)), fh=0, today="2026-03-02")
    assert found.state == "unknown"
    assert found.summary == "unknown, no date can be told"
    assert found.tree.unknown == "it counts from installation, which is not known for this object"
    assert found.tree.due == {"unknown": "no_start", "about": "installation"}
    assert found.tree.steps == ()


def test_a_threshold_names_its_step_and_its_start() -> None:
    schedule = repeat(hours(1_000, thresholds=(h(10_000), h(15_000)), start=Start.NEW))
    new = StartPoint(d("2001-01-01"), {FH: 0}, source="manufacturer's certificate")
    found = ask(schedule, done(fh=h(9_980)), fh=h(14_000), today="2026-03-02", new=new)
    assert found.tree.says.endswith("(step 2 of 2 is open)")
    assert found.tree.steps[:2] == (
        "the next threshold: counted from new (manufacturer's certificate)",
        "0.0 h + 15000.0 h = 15000.0 h",
    )


def test_overdue_is_told_as_negative() -> None:
    found = ask(HUNDRED_OR_YEAR, done("2024-01-10", fh=h(1000)), fh=h("1101.5"), today="2025-01-11")
    by_hours, by_date = found.tree.parts
    assert "now at 1101.5 h: 1100.0 h - 1101.5 h = -1.5 h left, overdue" in by_hours.steps
    assert by_date.steps[-1] == "today is 2025-01-11: 1 day past, overdue"


def test_an_ended_control_says_so() -> None:
    found = ask(repeat(hours(100, start=Start.ZERO), times=1), done(fh=h(100)), fh=h(500), today="2026-01-01")
    assert (found.state, found.tree) == ("ok", None)
    assert found.summary == "nothing further is due: the control has ended"


def test_it_is_json() -> None:
    found = ask(HUNDRED_OR_YEAR, done("2025-01-10", fh=h(1000)), fh=h(1050), today="2025-03-02")
    assert json.loads(json.dumps(found.to_json())) == json.loads(json.dumps(found.to_json()))
    assert found.to_json()["tree"]["parts"][0]["due"] == {"counter": FH, "value": h(1100)}
