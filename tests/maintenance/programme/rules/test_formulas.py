"""Derived counters: AD 2020-26-16 with its published values, and what a formula may not be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.programme.rules.formulas import (
    counters_in,
    evaluate,
    from_json,
    requirements_in,
    sentence,
    to_json,
)
from hangarlink.platform.errors import RuleBroken
from tests.maintenance.programme.rules.build import FH, h

INSPECTIONS = {
    "kind": "product",
    "of": [{"kind": "count", "requirement": "100 h"}, {"kind": "number", "value": 360_000}],
}
FACTORED: dict[str, Any] = {
    "kind": "sum",
    "of": [
        INSPECTIONS,
        {
            "kind": "quotient",
            "of": [
                {"kind": "difference", "of": [{"kind": "counter", "counter": FH}, INSPECTIONS]},
                {"kind": "number", "value": 17},
            ],
        },
    ],
}


@pytest.mark.parametrize(
    ("inspections", "hours", "expected"), [(25, 5000, 2647.1), (40, 5000, 4058.8), (25, 8000, 2823.5)]
)
def test_e22_factored_service_hours(inspections: int, hours: int, expected: float) -> None:
    found = evaluate(from_json(FACTORED), {FH: h(hours)}, {"100 h": inspections})
    assert found is not None
    assert round(found / 3600, 1) == expected
    assert found < h(5000), "the threshold is not reached"


def test_what_is_not_known_makes_it_unknown() -> None:
    formula = from_json(FACTORED)
    assert evaluate(formula, {FH: None}, {"100 h": 25}) is None
    assert evaluate(formula, {}, {}) is None
    assert evaluate(formula, {FH: h(17)}, {}) == h(1), "never inspected is a count of zero, not an unknown one"


def test_it_is_rounded_up() -> None:
    third = {"kind": "quotient", "of": [{"kind": "counter", "counter": FH}, {"kind": "number", "value": 3}]}
    assert evaluate(from_json(third), {FH: 10}, {}) == 4


def test_dividing_by_what_becomes_zero_is_unknown() -> None:
    over = {"kind": "quotient", "of": [{"kind": "counter", "counter": FH}, {"kind": "count", "requirement": "x"}]}
    assert evaluate(from_json(over), {FH: 10}, {"x": 0}) is None
    assert evaluate(from_json(over), {FH: 10}, {"x": 2}) == 5


def test_what_it_speaks_of_and_how_it_reads() -> None:
    formula = from_json(FACTORED)
    assert (counters_in(formula), requirements_in(formula)) == ({FH}, {"100 h"})
    said = sentence(formula, lambda name: "T", lambda name: name)
    assert said == "((number of 100 h × 360000) + ((T − (number of 100 h × 360000)) / 17))"


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ({"kind": "number", "value": 5}, "speaks of no counter"),
        ({"kind": "sum", "of": []}, "at least 1"),
        ({"kind": "quotient", "of": [{"kind": "counter", "counter": FH}, {"kind": "number", "value": 0}]}, "by zero"),
        (
            {
                "kind": "quotient",
                "of": [
                    {"kind": "counter", "counter": FH},
                    {"kind": "difference", "of": [{"kind": "number", "value": 2}, {"kind": "number", "value": 2}]},
                ],
            },
            "by zero",
        ),
        ({"kind": "counter", "counter": FH, "more": 1}, "more"),
        ({"kind": "number", "value": 1.5}, "value"),
        ({"kind": "number", "value": 1, "per": 0}, "per"),
        ({"kind": "power", "of": []}, "kind"),
        ([], "formula"),
        ({"kind": "sum", "of": [{"kind": "counter", "counter": FH}] * 20 + [{"kind": "number", "value": 1}]}, "of"),
    ],
)
def test_refusals(formula: Any, message: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        from_json(formula)
    assert message in str(refused.value)
    assert refused.value.field == "formula"


def test_hostile_nesting_is_refused_before_it_is_walked() -> None:
    deep: Any = {"kind": "counter", "counter": FH}
    for _ in range(500):
        deep = {"kind": "sum", "of": [deep]}
    with pytest.raises(RuleBroken, match="too deep"):
        from_json(deep)


leaf = (
    st.builds(lambda value: {"kind": "number", "value": value, "per": 1}, st.integers(-50, 50))
    | st.just({"kind": "counter", "counter": FH})
    | st.just({"kind": "count", "requirement": "100 h"})
)
formulas = st.recursive(
    leaf,
    lambda inner: st.builds(
        lambda kind, left, right: {"kind": kind, "of": [left, right]},
        st.sampled_from(["sum", "product", "difference", "quotient"]),
        inner,
        inner,
    ),
    max_leaves=12,
)


@given(formula=formulas, total=st.none() | st.integers(0, 10**6), count=st.integers(0, 50))
def test_every_formula_that_is_let_in_has_an_answer_or_none(formula: Any, total: int | None, count: int) -> None:
    try:
        found = from_json(formula)
    except RuleBroken:
        return
    assert from_json(to_json(found)) == found
    value = evaluate(found, {FH: total}, {"100 h": count})
    assert value is None or value >= 0
