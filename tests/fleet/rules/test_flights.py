"""What makes a flight fact unfit, and which flights exclude each other."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.fleet.facts import FlightFact, Why
from hangarlink.fleet.rules.flights import LONGEST, Span, overlaps, unfit, unstorable
from hangarlink.platform.quantities import MAX_COUNT, MAX_SECONDS, Unit

AIRCRAFT, HOBBS, LANDINGS, FOREIGN = (UUID(int=n) for n in range(4))
UNITS = {HOBBS: Unit.SECONDS, LANDINGS: Unit.COUNT}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def fact(**changed: Any) -> FlightFact:
    values: dict[str, Any] = {
        "aircraft_id": AIRCRAFT, "external_id": "a", "started_at": NOON - timedelta(hours=2),
        "ended_at": NOON - timedelta(hours=1), "amounts": {HOBBS: 3600, LANDINGS: 1},
    }  # fmt: skip
    return FlightFact(**{**values, **changed})


def test_a_good_flight_is_fit() -> None:
    assert unfit(fact(), UNITS, NOON) is None
    assert unfit(fact(amounts={HOBBS: 0}), UNITS, NOON) is None, "a flight may add nothing to a counter"
    assert unfit(fact(started_at=NOON, ended_at=NOON), UNITS, NOON) is None, "a moment is enough"
    assert unfit(fact(ended_at=NOON + timedelta(minutes=5)), UNITS, NOON) is None, "clocks are a little off"
    assert unstorable(fact(departure="Ærø\u00a0Lufthavn", arrival="東京")) is None


@pytest.mark.parametrize(
    ("changed", "why", "said"),
    [
        ({"ended_at": NOON - timedelta(hours=3)}, Why.TIMES, "before it starts"),
        ({"started_at": datetime(2026, 3, 1, 9)}, Why.TIMES, "no time zone"),
        ({"ended_at": datetime(2026, 3, 1, 9)}, Why.TIMES, "no time zone"),
        ({"started_at": datetime(1, 1, 1, tzinfo=UTC), "ended_at": datetime(1, 1, 1, tzinfo=UTC)}, Why.TIMES, "year"),
        ({"started_at": NOON - LONGEST - timedelta(hours=2)}, Why.TIMES, "over 72 hours"),
        ({"ended_at": NOON + timedelta(minutes=6)}, Why.FUTURE, "in the future"),
        ({"ended_at": NOON + timedelta(days=365)}, Why.TIMES, "over 72 hours"),
        ({"amounts": {}}, Why.NO_AMOUNTS, "no counter"),
        ({"amounts": {FOREIGN: 1}}, Why.COUNTER, "not a counter of this aircraft"),
        ({"amounts": {HOBBS: -1}}, Why.AMOUNT, "negative"),
        ({"amounts": {HOBBS: 1.5}}, Why.AMOUNT, "not a whole number of seconds"),
        ({"amounts": {HOBBS: True}}, Why.AMOUNT, "not a whole number"),
        ({"amounts": {HOBBS: MAX_SECONDS + 1}}, Why.AMOUNT, "more than a counter can hold"),
        ({"amounts": {LANDINGS: MAX_COUNT + 1}}, Why.AMOUNT, "more than a counter can hold"),
        ({"external_id": "a\x00b"}, Why.TEXT, "external id"),
        ({"external_id": "x" * 121}, Why.TEXT, "121 characters"),
        ({"departure": "\ud800"}, Why.TEXT, "departure"),
    ],
)
def test_an_unfit_flight_is_named(changed: Mapping[str, Any], why: Why, said: str) -> None:
    problem = unstorable(fact(**changed)) or unfit(fact(**changed), UNITS, NOON)
    assert problem is not None
    assert problem.why is why
    assert said in problem.message


def span(key: int, start: float, end: float, aircraft: UUID = AIRCRAFT) -> Span:
    return Span(key, aircraft, NOON + timedelta(hours=start), NOON + timedelta(hours=end))


class TestOverlaps:
    def test_flights_may_touch(self) -> None:
        assert overlaps([span(1, 1, 2)], [(span(2, 0, 1), None), (span(3, 2, 3), None)]) == {}

    def test_one_second_is_too_much(self) -> None:
        standing, late = span(1, 1, 2), span(2, 0, 1 + 1 / 3600)
        assert overlaps([standing], [(late, None)]) == {2: standing}

    def test_inside_around_and_equal(self) -> None:
        standing = span(1, 1, 4)
        for start, end in ((2, 3), (0, 5), (1, 4), (0, 2), (3, 5)):
            assert overlaps([standing], [(span(2, start, end), None)]) == {2: standing}

    def test_other_aircraft_do_not_matter(self) -> None:
        assert overlaps([span(1, 1, 2, FOREIGN)], [(span(2, 1, 2), None)]) == {}

    def test_who_comes_first_in_the_page_flies(self) -> None:
        first, second = span(1, 1, 2), span(2, 1.5, 3)
        assert overlaps([], [(first, None), (second, None)]) == {2: first}

    def test_two_flights_may_swap_their_times(self) -> None:
        assert overlaps([], [(span(1, 3, 4), span(1, 1, 2)), (span(2, 1, 2), span(2, 3, 4))]) == {}

    def test_a_flight_that_cannot_move_keeps_its_old_time(self) -> None:
        standing = span(9, 5, 6)
        refused = overlaps([standing], [(span(1, 5, 6), span(1, 1, 2)), (span(2, 1, 2), None)])
        assert refused == {1: standing, 2: span(1, 1, 2)}

    def test_who_was_refused_for_a_move_that_failed_is_asked_again(self) -> None:
        standing = span(9, 6, 7)
        moves = (span(1, 4, 6.5), span(1, 0, 1))
        assert set(overlaps([standing], [moves, (span(2, 4, 5), None)])) == {1}

    def test_a_moment_is_in_nobodys_way(self) -> None:
        assert overlaps([span(1, 1, 4)], [(span(2, 2, 2), None), (span(3, 2, 2), None)]) == {}


hours = st.integers(0, 24)
lengths = st.integers(0, 4)


@st.composite
def disjoint(draw: st.DrawFn) -> list[Span]:
    """Flights that stand: none shares time with another."""
    found, start = [], 0
    for key in range(draw(st.integers(0, 6))):
        start += draw(st.integers(0, 3))
        found.append(span(100 + key, start, start + draw(lengths)))
        start += 4
    return found


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[Span], list[tuple[Span, Span | None]]]:
    standing = draw(disjoint())
    moving = [s for s in standing if draw(st.booleans())]
    wanted: list[tuple[Span, Span | None]] = []
    for key, now in enumerate([*moving, *[None] * draw(st.integers(0, 5))]):
        start = draw(hours)
        wanted.append((span(key, start, start + draw(lengths)), now))
    return [s for s in standing if s not in moving], draw(st.permutations(wanted))


def share_time(one: Span, other: Span) -> bool:
    return (
        not one.is_empty and not other.is_empty and one.started_at < other.ended_at and other.started_at < one.ended_at
    )


@given(pages())
def test_no_two_flights_share_time_and_nobody_is_refused_for_nothing(
    page: tuple[list[Span], list[tuple[Span, Span | None]]],
) -> None:
    standing, wanted = page
    refused = overlaps(standing, wanted)
    flies = [s for s, _ in wanted if s.key not in refused]
    stays = [*standing, *(now for s, now in wanted if s.key in refused and now is not None)]
    final = [*stays, *flies]
    assert not any(share_time(a, b) for n, a in enumerate(final) for b in final[:n])
    for asked, now in wanted:
        if asked.key in refused and now is None:
            assert any(share_time(asked, other) for other in final)
