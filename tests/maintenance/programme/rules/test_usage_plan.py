"""The use a counter is expected to have: paces, planned flights, days of standing. A day-by-day count is the judge."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.programme.rules.forecast import Rate, days_to, forecast, reached_in
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.rules.pace import Pace, PaceSource, Ratio, Span, average, days_in, pace_of
from hangarlink.maintenance.programme.rules.plan import UsagePlan, room_for
from tests.maintenance.programme.rules.build import FH, d, h, hours, now, repeat, stand

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
HORIZON = 120

days = st.integers(-5, 60).map(lambda n: TODAY + n * DAY)
spans = st.tuples(days, st.none() | st.integers(0, 20)).map(
    lambda pair: Span(pair[0], None if pair[1] is None else pair[0] + pair[1] * DAY)
)
plans = st.builds(
    UsagePlan,
    st.builds(Rate, st.integers(0, 9), st.integers(1, 10)),
    st.dictionaries(days, st.integers(0, 12), max_size=6),
    st.lists(spans, max_size=3),
)


def used_on(plan: UsagePlan, day: date) -> Fraction:
    """The rule read aloud: planned flights first, nothing while it stands, else the pace."""
    if day in plan.planned:
        return Fraction(plan.planned[day])
    if any(span.first <= day and (span.last is None or day <= span.last) for span in plan.idle):
        return Fraction(0)
    return Fraction(plan.pace.amount, plan.pace.days)


@given(plan=plans, remaining=st.integers(1, 80))
def test_the_first_day_is_the_one_counted_by_hand(plan: UsagePlan, remaining: int) -> None:
    used, counted = Fraction(0), None
    for offset in range(HORIZON):
        used += used_on(plan, TODAY + offset * DAY)
        if used > remaining:
            counted = offset
            break
    found = plan.first_day_beyond(remaining, TODAY)
    assert found == counted or (counted is None and (found is None or found >= HORIZON))


@given(pace=st.builds(Rate, st.integers(0, 9), st.integers(1, 30)), remaining=st.integers(-50, 500))
def test_a_plan_with_nothing_planned_is_the_closed_form(pace: Rate, remaining: int) -> None:
    assert reached_in(remaining, UsagePlan(pace), TODAY) == days_to(remaining, pace)


@given(plan=plans, remaining=st.integers(1, 80), more=st.integers(0, 30))
def test_more_left_is_never_reached_earlier(plan: UsagePlan, remaining: int, more: int) -> None:
    sooner, later = (plan.first_day_beyond(left, TODAY) for left in (remaining, remaining + more))
    assert later is None or (sooner is not None and sooner <= later)


@given(listed=st.lists(spans, max_size=4), first=days, length=st.integers(0, 40))
def test_a_day_in_two_spans_counts_once(listed: list[Span], first: date, length: int) -> None:
    last = first + length * DAY
    inside = [
        day
        for offset in range(length + 1)
        if any(s.first <= (day := first + offset * DAY) and (s.last is None or day <= s.last) for s in listed)
    ]
    assert days_in(listed, first, last) == len(inside)


def counted(pace: str, left: str, *, planned: Mapping[str, str] = {}, idle: Sequence[Span] = ()) -> str | None:
    plan = UsagePlan(Rate(h(pace)), {d(day): h(amount) for day, amount in planned.items()}, idle)
    found = plan.first_day_beyond(h(left), TODAY)
    return None if found is None else (TODAY + found * DAY).isoformat()


def test_planned_flights_come_before_the_pace() -> None:
    assert counted("3.5", "42.0") == "2026-03-14", "E32: no flights are planned"
    assert counted("3.5", "42.0", planned={"2026-03-03": "42.0"}) == "2026-03-03", "3.5 on the 2nd and 42 on the 3rd"
    assert counted("0", "42.0", planned={"2026-03-03": "42.0"}) is None, "exactly to the limit, and nothing after"
    assert counted("0", "42.0", planned={"2026-03-03": "42.1"}) == "2026-03-03"
    assert counted("3.5", "42.0", planned={"2026-03-03": "0"}) == "2026-03-15", "a flight of nothing is a day off"


def test_days_of_standing_move_the_day_by_as_many() -> None:
    assert counted("3.5", "42.0", idle=[Span(d("2026-03-05"), d("2026-03-09"))]) == "2026-03-19"
    assert counted("3.5", "42.0", idle=[Span(d("2026-02-01"))]) is None, "it stands until somebody says otherwise"
    ferry = {"2026-03-06": "43.0"}
    stands = [Span(d("2026-03-02"), d("2026-03-31"))]
    assert counted("3.5", "42.0", planned=ferry, idle=stands) == "2026-03-06", "what is planned is flown all the same"


def test_a_plan_is_used_by_the_forecast_of_a_requirement() -> None:
    standing = stand(repeat(hours(100, start=Start.ZERO)))
    stands = UsagePlan(Rate(h("3.5")), idle=[Span(d("2026-03-05"), d("2026-03-09"))])
    assert forecast(now(standing, "2026-03-02", h(58)), {FH: stands}).on == d("2026-03-19")
    passed = forecast(now(standing, "2026-03-02", h("103.5")), {FH: stands})
    assert passed.on == d("2026-03-01"), "a passed limit was passed at the usual pace"
    assert forecast(now(standing, "2026-03-02", h(100)), {FH: stands}).on == d("2026-03-02"), "nothing is left"


def test_the_order_in_which_a_pace_is_looked_for() -> None:
    other = (Ratio(1, 2), Pace(Rate(h(4)), PaceSource.SET))
    assert pace_of(h(3), Rate(h(9), 30), other) == Pace(Rate(h(3)), PaceSource.SET)
    assert pace_of(0, Rate(h(9), 30), other) == Pace(Rate(0), PaceSource.SET), "a planner said: not at all"
    assert pace_of(None, Rate(h(9), 30), other) == Pace(Rate(h(9), 30), PaceSource.AVERAGE)
    assert pace_of(None, Rate(0, 30), other) == Pace(Rate(h(4), 2), PaceSource.RATIO), "half an APU hour a flight hour"
    assert pace_of(None, None, other).source is PaceSource.RATIO
    assert pace_of(None, Rate(0, 30)) == Pace(Rate(0, 30), PaceSource.AVERAGE), "it was not used at all"
    assert pace_of(None, None) == Pace(Rate(0), PaceSource.NONE)


def test_days_of_standing_are_no_days_of_the_average() -> None:
    assert average(h(10), 30) == Rate(h(10), 30)
    assert average(h(10), 30, parked=21) == Rate(h(10), 9)
    assert average(0, 30, parked=30) is None, "it stood all the time: nothing is known of its use"
    assert average(0, 0) is None


@given(amount=st.integers(0, 10**6), use=st.integers(1, 50), per=st.integers(1, 50))
def test_what_follows_is_rounded_up(amount: int, use: int, per: int) -> None:
    found = Ratio(use, per).of_amount(amount)
    assert 0 <= found - Fraction(amount * use, per) < 1


def test_e34_room_for_what_is_planned() -> None:
    limit, planned = 4875 * 3600 + 27 * 60, 40 * 3600 + 27 * 60
    assert room_for(limit, planned) == 4835 * 3600


def test_refusals() -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        Span(d("2026-03-02"), d("2026-03-01"))
    with pytest.raises(ValueError, match="0 or more"):
        Rate(-1)
