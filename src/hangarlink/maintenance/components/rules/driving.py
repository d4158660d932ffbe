"""Which counter of what it is installed on drives a component's counter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hangarlink.fleet.vocabulary import CounterKind, Unit
from hangarlink.platform.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Wheel:
    """A counter as a driver, or to be driven. `driver_kind` is the kind it usually runs with; "" takes its own."""

    id: UUID
    name: str
    kind: str
    driver_kind: str = ""

    @property
    def unit(self) -> Unit:
        return CounterKind(self.kind).unit


def drivers(
    driven: Sequence[Wheel], offered: Sequence[Wheel], chosen: Mapping[UUID, UUID | None], *, on: str
) -> dict[UUID, UUID | None]:
    """For each counter to be driven the one that drives it; None where somebody chose that it stands still.

    chosen  what a person said; what they left out follows from the kind, and among several of a kind from the name

    Raises RuleBroken where that does not name one: a clock that quietly stands still is the worst of all.
    """
    if chosen.keys() - {wheel.id for wheel in driven}:
        raise RuleBroken("A driver is chosen for what is no counter of it that something else drives.", field="drivers")
    by_id = {wheel.id: wheel for wheel in offered}
    found: dict[UUID, UUID | None] = {}
    for wheel in driven:
        if wheel.id in chosen:
            found[wheel.id] = _chosen(wheel, chosen[wheel.id], by_id, on)
        else:
            found[wheel.id] = _usual(wheel, offered, on).id
    return found


def _chosen(wheel: Wheel, driver: UUID | None, by_id: Mapping[UUID, Wheel], on: str) -> UUID | None:
    if driver is None:
        return None
    if driver not in by_id:
        raise RuleBroken(f"The counter chosen to drive {wheel.name} is not one of {on}.", field="drivers")
    if by_id[driver].unit is not wheel.unit:
        raise RuleBroken(
            f"{by_id[driver].name} counts {by_id[driver].unit.value} and {wheel.name} {wheel.unit.value}: one cannot "
            "drive the other.",
            field="drivers",
        )
    return driver


def _usual(wheel: Wheel, offered: Sequence[Wheel], on: str) -> Wheel:
    kind = wheel.driver_kind or wheel.kind
    fitting = [one for one in offered if one.kind == kind]
    named = [one for one in fitting if one.name.casefold() == wheel.name.casefold()]
    if len(fitting) > 1 and len(named) == 1:
        return named[0]
    if len(fitting) == 1:
        return fitting[0]
    label = CounterKind(kind).label
    if not fitting:
        raise RuleBroken(
            f"{on} has no counter of the kind {label} to drive {wheel.name}. Choose another one, or say that it stands "
            "still there.",
            field="drivers",
        )
    names = ", ".join(one.name for one in fitting)
    raise RuleBroken(
        f"{on} has several counters of the kind {label}: {names}. Choose the one that drives {wheel.name}.",
        field="drivers",
    )
