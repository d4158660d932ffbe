"""Call sign first, then registration, exactly as written; what is nearly the same is named, never taken."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.contract import Aircraft
from hangarlink.integration.datasets.matching import Code, Fleet, Known, how_they_differ


def ours(registration: str, call_sign: str = "") -> Known:
    return Known(uuid4(), registration, call_sign)


def theirs(call_sign: str = "", registration: str = "", **more: bool) -> Aircraft:
    return Aircraft("1", call_sign=call_sign, registration=registration, **more)  # type: ignore[arg-type]


def test_the_call_sign_comes_before_the_registration() -> None:
    by_registration, by_call_sign = ours("OY-SKA"), ours("OY-XYZ", "OY-SKA")
    assert Fleet([by_registration, by_call_sign]).match(theirs("OY-SKA")).aircraft_id == by_call_sign.id


def test_the_registration_is_the_second_chance() -> None:
    one = ours("OY-SKA", "SKY1")
    assert Fleet([one]).match(theirs("OY-SKA")).aircraft_id == one.id
    assert Fleet([one]).match(theirs("TAXI 7", "OY-SKA")).aircraft_id == one.id


@pytest.mark.parametrize(
    ("written_here", "written_there", "difference"),
    [
        ("OYSKA", "OY-SKA", "only by a dash"),
        ("oy-ska", "OY-SKA", "only in upper and lower case"),
        ("OY SKA", "OY-SKA", "only in blanks or punctuation"),
        ("OY-SKA ", "OY-SKA", "only in blanks or punctuation"),
        ("OY-SKB", "OY-SKA", "in one character"),
        ("OY-SK", "OY-SKA", "in one character"),
        ("OY-SKAA", "OY-SKA", "in one character"),
    ],
)
def test_near_misses_are_named_and_not_taken(written_here: str, written_there: str, difference: str) -> None:
    match = Fleet([ours(written_here)]).match(theirs(written_there))
    assert (match.aircraft_id, match.code) == (None, Code.NO_MATCH)
    assert f"{written_here} is close: it differs {difference}." in match.reason
    assert match.reason.startswith(f"No aircraft here has the call sign or registration {written_there}.")


@pytest.mark.parametrize("pair", [("OY-SKA", "OY-SKA"), ("OY-SKA", "G-ABCD"), ("N1", "N2"), ("OY-SKA", "OY-SBK")])
def test_what_is_not_near(pair: tuple[str, str]) -> None:
    assert how_they_differ(*pair) == ""


def test_a_simulator_is_never_matched() -> None:
    match = Fleet([ours("FNPT-1")]).match(theirs("FNPT-1", is_simulator=True))
    assert (match.aircraft_id, match.code) == (None, Code.SIMULATOR)


def test_a_disabled_aircraft_is_matched_if_we_have_it_and_else_not_missed() -> None:
    one = ours("OY-SOL")
    assert Fleet([one]).match(theirs("OY-SOL", is_disabled=True)).aircraft_id == one.id
    assert Fleet([]).match(theirs("OY-SOL", is_disabled=True)).code == Code.DISABLED


words = st.text("ABN-1 ", min_size=1, max_size=6)


@given(st.lists(words, max_size=6, unique=True), words)
def test_only_the_very_same_spelling_matches(registrations: list[str], asked: str) -> None:
    fleet = [Known(UUID(int=n), registration, "") for n, registration in enumerate(registrations)]
    match = Fleet(fleet).match(theirs(asked))
    assert (match.aircraft_id is not None) == (asked in registrations)


@given(words, words)
def test_being_near_is_mutual(a: str, b: str) -> None:
    assert bool(how_they_differ(a, b)) == bool(how_they_differ(b, a))
