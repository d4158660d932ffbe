"""A programme's tasks as a table: written for a spreadsheet, read back, the same both ways.

Every schedule survives: one that the limit columns cannot say stands in the column "Schedule (JSON)" instead.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from hangarlink.maintenance.amp.actions.tasks import TaskValues
from hangarlink.maintenance.amp.models import Task
from hangarlink.maintenance.amp.rules.phrases import Units, limit_from, phrase
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.codec import from_json, to_json
from hangarlink.maintenance.programme.rules.effectivity import Effectivity
from hangarlink.maintenance.programme.rules.limits import First, Last, Schedule
from hangarlink.platform.errors import Refused, RuleBroken

LIMITS = ("Limit 1", "Limit 2", "Limit 3", "Limit 4")
JSON = "Schedule (JSON)"
COLUMNS = (
    "Task", "Title", "Class", "ATA", "Source document", "Paragraph", "Effective date", "Combination", *LIMITS, "Basis",
    "Times", "Serial numbers", "But not", "Only with", "Only without", "Tolerance class",
    "Tolerance granted in", "Stands for", "Due soon (JSON)", JSON,
)  # fmt: skip
_TOLERANCE = {"tolerance": "Tolerance class", "tolerance_source": "Tolerance granted in"}
_TEXTS = {
    "title": "Title",
    "ata": "ATA",
    "source_document": "Source document",
    "source_paragraph": "Paragraph",
    **_TOLERANCE,
}
Row = Mapping[str, str]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row.

    line  number of the row as the spreadsheet shows it
    """

    line: int
    column: str
    message: str


@dataclass
class Sheet:
    """What was read: tasks by reference with the line each stands in, and what is wrong."""

    tasks: dict[str, TaskValues] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def rows_of(tasks: Iterable[Task], units: Units) -> list[dict[str, str]]:
    """A row for every task."""
    return [_row(task, units) for task in tasks]


def read_rows(rows: Sequence[tuple[int, Row]], units: Units) -> Sheet:
    """Tasks of numbered rows, keyed by column. Problems are collected, never the first one only."""
    found = Sheet()
    for line, row in rows:
        reference = row.get("Task", "").strip()
        if not reference:
            found.problems.append(Problem(line, "Task", "Every row needs the reference of its task."))
        elif reference in found.tasks:
            told = f"{reference} stands in row {found.lines[reference]} already. A task has one row."
            found.problems.append(Problem(line, "Task", told))
        else:
            found.lines[reference] = line
            found.tasks[reference] = _values(line, row, units, found.problems)
    return found


def _row(task: Task, units: Units) -> dict[str, str]:
    content = task.content
    narrowed = effectivity.from_json(content.get("effectivity", {}))
    schedule = from_json(content["schedule"])
    return {
        "Task": task.reference,
        **{column: content.get(name, "") for name, column in _TEXTS.items()},
        "Class": str(content["mandatory_class"]).replace("_", " "),
        "Effective date": content.get("effective_on") or "",
        **_schedule_cells(schedule, units),
        "Serial numbers": effectivity.ranges_text(narrowed.serials),
        "But not": effectivity.ranges_text(narrowed.but),
        "Only with": "; ".join(narrowed.post),
        "Only without": "; ".join(narrowed.pre),
        "Stands for": task.minimum_task,
        "Due soon (JSON)": json.dumps(content["alerts"]) if content.get("alerts") else "",
    }


def _schedule_cells(schedule: Schedule, units: Units) -> dict[str, str]:
    cells = {"Basis": schedule.basis.value, "Times": str(schedule.times or "")}
    tree = schedule.repeat
    if tree is not None:
        parts = tree.of if isinstance(tree, First | Last) else (tree,)
        said = [None if isinstance(part, First | Last) else phrase(part, units) for part in parts]
        plain = {**cells, **{name: text or "" for name, text in zip(LIMITS, said, strict=False)}}
        if isinstance(tree, First | Last):
            plain["Combination"] = tree.kind
        if all(said) and len(said) <= len(LIMITS) and _says_the_same(plain, schedule, units):
            return plain
    return {JSON: json.dumps(to_json(schedule))}


