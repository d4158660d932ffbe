"""What follows from a partner's word: worked examples at every boundary, and laws."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.rules import (
    Measure,
    TrackedTerm,
    as_json,
    first_day,
    from_json,
    is_stale,
    state_on,
    told_state,
)

AS_OF = datetime(2026, 3, 1, 6, tzinfo=UTC)
HOUR = 3600


def hours(remaining: int | None, due_at: int | None = 1000 * HOUR) -> TrackedTerm:
    return TrackedTerm(Measure.HOURS, due_at, remaining)


def on(day: str) -> TrackedTerm:
    return TrackedTerm(Measure.DATE, date.fromisoformat(day), None)


@pytest.mark.parametrize(
    ("terms", "status", "expected"),
    [
        ([hours(26 * HOUR)], "", State.OK),
        ([hours(25 * HOUR)], "", State.DUE_SOON),
        ([hours(1)], "", State.DUE_SOON),
        ([hours(0)], "", State.DUE),
        ([hours(-1)], "", State.OVERDUE),
        ([hours(None)], "", State.UNKNOWN),
        ([TrackedTerm(Measure.LANDINGS, 5000, 21)], "", State.OK),
        ([TrackedTerm(Measure.LANDINGS, 5000, 20)], "", State.DUE_SOON),
        ([TrackedTerm(Measure.CYCLES, None, -3)], "", State.OVERDUE),
        ([on("2020-01-01")], "", State.OK),  # the calendar has its own part of the state
        ([TrackedTerm(Measure.DATE, None, None)], "", State.UNKNOWN),
        ([], "", State.UNKNOWN),
        ([], "ok", State.UNKNOWN),  # a word without any figure makes nothing green
        ([], "overdue", State.OVERDUE),
        ([hours(500 * HOUR)], "overdue", State.OVERDUE),  # the worse of figure and word
        ([hours(-1)], "ok", State.OVERDUE),
        ([hours(500 * HOUR)], "In Work", State.OK),  # a word nobody translated decides nothing
        ([hours(500 * HOUR), hours(None)], "", State.UNKNOWN),
        ([hours(-5), hours(None)], "", State.OVERDUE),
    ],
)
def test_what_was_said(terms: list[TrackedTerm], status: str, expected: State) -> None:
    assert told_state(terms, status, AS_OF) is expected


@pytest.mark.parametrize(
    ("day", "now", "expected"),
    [
        ("2026-03-02", "2026-03-01T12:00Z", State.DUE_SOON),
        ("2026-03-31", "2026-03-01T12:00Z", State.DUE_SOON),
        ("2026-04-01", "2026-03-01T12:00Z", State.OK),
        ("2026-03-01", "2026-03-01T23:59Z", State.DUE),
        ("2026-03-01", "2026-03-02T00:00Z", State.OVERDUE),
    ],
)
def test_the_calendar_goes_on_after_the_partners_word(day: str, now: str, expected: State) -> None:
    assert state_on(State.OK, date.fromisoformat(day), as_of=AS_OF, stale_after=timedelta(days=9),
                    now=datetime.fromisoformat(now)) is expected  # fmt: skip


def test_remaining_days_count_from_the_day_they_were_told_for() -> None:
    assert first_day([TrackedTerm(Measure.DATE, None, 10), on("2026-03-15")], AS_OF) == date(2026, 3, 11)
    assert first_day([hours(5)], AS_OF) is None


def test_an_old_word_is_unknown_and_an_overrun_stays_one() -> None:
    age = timedelta(hours=48)
    assert not is_stale(AS_OF, age, AS_OF + age), "at exactly that age it still holds"
    late = AS_OF + age + timedelta(seconds=1)
    assert state_on(State.OK, None, as_of=AS_OF, stale_after=age, now=AS_OF + age) is State.OK
    assert state_on(State.OK, None, as_of=AS_OF, stale_after=age, now=late) is State.UNKNOWN
    assert state_on(State.DUE_SOON, None, as_of=AS_OF, stale_after=age, now=late) is State.UNKNOWN
    assert state_on(State.OVERDUE, None, as_of=AS_OF, stale_after=age, now=late) is State.OVERDUE
    assert state_on(State.OK, date(2026, 3, 2), as_of=AS_OF, stale_after=age, now=late) is State.OVERDUE, "it passed"


whole = st.integers(-(10**9), 10**9)
terms = st.one_of(
    st.builds(TrackedTerm, st.sampled_from([Measure.HOURS, Measure.LANDINGS]), whole, whole | st.none()),
    st.builds(
        TrackedTerm, st.just(Measure.DATE), st.dates(date(1990, 1, 1), date(2090, 1, 1)) | st.none(),
        st.integers(-9999, 9999) | st.none(),
    ),
)  # fmt: skip


@given(st.lists(terms, min_size=1), terms, st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_one_limit_more_is_never_better_and_waiting_never_turns_green(
    some: list[TrackedTerm], more: TrackedTerm, naive: datetime
) -> None:
    now, age = naive.replace(tzinfo=UTC), timedelta(hours=48)

    def state(chosen: list[TrackedTerm], at: datetime) -> State:
        said = told_state(chosen, "", AS_OF)
        return state_on(said, first_day(chosen, AS_OF), as_of=AS_OF, stale_after=age, now=at)

    assert state([*some, more], now) >= state(some, now)
    assert state(some, now + timedelta(days=1)) >= state(some, now)


@given(st.lists(terms))
def test_terms_survive_being_kept(some: list[TrackedTerm]) -> None:
    assert list(from_json(as_json(some))) == some
