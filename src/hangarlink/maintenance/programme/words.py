"""How values of an aircraft's counters are written, at the edge: in explanations and in refusals."""

from collections.abc import Mapping
from datetime import date

from hangarlink.fleet.models import Counter
from hangarlink.fleet.vocabulary import CounterKind, Display, Unit
from hangarlink.platform import quantities

_DISPLAYS = {
    Display.DECIMAL_1: quantities.Display.DECIMAL_1,
    Display.DECIMAL_2: quantities.Display.DECIMAL_2,
    Display.HHMM: quantities.Display.HHMM,
    Display.TIMESTAMP: quantities.Display.TIMESTAMP,
    Display.WHOLE: quantities.Display.DECIMAL_1,
}
_STEPS = {Display.DECIMAL_1: 360, Display.DECIMAL_2: 36, Display.HHMM: 60, Display.TIMESTAMP: 1, Display.WHOLE: 1}


def show(counter: Counter, value: int) -> str:
    """A value as the counter shows it, with a unit: "4812.3 h", "4812:18 h", "1250"."""
    if counter.unit == Unit.COUNT:
        return quantities.format_quantity(value, quantities.Unit.COUNT)
    shown = _DISPLAYS[Display(counter.display)]
    return quantities.format_quantity(value, quantities.Unit.SECONDS, shown, label="h")


def written(day: date) -> str:
    """A date that nobody reads the wrong way round: "14 Mar 2026"."""
    return f"{day.day} {day:%b %Y}"


def step(counter: Counter) -> int:
    """The least difference that the counter's display can show: two readings closer than this agree."""
    return _STEPS[Display(counter.display)]


class CounterWords:
    """Words for the explanation of one aircraft's items; counters stand under their ids, as text."""

    def __init__(self, counters: Mapping[str, Counter]) -> None:
        self._counters = counters

    def name(self, counter: str) -> str:
        """The counter's name; a counter the aircraft does not have is named as the requirement names it."""
        if counter in self._counters:
            return self._counters[counter].name
        return CounterKind(counter).label if counter in set(CounterKind) else counter

    def amount(self, counter: str, value: int) -> str:
        """A value as the counter shows it."""
        return show(self._counters[counter], value) if counter in self._counters else str(value)

    def day(self, day: date) -> str:
        """A date that nobody reads the wrong way round."""
        return written(day)
