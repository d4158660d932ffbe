"""The clock of a component, by the worked examples and by properties."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.components.rules.clock import (
    Facts,
    Period,
    Standing,
    Told,
    Turn,
    moments_asked,
    rating_at,
    standing,
)
from hangarlink.maintenance.components.vocabulary import EntryKind

A, B = uuid4(), uuid4()
HOUR = 3600
START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def hours(number: float) -> int:
    return round(number * HOUR)


class Parent:
    """Driving counters whose totals are known at some days; between them they stand still."""

    def __init__(self, **totals: Sequence[tuple[float, float | None]]) -> None:
        self._totals = {A: totals.get("a", []), B: totals.get("b", [])}

    def __call__(self, driver: UUID, at: datetime) -> Fraction | None:
        found = None
        for since, total in self._totals[driver]:
            if day(since) <= at:
                found = None if total is None else Fraction(hours(total))
        return found


def stated(at: float, total: float, **ratings: int) -> Told:
    return Told(EntryKind.STATED, day(at), hours(total), by_rating=ratings)


def show(facts: Facts, at: float, parent: Parent) -> float | None:
    whole = standing(facts, day(at), parent).whole
    return None if whole is None else whole / HOUR


def test_e24_a_component_moves_between_aircraft() -> None:
    parent = Parent(a=[(0, 5000.0), (9, 5240.0), (20, 5300.0)], b=[(0, 12030.2), (30, 12030.2), (40, 12100.0)])
    facts = Facts(
        periods=[Period(day(1), day(10), A), Period(day(10), day(30)), Period(day(30), None, B)],
        told=[stated(1, 2310.5)],
    )
    assert show(facts, 10, parent) == 2550.5
    assert show(facts, 25, parent) == 2550.5, "what A flew afterwards is not in it"
    assert show(facts, 40, parent) == pytest.approx(2620.3)


def test_nothing_stated_is_unknown_and_never_zero() -> None:
    facts = Facts(periods=[Period(day(1), None, A)])
    assert standing(facts, day(5), Parent(a=[(0, 100.0)])).total is None


def test_a_driver_that_nobody_knows_makes_it_unknown_until_papers_say() -> None:
    parent = Parent(a=[(0, None), (8, 50.0), (9, 60.0)])
    facts = Facts(periods=[Period(day(1), None, A)], told=[stated(1, 10.0)])
    assert show(facts, 5, parent) is None
    mended = Facts(periods=facts.periods, told=[*facts.told, stated(8, 30.0)])
    assert show(mended, 9, parent) == 40.0


def test_running_where_nobody_tells_us_makes_it_unknown() -> None:
    away = [Period(day(0), day(2), A), Period(day(2), day(5), is_known=False), Period(day(5), None)]
    assert show(Facts(away, [stated(0, 10.0)]), 6, Parent(a=[(0, 0.0)])) is None
    assert show(Facts(away, [stated(0, 10.0), stated(5, 90.0)]), 6, Parent(a=[(0, 0.0)])) == 90.0


def test_a_ratio_counts_exactly_and_rounds_up_once() -> None:
    """Two thirds of a cycle per landing: after 1, 2 and 3 landings 1, 2 and 2 cycles are used, never less than ran."""
    shown = []
    for landings in (1, 2, 3):
        facts = Facts([Period(day(0), None, A, Fraction(2, 3))], [Told(EntryKind.STATED, day(0), 0)])
        totals: Mapping[datetime, int] = {day(0): 0, day(1): landings}
        shown.append(standing(facts, day(1), lambda _, at, totals=totals: Fraction(totals[at])).whole)
    assert shown == [1, 2, 2]


def test_bench_time_counts_like_flying() -> None:
    facts = Facts([Period(day(0), None)], [stated(0, 10.0), Told(EntryKind.BENCH, day(1), hours(1.5))])
    assert show(facts, 1, Parent()) == 11.5


def test_an_own_meter_reads_on_across_its_replacement() -> None:
    """E23 on a component: three meters in a row sum."""
    told = [
        Told(EntryKind.STATED, day(0), hours(1233.0)),
        Told(EntryKind.METER, day(1), hours(10.0), last=hours(1300.0)),
        Told(EntryKind.READING, day(2), hours(50.0)),
    ]
    assert show(Facts([Period(day(0), None)], told), 2, Parent()) == 1340.0


def test_papers_below_what_ran_do_not_take_it_back() -> None:
    facts = Facts([Period(day(0), None, A)], [stated(0, 100.0), stated(5, 90.0)])
    found = standing(facts, day(5), Parent(a=[(0, 0.0)]))
    assert found.whole == hours(100.0)
    assert [(c.expected, c.found) for c in found.contradictions] == [(hours(100.0), hours(90.0))]


def test_what_ran_stands_under_the_rating_it_ran_at() -> None:
    facts = Facts(
        [Period(day(0), None, A)],
        [Told(EntryKind.STATED, day(0), hours(100), by_rating={"22K": hours(100)})],
        [Turn(day(0), "22K"), Turn(day(5), "26K")],
    )
    found = standing(facts, day(9), Parent(a=[(0, 0.0), (4, 40.0), (8, 70.0)]))
    assert found.by_rating == {"22K": hours(140), "26K": hours(30)}
    assert rating_at(facts.turns, day(5)) == "26K"


def test_a_stated_total_at_the_moment_of_installation_counts_from_there() -> None:
    facts = Facts([Period(day(1), None, A)], [stated(1, 10.0)])
    assert show(facts, 1, Parent(a=[(0, 500.0)])) == 10.0


# Properties over lives: periods one after the other on two parents, with gaps in stock, ratios and things told.

ratios = st.builds(Fraction, st.integers(1, 5), st.integers(1, 5))


@st.composite
def lives(draw: st.DrawFn) -> tuple[Facts, dict[UUID, list[tuple[int, int]]]]:
    """A life, and what each parent added on each of forty days."""
    flown = {one: sorted(draw(st.dictionaries(st.integers(0, 39), st.integers(0, 5000), max_size=20)).items())
             for one in (A, B)}  # fmt: skip
    cuts = sorted(draw(st.sets(st.integers(0, 39), min_size=1, max_size=7)))
    ends: list[int | None] = [*cuts[1:], None]
    periods = [
        Period(day(since), None if until is None else day(until), draw(st.sampled_from([A, B, None])), draw(ratios))
        for since, until in zip(cuts, ends, strict=True)
    ]
    bench = draw(st.dictionaries(st.integers(cuts[0] + 1, 40), st.integers(1, 900), max_size=4))
    told = [Told(EntryKind.STATED, day(cuts[0]), draw(st.integers(0, 10_000)))]
    told += [Told(EntryKind.BENCH, day(at), amount) for at, amount in bench.items()]
    turns = [
        Turn(day(at), name) for at, name in draw(st.dictionaries(st.integers(0, 39), st.sampled_from("XYZ"))).items()
    ]
    return Facts(periods, told, turns), flown


def reader(flown: Mapping[UUID, Sequence[tuple[int, int]]]):  # type: ignore[no-untyped-def]
    return lambda driver, at: Fraction(sum(amount for number, amount in flown[driver] if day(number) <= at))


@given(lives(), st.integers(0, 45))
def test_the_clock_is_the_sum_over_its_periods(life: tuple[Facts, dict[UUID, list[tuple[int, int]]]], at: int) -> None:
    """Recomputed from nothing, flight by flight: each flight counts in the period it fell into, times that ratio."""
    facts, flown = life
    found = standing(facts, day(at), reader(flown))
    if day(at) < facts.periods[0].since:
        assert found.total is None
        return
    expected = Fraction(0)
    for told in facts.told:
        expected += told.value if told.at <= day(at) else 0
    for period in facts.periods:
        for number, amount in flown.get(period.driver, []) if period.driver else []:
            after_begin = day(number) > period.since
            until_end = period.until is None or day(number) <= period.until
            if after_begin and until_end and day(number) <= day(at):
                expected += amount * period.ratio
    assert found.total == expected
    assert sum(found.by_rating.values()) == expected
    assert found.whole is not None
    assert 0 <= found.whole - expected < 1


@given(lives())
def test_it_never_falls_and_asks_only_for_what_it_announced(
    life: tuple[Facts, dict[UUID, list[tuple[int, int]]]],
) -> None:
    facts, flown = life
    read, last = reader(flown), Fraction(0)
    for number in range(46):
        announced = set(moments_asked(facts, day(number)))

        def asked(driver: UUID, at: datetime, allowed: set[tuple[UUID, datetime]] = announced) -> Fraction:
            assert (driver, at) in allowed
            return read(driver, at)

        found = standing(facts, day(number), asked)
        if found.total is not None:
            assert found.total >= last
            last = found.total


@given(lives(), st.integers(0, 39), st.integers(1, 5000))
def test_a_late_flight_moves_exactly_who_was_there(
    life: tuple[Facts, dict[UUID, list[tuple[int, int]]]], number: int, amount: int
) -> None:
    """E36: +k times the flight for the component that was installed then, also after it is off again; else nothing."""
    facts, flown = life
    late = {**flown, A: [*flown[A], (number, amount)]}
    before, after = (standing(facts, day(50), reader(f)).total for f in (flown, late))
    there = [
        p.ratio
        for p in facts.periods
        if p.driver == A and day(number) > p.since and (p.until is None or day(number) <= p.until)
    ]
    assert before is not None
    assert after is not None
    assert after - before == amount * sum(there)


@given(
    own=st.builds(Fraction, st.integers(0, 10**7), st.integers(1, 5)),
    driver=st.integers(0, 10**7), ratio=ratios, limit=st.integers(0, 2 * 10**7), later=st.integers(0, 10**7),
)  # fmt: skip
def test_passing_the_line_on_the_driver_is_passing_the_limit(
    own: Fraction, driver: int, ratio: Fraction, limit: int, later: int
) -> None:
    """limit_on_parent = P + floor((limit - C) / k): passed there exactly when the whole own total is passed here."""
    line = driver + floor((limit - own) / ratio)
    now = Standing(own + later * ratio)
    assert now.whole is not None
    assert (driver + later > line) == (now.whole > limit)
