"""What a counter counts in, and the short labels people read beside the number."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """How a quantity is stored. There is no third kind: calendar limits are dates, not quantities."""

    SECONDS = "seconds"
    COUNT = "count"


@dataclass(frozen=True)
class Label:
    """The abbreviation shown behind a value, what it stands for, and the unit it belongs to."""

    code: str
    name: str
    unit: Unit


LABELS: dict[str, Label] = {
    label.code: label
    for label in (
        Label("h", "hours", Unit.SECONDS),
        Label("FH", "flight hours", Unit.SECONDS),
        Label("BH", "block hours", Unit.SECONDS),
        Label("EH", "engine hours", Unit.SECONDS),
        Label("APUH", "APU hours", Unit.SECONDS),
        Label("FC", "flight cycles", Unit.COUNT),
        Label("LDG", "landings", Unit.COUNT),
        Label("EC", "engine cycles", Unit.COUNT),
        Label("APUC", "APU cycles", Unit.COUNT),
        Label("ST", "starts", Unit.COUNT),
        Label("CYC", "cycles", Unit.COUNT),
    )
}


def total(values: Iterable[int]) -> int:
    """The exact sum of stored values. Anything but a whole number is a programming error and raises TypeError."""
    result = 0
    for value in values:
        result += whole(value)
    return result


def whole(value: int) -> int:
    """The value itself, or TypeError: guards the core against a float or a Decimal that slipped past the edge."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a whole number: parse quantities at the edge, calculate with integers.")
    return value
