"""Effectivity: which serial numbers and modification states a requirement is for (domain rule 1.9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.programme.rules.effectivity import (
    Effectivity,
    SerialRange,
    from_json,
    meant,
    ranges_from,
    ranges_text,
    text,
    to_json,
)
from hangarlink.platform.errors import RuleBroken


@pytest.mark.parametrize(
    ("ranges", "serial", "expected"),
    [
        ("101 to 250", "101", True),
        ("101 to 250", "250", True),
        ("101 to 250", "251", False),
        ("101 to 250", "0101", True),
        ("BB-1 to BB-120", "BB-99", True),
        ("BB-1 to BB-120", "bb 99", True),
        ("BB-1 to BB-120", "BL-99", False),
        ("172S8001 on", "172S12000", True),
        ("172S8001 on", "172S8000", False),
        ("172S8001 on", "172R8500", False),
        ("7, 12 to 14", "12", True),
        ("7, 12 to 14", "8", False),
        ("PROTO", "proto", True),
    ],
)
def test_serial_ranges_compare_the_running_number_and_nothing_else(ranges: str, serial: str, expected: bool) -> None:
    assert meant(Effectivity(serials=ranges_from(ranges)), serial, ()).is_meant is expected


def test_a_range_may_be_left_out() -> None:
    said = Effectivity(serials=ranges_from("100 to 200"), but=ranges_from("150"))
    assert meant(said, "149", ()).is_meant
    out = meant(said, "150", ())
    assert not out.is_meant
    assert "left out by 150" in out.why


def test_an_unknown_serial_number_keeps_the_work() -> None:
    found = meant(Effectivity(serials=ranges_from("100 to 200")), "", ())
    assert found.is_meant
    assert "not recorded" in found.why


def test_pre_and_post_modification_are_exclusive() -> None:
    pre, post = Effectivity(pre=("SB 32-01",)), Effectivity(post=("SB 32-01",))
    assert meant(pre, "1", []).is_meant
    assert not meant(post, "1", []).is_meant
    assert not meant(pre, "1", ["sb32-01"]).is_meant
    assert meant(post, "1", ["sb32-01"]).is_meant


@given(st.integers(0, 9_999), st.integers(0, 9_999), st.integers(0, 9_999), st.sampled_from(["", "BB-", "172S"]))
def test_a_number_is_in_its_range(first: int, last: int, number: int, prefix: str) -> None:
    if last < first:
        first, last = last, first
    said = Effectivity(serials=(SerialRange(first=f"{prefix}{first}", last=f"{prefix}{last}"),))
    assert meant(said, f"{prefix}{number}", ()).is_meant is (first <= number <= last)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 99) | st.none()), max_size=5))
def test_ranges_read_as_they_are_written(pairs: list[tuple[int, int | None]]) -> None:
    ranges = tuple(
        SerialRange(first=str(first), last=None if more is None else str(first + more)) for first, more in pairs
    )
    assert ranges_from(ranges_text(ranges)) == ranges
    said = Effectivity(serials=ranges, pre=("SB 1",))
    assert from_json(to_json(said)) == said


def test_what_narrows_nothing_is_stored_as_nothing() -> None:
    assert to_json(Effectivity()) == {}
    assert text(Effectivity(serials=ranges_from("1 to 9"), post=("SB 1",))) == "S/N 1 to 9; post SB 1"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"serials": [{"first": "250", "last": "101"}]}, "ends before it begins"),
        ({"serials": [{"first": "BB-1", "last": "BL-9"}]}, "differ in their last number"),
        ({"serials": [{"first": "", "last": "9"}]}, "serials.0.first"),
        ({"post": ["SB 1"], "pre": ["sb-1"]}, "with and without SB1"),
        ({"models": ["x"]}, "models"),
        ({"post": ["SB\x00"]}, "post.0"),
        ({"serials": [{"first": "1\n2"}]}, "serials.0.first"),
        ({"post": "SB 1"}, "post"),
        ([], "Effectivity"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(data: object, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        from_json(data)
