"""Steps of a trip, and which legs make one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.operations.trips import rules
from hangarlink.operations.trips.rules import LegTimes, Status
from hangarlink.platform.errors import RuleBroken

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
ACTIONS = sorted({action for _, action in rules.STEPS})
gaps = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 600)), min_size=1, max_size=12)


def at(hours: float, long: float = 1) -> LegTimes:
    return LegTimes(START + timedelta(hours=hours), START + timedelta(hours=hours + long))


@given(st.sampled_from(list(Status)), st.sampled_from(ACTIONS))
def test_a_step_is_in_the_table_or_refused(status: Status, action: str) -> None:
    if (status, action) in rules.STEPS:
        assert rules.step(status, action) is rules.STEPS[status, action]
    else:
        with pytest.raises(RuleBroken, match="possible: ") as refused:
            rules.step(status, action)
        assert refused.value.field == "status"


def test_what_was_flown_stays() -> None:
    assert not [action for status, action in rules.STEPS if status is Status.COMPLETED]
    with pytest.raises(RuleBroken, match="stays as it is"):
        rules.check_open(Status.COMPLETED)


@given(gaps)
def test_legs_one_behind_the_other_make_a_trip_in_any_order(pairs: list[tuple[int, int]]) -> None:
    legs, at_ = [], START
    for gap, length in pairs:
        begin = at_ + timedelta(minutes=gap)
        at_ = begin + timedelta(minutes=length)
        legs.append(LegTimes(begin, at_))
    rules.check_legs(list(reversed(legs)))
    assert sum(leg.block_seconds for leg in legs) == 60 * sum(length for _, length in pairs)


@given(st.integers(1, 119))
def test_legs_that_overlap_do_not(minutes: int) -> None:
    first = at(0, 2)
    with pytest.raises(RuleBroken, match="before the one before it"):
        rules.check_legs([first, LegTimes(START + timedelta(minutes=minutes), START + timedelta(hours=3))])


@pytest.mark.parametrize(
    ("times", "passengers", "field"),
    [(at(0, 0), 0, "on_at"), (at(0, -1), 0, "on_at"), (at(0, 25), 0, "on_at"), (at(0), -1, "passengers"),
     (at(0), 1000, "passengers")],
)  # fmt: skip
def test_a_leg_that_cannot_be(times: LegTimes, passengers: int, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_leg(times, passengers)
    assert refused.value.field == field


def test_only_what_is_over_can_be_completed() -> None:
    rules.check_flown([at(0)], START + timedelta(hours=1))
    with pytest.raises(RuleBroken, match="in the future"):
        rules.check_flown([at(0)], START + timedelta(minutes=59))
    with pytest.raises(RuleBroken, match="no legs"):
        rules.check_flown([], START)
