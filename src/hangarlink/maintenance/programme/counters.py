"""Counters that limits may name, and what they count in."""

from hangarlink.fleet.models import Counter, ExpectedCounter
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.platform.quantities import Unit


def units_by_name() -> dict[str, Unit]:
    """What every counter that a schedule may name counts in: kinds, and names on aircraft and in models."""
    units = {kind.value: Unit(kind.unit) for kind in CounterKind}
    named = Counter.objects.order_by("name").values_list("name", "unit").distinct()
    expected = ExpectedCounter.objects.order_by("name").values_list("name", "kind").distinct()
    units |= {name: Unit(CounterKind(kind).unit) for name, kind in expected}
    return units | {name: Unit(unit) for name, unit in named}
