"""The difference between two revisions of a programme, task by task and field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Content = Mapping[str, Any]


class Fate(StrEnum):
    """What becomes of a task."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"


@dataclass(frozen=True)
class TaskDifference:
    """One task in both revisions; None where it is not in one.

    fields  names of what differs, of a changed task
    """

    reference: str
    fate: Fate
    old: Content | None
    new: Content | None
    fields: tuple[str, ...] = ()


def differences(old: Mapping[str, Content], new: Mapping[str, Content]) -> list[TaskDifference]:
    """Every task of both revisions, by reference: changed first, then added, removed, and the same at last."""
    found = [_one(reference, old.get(reference), new.get(reference)) for reference in sorted(old.keys() | new.keys())]
    order = list(Fate)
    return sorted(found, key=lambda one: order.index(one.fate))


def _one(reference: str, old: Content | None, new: Content | None) -> TaskDifference:
    if old is None or new is None:
        return TaskDifference(reference, Fate.ADDED if old is None else Fate.REMOVED, old, new)
    names = sorted(name for name in old.keys() | new.keys() if _value(old, name) != _value(new, name))
    return TaskDifference(reference, Fate.CHANGED if names else Fate.SAME, old, new, tuple(names))


def _value(content: Content, name: str) -> Any:
    """A field that is missing and one that is empty say the same."""
    return content.get(name) or None
