"""Engines, propellers and life-limited parts of the demo's King Air, and one engine on the shelf. All invented.

Lives are examples, not for operational use: the engine manual prevails.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.components.actions import (
    ClockPlan,
    add_component,
    add_component_type,
    add_past_record,
    add_position,
    record_work,
    set_life_limit,
    state_total,
)
from hangarlink.maintenance.components.models import Component, ComponentType, Item
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement
from hangarlink.platform.people.permissions import Actor

REGISTRATION = "OY-BKA"
CLOCKS = (ClockPlan("airborne", "Hours"), ClockPlan("landings", "Cycles"))
HOUR = 3600
DISK_LIFE = 20_000
_TBO = {"kind": "counter", "counter": "airborne", "every": 3_600 * HOUR, "start": "overhaul"}
OVERHAUL: dict[str, Any] = {"repeat": _TBO}


@dataclass(frozen=True)
class Engine:
    """An engine of the demo: hours and cycles now and at its overhaul, and the cycles of its two disks."""

    serial: str
    made: date
    hours: int
    cycles: int
    overhauled: date
    at_overhaul: tuple[int, int]
    disks: tuple[int, int]
    is_traced: bool = True


ENGINES = (
    Engine("PCE-PJ0421", date(2009, 3, 12), 6_214, 5_480, date(2021, 10, 1), (4_871, 4_302), (5_480, 1_178)),
    Engine("PCE-PJ0437", date(2009, 4, 2), 7_030, 6_912, date(2020, 4, 20), (5_109, 4_980), (6_912, 14_850), False),
)
SPARE = Engine("PCE-PJ0188", date(2004, 9, 30), 9_902, 9_120, date(2026, 5, 4), (9_902, 9_120), (0, 0))


def seed_components(fleet: Mapping[str, Aircraft], at: datetime, acting_user: Actor) -> None:
    """What sits on the King Air, from the day the school moved in."""
    aircraft = fleet[REGISTRATION]
    shop = _Shop(aircraft, at, acting_user)
    for number, engine in enumerate(ENGINES, 1):
        shop.fitted(engine, f"Engine {number}")
        shop.propeller(number)
    shop.spare(SPARE)
    _demand_overhauls(acting_user)


def _demand_overhauls(acting_user: Actor) -> None:
    """Of every engine of the type, wherever it is."""
    made = add_requirement(
        reference="72-00-00", title="Engine overhaul (example)", mandatory_class="programme", ata="72",
        source_document="Example, not for operational use", schedule=OVERHAUL, acting_user=acting_user,
    )  # fmt: skip
    apply_requirement(made, Item.objects.get(part_number="PT6A-42"), acting_user=acting_user)


class _Shop:
    def __init__(self, aircraft: Aircraft, at: datetime, acting_user: Actor) -> None:
        self._aircraft, self._at, self._by = aircraft, at, acting_user
        self._engine = self._type("PT6A-42", "engine", "72")
        self._disk = self._type("Turbine disk", "life_limited_part", "72-50")
        self._propeller = self._type("HC-E4N-3G", "propeller", "61")
        model = aircraft.aircraft_model
        for number in (1, 2):
            add_position(model, name=f"Engine {number}", ata="72", accepts=self._engine, required=True,
                         acting_user=self._by)  # fmt: skip
            add_position(self._engine, name=f"Disk {number}", ata="72-50", accepts=self._disk, acting_user=self._by)
        for number in (1, 2):
            add_position(model, name=f"Propeller {number}", ata="61", accepts=self._propeller, required=True,
                         acting_user=self._by)  # fmt: skip

    def fitted(self, engine: Engine, position: str) -> None:
        """An engine with its disks, as found on the aircraft."""
        made = self._unit(engine, position=position)
        self._history(made, engine)
        for number, cycles in enumerate(engine.disks, 1):
            self._fit_disk(made, number, cycles, engine.serial)

    def spare(self, engine: Engine) -> None:
        """An overhauled engine on the shelf."""
        made = self._unit(engine)
        self._overhaul(made, engine)

    def propeller(self, number: int) -> None:
        """A propeller whose hours nobody has stated yet: unknown, and shown as that."""
        add_component(
            component_type=self._propeller, name=f"Propeller {number}", part_number="HC-E4N-3G",
            serial_number=f"HH48{number}", condition="serviceable", certificate=f"F1-HH48{number}",
            clocks=[ClockPlan("airborne", "Hours")], on=self._aircraft, position=f"Propeller {number}", at=self._at,
            acting_user=self._by,
        )  # fmt: skip

    def _unit(self, engine: Engine, position: str = "") -> Component:
        where = {"on": self._aircraft, "position": position} if position else {"location": "Engine stand"}
        made = add_component(
            component_type=self._engine, name=f"Engine {engine.serial}", part_number="PT6A-42",
            serial_number=engine.serial, manufacturer="Pratt & Whitney Canada", manufactured_on=engine.made,
            condition="overhauled", certificate=f"F1-{engine.serial}", clocks=CLOCKS, at=self._at,
            acting_user=self._by, **where,
        )  # fmt: skip
        self._state(made, engine.hours, engine.cycles)
        return made

    def _state(self, component: Component, hours: int | None, cycles: int) -> None:
        for counter in _counters(component):
            total = cycles if counter.kind == "landings" else hours
            if total is not None:
                amount = total if counter.kind == "landings" else total * HOUR
                state_total(counter, total=amount, at=self._at, source="Log card", acting_user=self._by)

    def _fit_disk(self, engine: Component, number: int, cycles: int, serial: str) -> None:
        disk = add_component(
            component_type=self._disk, name=f"Disk {number} of {serial[-4:]}", part_number=f"3013{number}11-CL",
            serial_number=f"A{serial[-3:]}{number}", condition="serviceable", certificate=f"F1-{serial}",
            clocks=[CLOCKS[1]], on=engine, position=f"Disk {number}", at=self._at, acting_user=self._by,
        )  # fmt: skip
        self._state(disk, None, cycles)
        item = Item.objects.get(part_number=f"3013{number}11-CL")
        set_life_limit(item, kind="landings", limit=DISK_LIFE, source="Example, not for operational use",
                       acting_user=self._by)  # fmt: skip

    def _history(self, component: Component, engine: Engine) -> None:
        """What its papers say of the time before; of one engine three months are missing."""
        hours, cycles = _counters(component)
        missing = timedelta(0) if engine.is_traced else timedelta(days=92)
        was = {hours.id: engine.at_overhaul[0] * HOUR, cycles.id: engine.at_overhaul[1]}
        now = {hours.id: engine.hours * HOUR, cycles.id: engine.cycles}
        add_past_record(
            component, since=engine.made, until=engine.overhauled - timedelta(days=60) - missing,
            holder="Jutland Air Charter", begun={hours.id: 0, cycles.id: 0}, ended=was, document="Engine log 1",
            acting_user=self._by,
        )  # fmt: skip
        add_past_record(
            component, since=engine.overhauled - timedelta(days=60), until=engine.overhauled, holder="Turbine Service",
            begun=was, ended=was, document=f"F1-{engine.serial}", acting_user=self._by,
        )  # fmt: skip
        add_past_record(
            component, since=engine.overhauled, until=self._at.date(), holder=f"{self._aircraft}, engine log 2",
            begun=was, ended=now, document="Engine log 2", acting_user=self._by,
        )  # fmt: skip
        self._overhaul(component, engine)

    def _overhaul(self, component: Component, engine: Engine) -> None:
        hours, cycles = _counters(component)
        values = {hours.id: engine.at_overhaul[0] * HOUR, cycles.id: engine.at_overhaul[1]}
        done = datetime(engine.overhauled.year, engine.overhauled.month, engine.overhauled.day, 12, tzinfo=UTC)
        record_work(
            component, kind="overhaul", at=min(done, self._at), scope="Overhaul to EMM 3013242",
            certificate=f"F1-{engine.serial}", values=values, acting_user=self._by,
        )  # fmt: skip

    def _type(self, name: str, kind: str, ata: str) -> ComponentType:
        return add_component_type(name=name, kind=kind, ata=ata, acting_user=self._by)


def _counters(component: Component) -> list[Counter]:
    return list(Counter.objects.filter(component_id=component.id).order_by("position"))
