"""Kinds, units and displays that fit together, and what an aircraft model expects of its aircraft."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from hangarlink.fleet.vocabulary import CounterKind, Display, Slot, Unit
from hangarlink.platform.errors import RuleBroken

W = TypeVar("W", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class CounterPlan:
    """A counter to be: its kind, its name, how it is shown, and which of FlightLogger's three logs it is, if any."""

    kind: CounterKind
    name: str
    display: Display
    slot: Slot | None = None


# What nearly every aircraft is kept by; a model may expect something else.
USUAL = (
    CounterPlan(CounterKind.AIRBORNE, "Airborne", Display.HHMM, Slot.PRIMARY),
    CounterPlan(CounterKind.LANDINGS, "Landings", Display.WHOLE),
    CounterPlan(CounterKind.CYCLES, "Cycles", Display.WHOLE),
)

# Flights tell landings and cycles apart from the timers by kind, and a slot names a timer.
_TIMERS = frozenset(
    {
        CounterKind.AIRBORNE, CounterKind.AIRSWITCH, CounterKind.BLOCK, CounterKind.DATCON, CounterKind.EDU,
        CounterKind.FLIGHT_TIME, CounterKind.HEATER_HOBBS, CounterKind.HOBBS, CounterKind.TACH, CounterKind.VDO,
    }
)  # fmt: skip


def default_display(kind: CounterKind) -> Display:
    """How a counter of this kind is shown unless somebody chooses: HH:MM, decimal for meters with tenths, whole."""
    if kind.unit is Unit.COUNT:
        return Display.WHOLE
    meters = {CounterKind.HOBBS, CounterKind.HEATER_HOBBS, CounterKind.TACH, CounterKind.DATCON, CounterKind.VDO}
    return Display.DECIMAL_1 if kind in meters else Display.HHMM


def check_display(kind: CounterKind, display: Display) -> None:
    """Hours are never shown as whole numbers, and landings never as hours."""
    if (kind.unit is Unit.COUNT) != (display is Display.WHOLE):
        hours = "decimal_hours, long_decimal_hours, hours_minutes or timestamp"
        fitting = "whole" if kind.unit is Unit.COUNT else hours
        raise RuleBroken(f"A {kind.label} counter cannot be shown as {display}. Use {fitting}.", field="display")


def check_slot(kind: CounterKind, slot: Slot | None) -> None:
    """Only FlightLogger's ten timers are logs there; counts and our own kinds have no slot."""
    if slot is not None and kind not in _TIMERS:
        raise RuleBroken(
            f"{kind.label} is not one of FlightLogger's logs, so it cannot be the {slot} log. Leave the slot empty.",
            field="slot",
        )


def check_name(name: str, taken: Collection[str], *, limit: int = 60) -> str:
    """The trimmed name, if it is given, short enough and not another counter's."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("A counter needs a name: flights and readings find it by that.", field="name")
    if len(name) > limit:
        raise RuleBroken(f"The name has {len(name)} characters; the limit is {limit}.", field="name")
    if name in taken:
        raise RuleBroken(f"There is already a counter named {name}. Choose another name.", field="name")
    return name


def plan(
    kind: str,
    *,
    name: str = "",
    display: str | None = None,
    slot: str | None = None,
    taken: Collection[str] = (),
    taken_slots: Collection[str] = (),
) -> CounterPlan:
    """A counter that may be added, or RuleBroken. Empty name and display take what is usual for the kind."""
    kind = _word(CounterKind, kind, "kind")
    shown = _word(Display, display, "display") if display else default_display(kind)
    place = _word(Slot, slot, "slot") if slot else None
    check_display(kind, shown)
    check_slot(kind, place)
    if place is not None and place in taken_slots:
        raise RuleBroken(f"Another counter is the {place} log already. Free it there first.", field="slot")
    return CounterPlan(kind, check_name(name or kind.label, taken), shown, place)


def _word(words: type[W], given: str, field: str) -> W:
    try:
        return words(given)
    except ValueError:
        choice = ", ".join(word.value for word in words)
        raise RuleBroken(f"{given!r} is not a {field}. Use one of: {choice}.", field=field) from None
