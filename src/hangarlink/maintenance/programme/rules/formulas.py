"""Counters that follow from others by a formula: factored service hours, equivalent cycles. Domain rule 1.2.7.

A formula is an expression over totals of counters and over how often a requirement was accomplished. It is worked out
with exact fractions and rounded up at the end: a derived total is never shown lower than it is. What is not known makes
the whole unknown, and so does a division by what turns out to be zero.

AD 2020-26-16, `(N * 100 h) + (T - N * 100 h) / 17`, is

    {"kind": "sum", "of": [
      {"kind": "product", "of": [{"kind": "count", "requirement": "100 h"}, {"kind": "number", "value": 360000}]},
      {"kind": "quotient", "of": [
        {"kind": "difference", "of": [{"kind": "counter", "counter": "airborne"},
          {"kind": "product", "of": [{"kind": "count", "requirement": "100 h"}, {"kind": "number", "value": 360000}]}]},
        {"kind": "number", "value": 17}]}]}
"""

import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from hangarlink.maintenance.programme.rules.limits import MOST_COUNTED, Node
from hangarlink.platform.errors import RuleBroken

MOST_PARTS = 60
MOST_DEPTH = 12


class Number(Node):
    """A constant, `value / per`. Amounts of time counters are seconds."""

    kind: Literal["number"] = "number"
    value: Annotated[int, Field(ge=-MOST_COUNTED, le=MOST_COUNTED)]
    per: Annotated[int, Field(gt=0, le=MOST_COUNTED)] = 1


class CounterTotal(Node):
    """The total of a counter of the same aircraft: its name or kind; stored, its id."""

    kind: Literal["counter"] = "counter"
    counter: Annotated[str, Field(min_length=1, max_length=64)]


class Count(Node):
    """How often a requirement was accomplished on the aircraft: its reference; stored, its id."""

    kind: Literal["count"] = "count"
    requirement: Annotated[str, Field(min_length=1, max_length=64)]


class Sum(Node):
    """Everything in `of` added up."""

    kind: Literal["sum"] = "sum"
    of: Annotated[tuple["Formula", ...], Field(min_length=1, max_length=20)]


class Product(Node):
    """Everything in `of` multiplied."""

    kind: Literal["product"] = "product"
    of: Annotated[tuple["Formula", ...], Field(min_length=1, max_length=20)]


class Difference(Node):
    """The first of `of` less the second."""

    kind: Literal["difference"] = "difference"
    of: Annotated[tuple["Formula", ...], Field(min_length=2, max_length=2)]


class Quotient(Node):
    """The first of `of` divided by the second."""

    kind: Literal["quotient"] = "quotient"
    of: Annotated[tuple["Formula", ...], Field(min_length=2, max_length=2)]


Formula = Annotated[Number | CounterTotal | Count | Sum | Product | Difference | Quotient, Field(discriminator="kind")]
Combined = Sum | Product | Difference | Quotient
for _one in (Sum, Product, Difference, Quotient):
    _one.model_rebuild()
_FORMULA: TypeAdapter[Formula] = TypeAdapter(Formula)


def from_json(data: object) -> Formula:
    """A checked formula. Raises RuleBroken naming the place: nothing in it, too large, a division by zero."""
    if _depth(data) > 2 * MOST_DEPTH + 2:
        raise RuleBroken(f"The formula is nested too deep; the most is {MOST_DEPTH}.", field="formula")
    try:
        found = _FORMULA.validate_json(json.dumps(data))
    except (TypeError, ValidationError) as error:
        details = error.errors() if isinstance(error, ValidationError) else []
        said = [f"{'.'.join(str(part) for part in one['loc']) or 'formula'}: {one['msg']}" for one in details]
        raise RuleBroken("; ".join(said) or f"formula: {error}", field="formula") from None
    _check(found)
    return found


def to_json(formula: Formula) -> dict[str, Any]:
    """The stored form."""
    return formula.model_dump(mode="json")


def parts(formula: Formula) -> Iterator[Formula]:
    """Every part of a formula, itself first."""
    yield formula
    if isinstance(formula, Combined):
        for child in formula.of:
            yield from parts(child)


