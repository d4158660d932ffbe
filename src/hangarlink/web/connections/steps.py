"""The steps of the set-up, and which of them are behind. Pure."""

from dataclasses import dataclass

STEPS = (
    ("what", "What it does"),
    ("key", "Key"),
    ("aircraft", "Aircraft and counters"),
    ("plan", "Dry run"),
    ("start", "Start"),
)


@dataclass(frozen=True)
class Step:
    title: str
    is_done: bool
    is_current: bool


def steps_at(current: str) -> list[Step]:
    """The steps as drawn on the page of one of them."""
    names = [name for name, _ in STEPS]
    place = names.index(current)
    return [Step(title, number < place, number == place) for number, (_, title) in enumerate(STEPS)]
