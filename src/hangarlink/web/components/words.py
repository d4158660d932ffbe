"""How components read on pages."""

from datetime import date
from math import ceil

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.components.lives import PartLife
from hangarlink.maintenance.components.queries import ComponentRow, CounterView
from hangarlink.maintenance.components.rules.clock import Contradiction
from hangarlink.maintenance.components.rules.history import Break, Finding
from hangarlink.maintenance.components.rules.life import WhyUnknown
from hangarlink.platform.quantities import Rounding
from hangarlink.web import formats

_WHY = {
    WhyUnknown.TOTAL: "its total is unknown",
    WhyUnknown.RATING: "nobody said at which rating it ran",
}


def amount(counter: Counter, value: int | None, *, left: bool = False) -> str:
    """An amount with its unit: "2550.5 h", "8 000"."""
    if value is None:
        return "unknown"
    words = str(formats.quantity_of(counter, value, Rounding.DOWN if left else Rounding.NEAREST))
    return f"{words} h" if counter.unit == "seconds" else words


def totals_words(row: ComponentRow) -> str:
    """What it ran, counter by counter."""
    return ", ".join(f"{counter.name} {amount(counter, total)}" for counter, total in row.totals)


def life_words(part: PartLife) -> str:
    """What is left of a life, or why nobody can say."""
    if part.counter is None:
        return f"unknown: it has no counter of the kind {part.kind.replace('_', ' ')}"
    if part.life.used is None:
        return f"unknown: {_WHY[part.life.why]}" if part.life.why else "unknown"
    left = amount(part.counter, part.life.left, left=True)
    return (
        f"{left} left at {part.life.rating}"
        if part.life.rating in part.life.limits and part.life.rating
        else f"{left} left"
    )


def life_state(part: PartLife | None) -> formats.State | None:
    """The state of a life: unknown, used up, or nothing to say."""
    if part is None:
        return None
    if part.life.used is None:
        return formats.State("unknown")
    return formats.State("grounded", "Used up") if part.life.is_used_up else formats.State("ok", "Life left")


def disagreeing_words(view: CounterView, found: Contradiction) -> str:
    """Two facts about a counter that disagree."""
    said, ran = amount(view.counter, ceil(found.found)), amount(view.counter, ceil(found.expected))
    return (
        f"{view.counter.name}: two facts disagree. On {formats.day_text(found.at.date())} somebody told {said}, but it "
        f"ran {ran} by then. The higher one counts; correct what is wrong."
    )


def break_words(found: Finding, names: dict[str, str], counters: dict[str, Counter]) -> str:
    """What is wrong with a history, in a sentence."""
    between = f"{_side(found.before, names, 'its manufacture')} and {_side(found.after, names, 'today')}"
    days = f"{_day(found.since)} to {_day(found.until)}"
    if found.kind is Break.NOT_BORN:
        return "Nobody knows when it was made, so its history cannot reach back to birth."
    if found.kind is Break.GAP:
        return f"Gap from {days}, between {between}: no record says where it was."
    if found.kind is Break.OVERLAP:
        return f"{names.get(found.before, '')} and {names.get(found.after, '')} both claim {days}."
    if found.kind is Break.BEFORE_BIRTH:
        return f"{names.get(found.after, '')} begins on {_day(found.since)}, before it was made."
    counter = counters.get(found.counter)
    said = amount(counter, found.amount) if counter is not None else str(found.amount)
    what = f"{said} of {counter.name}" if counter is not None else said
    if found.kind is Break.FALLS:
        return f"{what} too few at the beginning of {names.get(found.after, '')}: a total never falls."
    return f"{what} that no record accounts for, before {names.get(found.after, '')}."


def _side(key: str, names: dict[str, str], otherwise: str) -> str:
    return names.get(key, otherwise) if key else otherwise


def _day(day: date | None) -> str:
    return formats.day_text(day) if day else "an unknown day"