def counters_in(formula: Formula) -> set[str]:
    """The counters it speaks of."""
    return {one.counter for one in parts(formula) if isinstance(one, CounterTotal)}


def requirements_in(formula: Formula) -> set[str]:
    """The requirements it counts."""
    return {one.requirement for one in parts(formula) if isinstance(one, Count)}


def named(formula: Formula, counters: Mapping[str, str], requirements: Mapping[str, str]) -> Formula:
    """The formula with other names for its counters and requirements; names not given stay."""
    if isinstance(formula, CounterTotal):
        return CounterTotal(counter=counters.get(formula.counter, formula.counter))
    if isinstance(formula, Count):
        return Count(requirement=requirements.get(formula.requirement, formula.requirement))
    if isinstance(formula, Combined):
        return formula.model_copy(update={"of": tuple(named(one, counters, requirements) for one in formula.of)})
    return formula


def evaluate(formula: Formula, totals: Mapping[str, int | None], counts: Mapping[str, int]) -> int | None:
    """The derived total, rounded up; None when something in it is not known, or it would be below zero."""
    found = exact(formula, totals, counts)
    return None if found is None or found < 0 else ceil(found)


def exact(formula: Formula, totals: Mapping[str, int | None], counts: Mapping[str, int]) -> Fraction | None:
    """The same before rounding."""
    if isinstance(formula, Number):
        return Fraction(formula.value, formula.per)
    if isinstance(formula, CounterTotal):
        total = totals.get(formula.counter)
        return None if total is None else Fraction(total)
    if isinstance(formula, Count):
        return Fraction(counts.get(formula.requirement, 0))
    values = [exact(one, totals, counts) for one in formula.of]
    known = [one for one in values if one is not None]
    return _COMBINE[type(formula)](known) if len(known) == len(values) else None


def sentence(formula: Formula, counter: Callable[[str], str], requirement: Callable[[str], str]) -> str:
    """The formula as people write it; `counter` and `requirement` give the names."""
    if isinstance(formula, Number):
        return str(formula.value) if formula.per == 1 else f"{formula.value}/{formula.per}"
    if isinstance(formula, CounterTotal):
        return counter(formula.counter)
    if isinstance(formula, Count):
        return f"number of {requirement(formula.requirement)}"
    said = [sentence(one, counter, requirement) for one in formula.of]
    sign = {Sum: " + ", Product: " × ", Difference: " − ", Quotient: " / "}[type(formula)]
    return f"({sign.join(said)})"


def _product(values: list[Fraction]) -> Fraction:
    found = Fraction(1)
    for value in values:
        found *= value
    return found


def _quotient(values: list[Fraction]) -> Fraction | None:
    return values[0] / values[1] if values[1] else None


_COMBINE: dict[type, Callable[[list[Fraction]], Fraction | None]] = {
    Sum: lambda values: sum(values, Fraction(0)),
    Product: _product,
    Difference: lambda values: values[0] - values[1],
    Quotient: _quotient,
}


def _check(formula: Formula) -> None:
    everything = list(parts(formula))
    if len(everything) > MOST_PARTS:
        raise RuleBroken(f"The formula has {len(everything)} parts; the most is {MOST_PARTS}.", field="formula")
    if not any(isinstance(one, CounterTotal | Count) for one in everything):
        raise RuleBroken("The formula speaks of no counter and counts nothing: it would never change.", field="formula")
    for one in everything:
        if isinstance(one, Quotient) and _is_constant(one.of[1]) and not exact(one.of[1], {}, {}):
            raise RuleBroken("The formula divides by zero. Give a divisor that is not zero.", field="formula")


def _is_constant(formula: Formula) -> bool:
    return not any(isinstance(one, CounterTotal | Count) for one in parts(formula))


def _depth(data: object, level: int = 0) -> int:
    if level > 2 * MOST_DEPTH + 4:
        return level
    inner = list(data.values()) if isinstance(data, Mapping) else data if isinstance(data, list) else []
    return max((_depth(child, level + 1) for child in inner), default=level)
