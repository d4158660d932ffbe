"""Who is right when both sides changed: worked examples, and what holds for any two moments."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.conflicts.rules import (
    CLOCK_TOLERANCE,
    Rule,
    decide,
    most_removals,
    overwrites,
    rule_for,
)
from hangarlink.integration.connections.streams import RULES
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.choosing import Choice, Side

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
moments = st.none() | st.datetimes(datetime(2026, 6, 1), datetime(2026, 6, 5), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("ours", "theirs", "choice"),
    [
        (0, -1, Choice.OURS),
        (-1, 0, Choice.THEIRS),
        (0, 0, Choice.REVIEW),  # at the same instant nobody was last
        (None, 0, Choice.REVIEW),
        (0, None, Choice.REVIEW),
        (0, 1, Choice.THEIRS),  # a minute ahead is a clock like any
        (0, 300, Choice.REVIEW),  # five hours ahead is no clock to go by
    ],
)
def test_last_write_wins_where_it_is_known(ours: int | None, theirs: int | None, choice: Choice) -> None:
    sides = [Side(None if minutes is None else NOON + timedelta(minutes=minutes)) for minutes in (ours, theirs)]
    assert decide(Rule.LAST_WRITE_WINS, *sides, now=NOON) is choice


@pytest.mark.parametrize("dataset", [Dataset.INVOICES, Dataset.PAYMENTS, Dataset.EXPENSES])
@pytest.mark.parametrize("chosen", ["", *Rule])
def test_money_is_never_settled_without_a_person(dataset: Dataset, chosen: str) -> None:
    assert rule_for(dataset, chosen) is Rule.MANUAL_REVIEW


def test_every_dataset_has_a_rule_and_streams_know_them_all() -> None:
    assert {rule_for(dataset) for dataset in Dataset} <= set(Rule)
    assert rule_for(Dataset.FLIGHT_TIMES) is Rule.CREATE_ONLY
    assert rule_for(Dataset.CUSTOMERS) is Rule.LAST_WRITE_WINS
    assert rule_for(Dataset.CUSTOMERS, "append_only") is Rule.APPEND_ONLY
    assert set(RULES) == set(Rule)


@given(rule=st.sampled_from(Rule), ours=moments, theirs=moments, now=moments.filter(bool))
def test_what_holds_for_any_two_moments(
    rule: Rule, ours: datetime | None, theirs: datetime | None, now: datetime
) -> None:
    choice = decide(rule, Side(ours), Side(theirs), now=now)
    mirrored = decide(rule, Side(theirs), Side(ours), now=now)
    assert decide(rule, Side(ours), Side(theirs), now=now) is choice, "the same question has the same answer"
    if not overwrites(rule):
        assert choice is Choice.LEAVE
    elif rule is Rule.MANUAL_REVIEW or ours is None or theirs is None:
        assert choice is Choice.REVIEW
    else:
        opposite = {Choice.OURS: Choice.THEIRS, Choice.THEIRS: Choice.OURS, Choice.REVIEW: Choice.REVIEW}
        assert mirrored is opposite[choice], "neither side is preferred"
        if choice is Choice.THEIRS:
            assert ours < theirs <= now + CLOCK_TOLERANCE
        if choice is Choice.OURS:
            assert theirs < ours <= now + CLOCK_TOLERANCE


@given(linked=st.integers(0, 1_000_000), removed=st.integers(0, 1_000_000))
def test_the_brake(linked: int, removed: int) -> None:
    left = most_removals(linked, removed)
    assert left >= 0
    assert left + removed >= 10 or left == 0
    assert left <= max(10, linked // 10)
    assert most_removals(linked, removed + 1) <= left


def test_the_brake_in_figures() -> None:
    assert [most_removals(n) for n in (0, 5, 100, 150, 20_000)] == [10, 10, 10, 15, 2_000]
