"""What a schedule means, in a sentence."""

from collections.abc import Mapping
from datetime import date

from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.programme.rules import sentences
from hangarlink.maintenance.programme.rules.limits import First, Last, Schedule, Tree
from hangarlink.platform.quantities import Unit
from hangarlink.web import formats
from hangarlink.web.programme.limit_form import amount_text
from hangarlink.web.programme.words import BASIS_WORDS


class SaidWords:
    """Words for limits that are not of one aircraft yet: counters by name or kind."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self._units = units

    def name(self, counter: str) -> str:
        """The kind's label, or the name as it is."""
        return CounterKind(counter).label if counter in set(CounterKind) else counter

    def amount(self, counter: str, value: int) -> str:
        """100 h, 300 landings are just 300."""
        unit = self._units.get(counter, Unit.SECONDS)
        return amount_text(value, unit) + (" h" if unit is Unit.SECONDS else "")

    def day(self, day: date) -> str:
        """31 Mar 2026"""
        return formats.day_text(day)


def sentence(schedule: Schedule, units: Mapping[str, Unit]) -> str:
    """The schedule as somebody would say it."""
    words = SaidWords(units)
    parts = []
    if schedule.initial is not None:
        parts.append(f"For the first time {_tree(schedule.initial, words)}.")
    if schedule.repeat is not None:
        lead = "Then " if schedule.initial is not None else ""
        text = f"{lead}{_tree(schedule.repeat, words)}."
        parts.append(text[:1].upper() + text[1:])
    if schedule.times:
        parts.append("It is done once." if schedule.times == 1 else f"It ends after {schedule.times} times.")
    if schedule.repeat is not None and schedule.times != 1:
        parts.append(f"The next interval counts {BASIS_WORDS[schedule.basis]}.")
    return " ".join(parts)


def _tree(tree: Tree, words: SaidWords) -> str:
    if not isinstance(tree, First | Last):
        return sentences.limit(tree, words)
    joint = "; or " if isinstance(tree, First) else "; and "
    inner = [f"({_tree(part, words)})" if isinstance(part, First | Last) else _tree(part, words) for part in tree.of]
    return f"{sentences.COMBINATIONS[tree.kind]}: {joint.join(inner)}"
