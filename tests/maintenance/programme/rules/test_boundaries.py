"""States at their edges, unknowns, and what they do in combinations."""

import pytest

from hangarlink.maintenance.programme.rules.dues import AtCount, StartPoint
from hangarlink.maintenance.programme.rules.forecast import NEVER, UNKNOWN, Rate, days_to, forecast
from hangarlink.maintenance.programme.rules.limits import Basis, Schedule, Start
from hangarlink.maintenance.programme.rules.states import State, first, last
from hangarlink.maintenance.programme.rules.status import Usage, alert_line, may_fly, status
from tests.maintenance.programme.rules import build
from tests.maintenance.programme.rules.build import (
    FH,
    LDG,
    MONTHS,
    calendar,
    d,
    done,
    due,
    h,
    hours,
    now,
    on,
    repeat,
    stand,
)

AT_1500 = stand(Schedule(initial=hours(1500, start=Start.ZERO)))
BY_31_MARCH = stand(repeat(calendar(1, MONTHS)), done("2026-02-28", {"repeat": build.OnDate(d("2026-02-28"), 31)}))


@pytest.mark.parametrize(
    ("states", "whichever_first", "whichever_later"),
    [
        ([State.DUE, State.UNKNOWN], State.UNKNOWN, State.DUE),
        ([State.OVERDUE, State.UNKNOWN], State.OVERDUE, State.UNKNOWN),
        ([State.OK, State.UNKNOWN], State.UNKNOWN, State.OK),
        ([State.OK, State.OVERDUE], State.OVERDUE, State.OK),
        ([State.DUE_SOON, State.DUE], State.DUE, State.DUE_SOON),
    ],
)
def test_the_order_of_states(states: list[State], whichever_first: State, whichever_later: State) -> None:
    assert first(states) is whichever_first
    assert last(states) is whichever_later


@pytest.mark.parametrize(
    ("total", "state"),
    [
        (h(1475) - 1, State.OK),
        (h(1475), State.DUE_SOON),
        (h(1500) - 1, State.DUE_SOON),
        (h(1500), State.DUE),
        (h(1500) + 1, State.OVERDUE),
    ],
)
def test_counter_boundaries(total: int, state: State) -> None:
    found = now(AT_1500, "2026-01-01", total, alert=h(25))
    assert found.state is state
    assert found.terms[0].remaining == h(1500) - total


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-02-28", State.OK),
        ("2026-03-01", State.DUE_SOON),
        ("2026-03-30", State.DUE_SOON),
        ("2026-03-31", State.DUE),
        ("2026-04-01", State.OVERDUE),
    ],
)
def test_calendar_boundaries(today: str, state: State) -> None:
    assert now(BY_31_MARCH, today, alert=30).state is state


def test_the_alert_line_is_where_due_soon_begins() -> None:
    assert alert_line(AtCount(FH, 100), 25) == AtCount(FH, 75)
    assert alert_line(on("2026-03-31"), 30) == on("2026-03-01")


@pytest.mark.parametrize(
    ("schedule", "starts", "reason"),
    [
        (repeat(hours(100)), {}, "no_accomplishment"),
        (repeat(hours(100, start=Start.OVERHAUL)), {}, "no_start"),
        (repeat(hours(100, start=Start.NEW)), {"new": StartPoint(d("2020-01-01"))}, "no_value_at_start"),
        (repeat(calendar(12, MONTHS, start=Start.NEW)), {"new": StartPoint(None, {FH: 0})}, "no_date_at_start"),
    ],
)
def test_no_baseline_is_unknown_and_never_zero(schedule: Schedule, starts: dict[str, StartPoint], reason: str) -> None:
    found = stand(schedule, **starts)
    assert due(found) == [reason]
    present = now(found, "2026-01-01", h(5))
    assert present.state is State.UNKNOWN
    assert present.terms[0].remaining is None
    assert forecast(present, {FH: Rate(1, 1)}) == UNKNOWN


