"""Kinds, units and displays that fit together, and what an aircraft model expects of its aircraft."""

from collections.abc import Sequence
from dataclasses import dataclass

from hangarlink.fleet.rules.texts import line, word
from hangarlink.fleet.vocabulary import CounterKind, Display, Slot, Unit
from hangarlink.platform.errors import RuleBroken


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


def plan(kind: str, *, name: str = "", display: str | None = None, slot: str | None = None) -> CounterPlan:
    """A counter that may be, or RuleBroken. An empty name or display takes what is usual for the kind."""
    known = word(CounterKind, kind, field="kind")
    shown = word(Display, display, field="display") if display else default_display(known)
    place = word(Slot, slot, field="slot") if slot else None
    check_display(known, shown)
    check_slot(known, place)
    return CounterPlan(known, line(name, field="name", limit=60) or known.label, shown, place)


def check_plans(plans: Sequence[CounterPlan]) -> None:
    """No two counters of an aircraft share a name or a slot."""
    names, slots = [p.name for p in plans], [p.slot for p in plans if p.slot]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise RuleBroken(f"Two counters are named {repeated[0]}. Flights find a counter by its name.", field="name")
    if taken := sorted({slot for slot in slots if slots.count(slot) > 1}):
        raise RuleBroken(f"Two counters are the {taken[0]} log. An aircraft has one of each.", field="slot")


def check_kind_change(was: CounterKind, kind: CounterKind) -> None:
    """What was counted in hours cannot become landings: the entries would mean something else."""
    if was.unit is not kind.unit:
        raise RuleBroken(
            f"A {was.label} counter counts {was.unit.value}, so it cannot become {kind.label}. Add a new counter.",
            field="kind",
        )
