"""Life-limited parts: E25 and E26, and what a share of life never does."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.components.rules.life import WhyUnknown, life, limiter

RATED = {"22K": 20_000, "26K": 15_000}


def test_e26_two_thrust_ratings_pro_rata() -> None:
    found = life(RATED, {"22K": Fraction(6_000), "26K": Fraction(4_500)}, "22K")
    assert found.used == Fraction(6, 10)
    assert found.remaining == {"22K": 8_000, "26K": 6_000}
    assert found.left == 8_000


def test_e25_the_lowest_part_limits_the_engine() -> None:
    found = limiter([("fan", 11_800), ("hpt 1", 5_150), ("hpt 2", 7_300)])
    assert (found.part, found.left, found.is_certain) == ("hpt 1", 5_150, True)


def test_a_part_nobody_knows_makes_the_limiter_an_upper_bound() -> None:
    found = limiter([("fan", 11_800), ("hpt 1", None)])
    assert (found.part, found.left, found.unknown, found.is_certain) == ("fan", 11_800, ("hpt 1",), False)
    assert limiter([("fan", None)]).left is None


@pytest.mark.parametrize(
    ("limits", "ran", "why"),
    [
        (RATED, None, WhyUnknown.TOTAL),
        (RATED, {"": Fraction(10)}, WhyUnknown.RATING),
        (RATED, {"24K": Fraction(10)}, WhyUnknown.RATING),
    ],
)
def test_what_nobody_said_is_unknown_and_never_zero(
    limits: dict[str, int], ran: dict[str, Fraction] | None, why: WhyUnknown
) -> None:
    found = life(limits, ran)
    assert (found.used, found.left, found.why) == (None, None, why)


def test_one_limit_holds_at_any_rating() -> None:
    assert life({"": 1_000}, {"22K": Fraction(100), "": Fraction(150)}).left == 750


def test_a_rating_nobody_named_counts_at_the_most_demanding_limit() -> None:
    assert life(RATED, {}, "").left == 15_000


def test_exactly_used_up_is_used_up() -> None:
    assert life({"": 100}, {"": Fraction(100)}).is_used_up
    assert life({"": 100}, {"": Fraction(101)}).left == -1


shares = st.dictionaries(st.sampled_from(["22K", "26K"]), st.integers(0, 40_000).map(Fraction), max_size=2)


@given(shares, st.sampled_from(["22K", "26K"]), st.integers(1, 5_000))
def test_running_on_takes_from_what_is_left(ran: dict[str, Fraction], rating: str, more: int) -> None:
    """At its own rating exactly what it runs; and what is left can run, but nothing more."""
    before = life(RATED, ran, rating)
    after = life(RATED, {**ran, rating: ran.get(rating, Fraction(0)) + more}, rating)
    assert before.left is not None
    assert after.left == before.left - more
    at_the_end = life(RATED, {**ran, rating: ran.get(rating, Fraction(0)) + before.left}, rating)
    assert at_the_end.used is not None
    assert at_the_end.used <= 1


@given(st.lists(st.tuples(st.integers(), st.one_of(st.none(), st.integers(-100, 10_000)))))
def test_the_limiter_is_the_smallest(parts: list[tuple[int, int | None]]) -> None:
    found = limiter(parts)
    known = [left for _, left in parts if left is not None]
    assert found.left == (min(known) if known else None)
    assert len(found.unknown) == len(parts) - len(known)