def test_an_accomplishment_without_its_value_leaves_the_next_unknown_except_on_a_grid() -> None:
    was = {"repeat": build.at(500)}
    assert due(stand(repeat(hours(100), Basis.MIN), done("2025-01-01", was))) == ["no_value_at_accomplishment"]
    assert due(stand(repeat(hours(100), Basis.GRID), done("2025-01-01", was))) == [h(600)]


def test_a_counter_the_object_does_not_have_is_unknown() -> None:
    found = status(AT_1500, {LDG: Usage(5)}, d("2026-01-01"), {})
    assert found.state is State.UNKNOWN
    assert found.terms[0].unknown.reason == "no_counter"


def test_a_counter_that_nothing_anchored_is_unknown_and_not_at_zero() -> None:
    found = status(AT_1500, {FH: Usage(None)}, d("2026-01-01"), {})
    assert (found.state, found.terms[0].unknown.reason) == (State.UNKNOWN, "no_total")
    assert not may_fly(AT_1500, {FH: Usage(None)}, {FH: 1}, d("2026-01-01"))


def test_stale_usage_is_unknown_unless_the_limit_is_already_passed() -> None:
    def with_stale(total: int) -> State:
        return status(AT_1500, {FH: Usage(total, stale=True)}, d("2026-01-01"), {}).state

    assert with_stale(h(10)) is State.UNKNOWN
    assert with_stale(h(1500)) is State.UNKNOWN
    assert with_stale(h(1500) + 1) is State.OVERDUE


def test_dispatch_needs_a_known_answer() -> None:
    assert may_fly(AT_1500, {FH: Usage(h(1498))}, {FH: h(2)}, d("2026-01-01"))
    assert not may_fly(AT_1500, {FH: Usage(h(1498))}, {FH: h(2) + 1}, d("2026-01-01"))
    assert not may_fly(AT_1500, {}, {}, d("2026-01-01"))
    assert not may_fly(AT_1500, {FH: Usage(0, stale=True)}, {}, d("2026-01-01"))


def test_without_use_a_limit_is_never_reached_and_beyond_a_century_neither() -> None:
    assert forecast(now(AT_1500, "2026-01-01", 0), {}) == NEVER
    assert forecast(now(AT_1500, "2026-01-01", 0), {FH: Rate(0, 30)}) == NEVER
    assert days_to(36_525, Rate(1, 1)) == 36_525
    assert days_to(36_526, Rate(1, 1)) is None
    assert days_to(0, Rate(0, 1)) == 0, "used up is used up, flown or not"
    assert days_to(-5, Rate(0, 1)) == -1, "passed, nobody knows since when"
    assert days_to(-1, Rate(2, 1)) == -1
    assert days_to(-5, Rate(2, 1)) == -3
    assert days_to(-(10**9), Rate(1, 1)) == -36_525


@pytest.mark.parametrize(("amount", "days"), [(-1, 1), (1, 0), (1, -3)])
def test_an_impossible_rate_is_refused(amount: int, days: int) -> None:
    with pytest.raises(ValueError, match="a rate needs"):
        Rate(amount, days)


def test_several_thresholds_passed_at_once_are_all_met() -> None:
    phase = repeat(hours(1_000, thresholds=(h(10_000), h(15_000)), start=Start.ZERO), Basis.GRID)
    assert due(stand(phase, done(fh=h(15_200)))) == [h(16_000)]


def test_limits_without_repeat_end_and_leave_the_others() -> None:
    tree = build.first(hours(None, thresholds=(h(50),), start=Start.ZERO), calendar(12, MONTHS))
    found = stand(repeat(tree), done("2025-05-05", fh=h(50)))
    assert due(found) == [d("2026-05-05")]
    assert found.clauses() == (("repeat/1",),)


def test_a_new_revision_finds_the_old_due_point_by_its_counter() -> None:
    """The tree changed between revisions: the only earlier limit on flight hours is the one that was answered."""
    was = {"repeat": build.at(1000)}
    tree = build.first(hours(100), calendar(12, MONTHS))
    found = stand(repeat(tree, Basis.MIN), done("2025-05-05", was, fh=h(1005)))
    assert due(found) == [h(1100), d("2026-05-05")]