def _says_the_same(cells: Row, schedule: Schedule, units: Units) -> bool:
    """Whether reading the cells gives the very schedule: what they cannot say goes out as JSON."""
    try:
        return from_json(_schedule(cells, units)) == schedule
    except Refused:
        return False


def _values(line: int, row: Row, units: Units, problems: list[Problem]) -> TaskValues:
    given: dict[str, Any] = {name: row.get(column, "").strip() for name, column in _TEXTS.items()}

    def take(name: str, column: str, read: Callable[[], Any]) -> None:
        try:
            given[name] = read()
        except (Refused, ValueError) as wrong:
            problems.append(Problem(line, column, str(wrong)))

    given["minimum_task"] = row.get("Stands for", "").strip()
    take("mandatory_class", "Class", lambda: _class(row.get("Class", "")))
    take("effective_on", "Effective date", lambda: _day(row.get("Effective date", "")))
    take("schedule", "Limit 1", lambda: _checked(row, units))
    take("effectivity", "Serial numbers", lambda: _effectivity(row))
    take("alerts", "Due soon (JSON)", lambda: _json(row.get("Due soon (JSON)", "")))
    return cast(TaskValues, given)


def _checked(row: Row, units: Units) -> dict[str, Any]:
    return to_json(from_json(_schedule(row, units), counters=units.keys()))


def _schedule(row: Row, units: Units) -> dict[str, Any]:
    """The schedule's JSON, unchecked."""
    said = [text for name in LIMITS if (text := row.get(name, "").strip())]
    whole = row.get(JSON, "").strip()
    if whole and said:
        raise RuleBroken(f"Either limits or {JSON}, not both: clear one of them.")
    if whole:
        return dict(_json(whole))
    if not said:
        raise RuleBroken("There is no limit in this row.")
    limits = [limit_from(text, units) for text in said]
    combine = row.get("Combination", "").strip().lower() or "first"
    if combine not in {"first", "last"}:
        raise RuleBroken(f"Combination is first or last, not {combine!r}.")
    plain = len(limits) == 1 and not row.get("Combination", "").strip()
    tree = limits[0] if plain else {"kind": combine, "of": limits}
    return {"repeat": tree, "basis": row.get("Basis", "").strip().lower() or "actual"} | _times(row, limits)


def _times(row: Row, limits: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    said = row.get("Times", "").strip()
    if said:
        if not said.isdecimal():
            raise RuleBroken(f"Times is a whole number of accomplishments, not {said!r}.")
        return {"times": int(said)}
    return {"times": 1} if any(limit["kind"] == "date" for limit in limits) else {}


def _class(said: str) -> str:
    name = "_".join(said.lower().split()) or MandatoryClass.PROGRAMME.value
    if name not in set(MandatoryClass):
        known = ", ".join(one.value.replace("_", " ") for one in MandatoryClass)
        raise RuleBroken(f"{said!r} is not a class of task. Use one of {known}.")
    return name


def _day(said: str) -> date | None:
    said = said.strip()
    return date.fromisoformat(said) if said else None


def _effectivity(row: Row) -> dict[str, Any]:
    ranges = {name: effectivity.ranges_from(row.get(column, "")) for name, column in _RANGES.items()}
    codes = {name: tuple(_codes(row.get(column, ""))) for name, column in _CODES.items()}
    found = Effectivity(serials=ranges["serials"], but=ranges["but"], post=codes["post"], pre=codes["pre"])
    return effectivity.to_json(effectivity.from_json(effectivity.to_json(found)))


_RANGES = {"serials": "Serial numbers", "but": "But not"}
_CODES = {"post": "Only with", "pre": "Only without"}


def _codes(said: str) -> list[str]:
    return [part.strip() for part in said.replace(",", ";").split(";") if part.strip()]


def _json(said: str) -> Any:
    try:
        return json.loads(said) if said.strip() else {}
    except ValueError as error:
        raise RuleBroken(f"This is not JSON: {error}.") from None
