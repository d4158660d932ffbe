"""What a revision would do: its differences, and which due dates move from what to what. The re-baseline report.

The revision is activated, looked at and taken back (`programme.impact`): the report cannot differ from what activation
does. Source: domain rule 1.9.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from hangarlink.maintenance.amp.activation import put_in_force
from hangarlink.maintenance.amp.contents import before, difference_to, requirement_reference
from hangarlink.maintenance.amp.models import Revision
from hangarlink.maintenance.amp.rules.difference import Fate, TaskDifference
from hangarlink.maintenance.programme.impact import Change, Impact, Moved, TermMoved, impact_of
from hangarlink.maintenance.programme.queries import TermRow
from hangarlink.platform.people.permissions import Actor

# A due date that only looks another way because a day passed is none of the revision's doing.
_MOVES = (Change.BECOMES_OVERDUE, Change.WORSE, Change.APPEARS, Change.ENDS, Change.BETTER, Change.DUE_MOVES)


@dataclass(frozen=True)
class Line:
    """One due item that moves, and the difference of the task that moves it."""

    moved: Moved
    task: TaskDifference | None


@dataclass(frozen=True)
class Report:
    """What approving says yes to.

    digest  stands for all of it: an approval names the report that was read
    """

    differences: list[TaskDifference]
    impact: Impact
    lines: list[Line]
    digest: str

    def of(self, *fates: Fate) -> list[TaskDifference]:
        """Tasks with one of these fates."""
        return [one for one in self.differences if one.fate in fates]


def report_of(revision: Revision, *, acting_user: Actor) -> Report:
    """The report of a revision against what is in force now. Nothing is kept. Raises RuleBroken."""
    programme = revision.programme
    found = difference_to(revision, before(revision))
    by_reference = {requirement_reference(programme, one.reference): one for one in found}
    impact = impact_of(lambda: put_in_force(revision, acting_user=acting_user), acting_user=acting_user)
    lines = [Line(one, by_reference.get(one.row.reference)) for one in impact.of(*_MOVES)]
    return Report(found, impact, lines, _digest(found, lines))


def as_json(report: Report) -> dict[str, Any]:
    """The report as it is kept with the approval, and as the API gives it."""
    return {
        "as_of": report.impact.as_of,
        "digest": report.digest,
        "looked_at": report.impact.looked_at,
        "tasks": [_task_json(one) for one in report.differences if one.fate is not Fate.SAME],
        "dues": [_line_json(one) for one in report.lines],
    }


def _task_json(one: TaskDifference) -> dict[str, Any]:
    def part(content: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if content is None:
            return None
        return {name: content.get(name) for name in one.fields} if one.fields else dict(content)

    return {"task": one.reference, "fate": one.fate, "old": part(one.old), "new": part(one.new)}


def _line_json(line: Line) -> dict[str, Any]:
    moved = line.moved
    return {
        "item": moved.item_id,
        "aircraft": moved.row.registration,
        "requirement": moved.row.reference,
        "change": moved.change,
        "old_state": moved.before.state.code if moved.before else None,
        "new_state": moved.after.state.code if moved.after else None,
        "limits": [_term_json(term) for term in moved.terms if term.due_moves],
    }


def _term_json(term: TermMoved) -> dict[str, Any]:
    some = term.after or term.before
    return {
        "limit": term.path,
        "counter": some.counter if some else "",
        "unit": some.unit if some else "",
        "old": _limit(term.before),
        "new": _limit(term.after),
    }


def _limit(term: TermRow | None) -> Any:
    return None if term is None else term.limit


def _digest(found: Iterable[TaskDifference], lines: Iterable[Line]) -> str:
    said = [[_task_json(one) for one in found if one.fate is not Fate.SAME], sorted(map(_settled, lines))]
    return hashlib.sha256(json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()[:32]


def _settled(line: Line) -> str:
    """A line without what passes with the day, and without the ids that items get only when they are made."""
    said = {name: value for name, value in _line_json(line).items() if name not in {"item", "old_state", "new_state"}}
    said["change"] = line.moved.change in {Change.APPEARS, Change.ENDS}
    return json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder)
