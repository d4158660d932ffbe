"""Schedules to JSON and back. What comes in is checked wholly, and every problem names its place in the tree."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hangarlink.maintenance.programme.rules.limits import (
    Basis,
    CounterLimit,
    DateLimit,
    EventLimit,
    Leaf,
    Schedule,
    Start,
    Tree,
)
from hangarlink.maintenance.programme.rules.trees import clause_count, depth, leaves
from hangarlink.platform.errors import RuleBroken

MOST_CLAUSES = 32
MOST_DEPTH = 8
KINDS = "counter, calendar, date, event, first, last"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a schedule: where (`repeat.of.1.every`) and what, as a sentence."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class ScheduleInvalid(RuleBroken):
    """A schedule that cannot be accepted, with every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), field="schedule")
        self.problems = tuple(problems)


def to_json(schedule: Schedule) -> dict[str, Any]:
    """The stored form: plain JSON values. Defaults are written out, so changing one later changes no schedule."""
    return schedule.model_dump(mode="json", exclude_none=True)


def from_json(data: object, *, counters: Collection[str] | None = None) -> Schedule:
    """A checked schedule from JSON values.

    counters  the counter roles that exist; None when they are not known here. Raises ScheduleInvalid.
    """
    too_deep = _nesting_problem(data)
    if too_deep:
        raise ScheduleInvalid([too_deep])
    try:
        schedule = Schedule.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise ScheduleInvalid([_problem(detail) for detail in error.errors()]) from None
    except (TypeError, ValueError) as error:
        raise ScheduleInvalid([Problem("", f"this is not JSON data: {error}")]) from None
    found = problems(schedule, counters=counters)
    if found:
        raise ScheduleInvalid(found)
    return schedule


def problems(schedule: Schedule, *, counters: Collection[str] | None = None) -> list[Problem]:
    """What is wrong with a well-formed schedule: unknown counters, a window policy without its window, sheer size."""
    found: list[Problem] = []
    for root, tree in stages(schedule):
        unfolded = clause_count(tree)
        if depth(tree) > MOST_DEPTH:
            found.append(Problem(root, f"limits are nested {depth(tree)} deep; the most is {MOST_DEPTH}"))
        elif unfolded > MOST_CLAUSES:
            found.append(Problem(root, f"this unfolds to {unfolded} alternatives; the most is {MOST_CLAUSES}"))
        else:
            for path, leaf in leaves(tree, root):
                found += [Problem(_dotted(path), message) for message in _leaf_problems(leaf, schedule, root, counters)]
    return found


def stages(schedule: Schedule) -> list[tuple[str, Tree]]:
    """The trees of a schedule with the path of their roots."""
    both: list[tuple[str, Tree | None]] = [("initial", schedule.initial), ("repeat", schedule.repeat)]
    return [(root, tree) for root, tree in both if tree is not None]


def _leaf_problems(leaf: Leaf, schedule: Schedule, root: str, counters: Collection[str] | None) -> list[str]:
    if isinstance(leaf, DateLimit):
        once = root == "initial" or schedule.times == 1
        return [] if once else ["a fixed date does not repeat: put it in `initial`, or set `times` to 1"]
    if isinstance(leaf, EventLimit):
        return []
    found = []
    if isinstance(leaf, CounterLimit) and counters is not None and leaf.counter not in counters:
        known = ", ".join(sorted(counters)) or "none"
        found.append(f"there is no counter {leaf.counter!r}; known counters: {known}")
    repeats = root == "repeat" and leaf.every is not None
    if repeats and (leaf.basis or schedule.basis) is Basis.WINDOW and leaf.window is None:
        found.append("the basis is `window`, so this limit needs a `window` with `before` and `after`")
    if root == "initial" and leaf.start is Start.LAST_DONE:
        found.append("an initial limit counts from an event before the first accomplishment: set `start`")
    return found


def _nesting_problem(data: object, level: int = 0) -> Problem | None:
    """Refuse hostile nesting before anything recursive looks at it (each level of a tree is two levels of JSON)."""
    if level > 2 * MOST_DEPTH + 4:
        return Problem("", f"limits are nested too deep; the most is {MOST_DEPTH}")
    inner = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    return next((found for child in inner if (found := _nesting_problem(child, level + 1))), None)


def _problem(detail: ErrorDetails) -> Problem:
    loc = detail["loc"]
    # The kind of a limit follows its place; a field of the same name (`counter`, `event`) follows the kind.
    places = {number for number, part in enumerate(loc[:-1]) if part in {"initial", "repeat"} or isinstance(part, int)}
    path = ".".join(str(part) for number, part in enumerate(loc) if number - 1 not in places or isinstance(part, int))
    return Problem(path, _SENTENCES.get(detail["type"], _as_said)(detail))


def _as_said(detail: ErrorDetails) -> str:
    return detail["msg"]


def _shown(detail: ErrorDetails) -> str:
    shown = repr(detail["input"])
    return shown if len(shown) <= 60 else shown[:57] + "..."


_SENTENCES: dict[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda _: "this field is missing",
    "extra_forbidden": lambda d: f"there is no such field (it holds {_shown(d)}); is it misspelled?",
    "greater_than": lambda d: f"must be more than {d['ctx']['gt']}, it is {_shown(d)}",
    "greater_than_equal": lambda d: f"must be {d['ctx']['ge']} or more, it is {_shown(d)}",
    "less_than_equal": lambda d: f"must be {d['ctx']['le']} or less, it is {_shown(d)}",
    "int_type": lambda d: f"must be a whole number, it is {_shown(d)}",
    "int_from_float": lambda d: f"must be a whole number, it is {_shown(d)}",
    "enum": lambda d: f"must be one of {d['ctx']['expected']}, it is {_shown(d)}",
    "union_tag_invalid": lambda d: f"`kind` must be one of {KINDS}; it is {d['ctx']['tag']!r}",
    "union_tag_not_found": lambda _: f"`kind` is missing; it is one of {KINDS}",
    "string_pattern_mismatch": lambda d: (
        f"must be a code in small letters, digits and underscores, such as shop_visit; it is {_shown(d)}"
    ),
    "literal_error": lambda d: f"must be {d['ctx']['expected']}, it is {_shown(d)}",
    "date_from_datetime_parsing": lambda d: f"must be a date that exists, written YYYY-MM-DD; it is {_shown(d)}",
    "date_parsing": lambda d: f"must be a date that exists, written YYYY-MM-DD; it is {_shown(d)}",
    "date_type": lambda d: f"must be a date written YYYY-MM-DD, it is {_shown(d)}",
}


def _dotted(path: str) -> str:
    """`repeat/1/0` as the JSON names it: `repeat.of.1.of.0`."""
    root, *places = path.split("/")
    return ".of.".join([root, *places])
