"""How revisions and their differences read on pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hangarlink.maintenance.amp.contents import MINIMUM_TASK
from hangarlink.maintenance.amp.rules.difference import Fate, TaskDifference
from hangarlink.maintenance.amp.rules.life import Stage, Step
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.codec import from_json
from hangarlink.platform.quantities import Unit
from hangarlink.web import formats
from hangarlink.web.programme.saying import SaidWords, sentence
from hangarlink.web.programme.words import CLASS_WORDS

# Stage -> the word people read, and the shape and colour of which state it wears.
STAGES = {
    Stage.DRAFT: ("Draft", "unknown"),
    Stage.IN_REVIEW: ("In review", "due_soon"),
    Stage.APPROVED: ("Approved", "restricted"),
    Stage.ACTIVE: ("Active", "ok"),
    Stage.SUPERSEDED: ("Superseded", "unknown"),
    Stage.DISCARDED: ("Discarded", "unknown"),
}
STEPS = {
    Step.SUBMIT: "Submit for review",
    Step.RETURN: "Return to draft",
    Step.APPROVE: "Approve",
    Step.ACTIVATE: "Activate",
    Step.DISCARD: "Discard",
}
FATES = {Fate.CHANGED: "Changed", Fate.ADDED: "New", Fate.REMOVED: "Taken out", Fate.SAME: "As before"}
FIELDS = {
    "title": "Title",
    "mandatory_class": "Class",
    "schedule": "When",
    "ata": "ATA",
    "source_document": "Source",
    "source_paragraph": "Paragraph",
    "effective_on": "Effective date",
    "alerts": "Due soon with",
    "effectivity": "Effectivity",
    "tolerance": "Tolerance class",
    "tolerance_source": "Tolerance granted in",
    MINIMUM_TASK: "Stands for",
}
NOTHING = "–"


@dataclass(frozen=True)
class FieldDifference:
    """One field of a task, as both revisions say it."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class DrawnTask:
    """One task of a difference, as drawn. Of a new or a removed one `says` is what it says."""

    reference: str
    title: str
    fate: str
    says: str
    fields: list[FieldDifference]


def badge(stage: str) -> formats.State:
    """The stage as a state: word, shape and colour."""
    word, code = STAGES[Stage(stage)]
    return formats.State(code, word)


def drawn(one: TaskDifference, units: Mapping[str, Unit]) -> DrawnTask:
    """A task of a difference for the page."""
    content: Mapping[str, Any] = one.new or one.old or {}
    return DrawnTask(
        one.reference,
        str(content.get("title", "")),
        FATES[one.fate],
        field_text("schedule", content.get("schedule"), units),
        [
            FieldDifference(
                FIELDS.get(name, name.replace("_", " ").capitalize()),
                field_text(name, (one.old or {}).get(name), units),
                field_text(name, (one.new or {}).get(name), units),
            )
            for name in one.fields
        ],
    )


def why(one: TaskDifference | None) -> str:
    """Why a due item moves: what differs in its task."""
    if one is None:
        return ""
    if one.fields:
        return f"{', '.join(FIELDS.get(name, name) for name in one.fields)} of the task differs"
    return {Fate.ADDED: "the task is new", Fate.REMOVED: "the task is taken out"}.get(one.fate, "")


def field_text(name: str, value: Any, units: Mapping[str, Unit]) -> str:
    """A field of a task's content in words."""
    if not value:
        return NOTHING
    say = _TEXTS.get(name)
    return say(value, units) if say else str(value)


def _alerts(value: Mapping[str, int], units: Mapping[str, Unit]) -> str:
    said = SaidWords(units)
    parts = (f"{n} d" if who == "calendar" else f"{said.amount(who, n)} {said.name(who)}" for who, n in value.items())
    return ", ".join(parts)


_TEXTS: dict[str, Callable[[Any, Mapping[str, Unit]], str]] = {
    "schedule": lambda value, units: sentence(from_json(value), units),
    "effectivity": lambda value, _: effectivity.text(effectivity.from_json(value)),
    "mandatory_class": lambda value, _: CLASS_WORDS[MandatoryClass(value)],
    "effective_on": lambda value, _: formats.day_text(date.fromisoformat(value)),
    "alerts": _alerts,
}
