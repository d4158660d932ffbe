"""Two aircraft, an engine type with its disks, and short words for what the tests do. It is 1 March 2026, 12:00 UTC."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, record_flights, set_opening
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.maintenance.components.actions import (
    ClockPlan,
    add_component,
    add_component_type,
    install,
    remove,
    state_total,
)
from hangarlink.maintenance.components.clocks import totals_at
from hangarlink.maintenance.components.models import Component, ComponentType
from hangarlink.platform.people.permissions import Actor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = 3600
HOURS = ClockPlan("airborne", "Hours")
CYCLES = ClockPlan("landings", "Cycles")


def moment(day: str, hour: float = 12) -> datetime:
    """An instant of a day in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour)


def hours(number: float) -> int:
    """Decimal hours as whole seconds."""
    return round(number * HOUR)


@dataclass
class Workshop:
    """Two aircraft that are kept by airborne hours and landings since 1 January 2025, and who acts."""

    first: Aircraft
    second: Aircraft
    engine: ComponentType
    disk: ComponentType
    acting_user: Actor
    counters: dict[tuple[Any, str], Counter] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        """Who acts."""
        return self.acting_user

    def counter(self, on: Aircraft | Component, kind: str = "airborne") -> Counter:
        if isinstance(on, Aircraft):
            return Counter.objects.get(aircraft=on, kind=kind)
        return Counter.objects.get(component_id=on.id, kind=kind)

    def component(self, serial: str = "1", kind: ComponentType | None = None, **values: Any) -> Component:
        """A unit in stock since 2025, released and with hours and cycles."""
        given: dict[str, Any] = {
            "component_type": kind or self.engine, "part_number": "P-1", "serial_number": serial,
            "name": f"Engine {serial}", "condition": "serviceable", "certificate": f"F1-{serial}",
            "clocks": [HOURS, CYCLES], "at": moment("2025-01-02"),
        }  # fmt: skip
        return add_component(**(given | values), acting_user=self.acting_user)

    def stated(self, component: Component, total: float, day: str, **more: Any) -> None:
        state_total(self.counter(component), total=hours(total), at=moment(day), acting_user=self.acting_user, **more)

    def install(self, component: Component, on: Any, day: str, position: str = "Engine", **more: Any) -> Any:
        return install(component, on=on, position=position, at=moment(day), acting_user=self.acting_user, **more)

    def remove(self, component: Component, day: str, **more: Any) -> Any:
        return remove(component, at=moment(day), acting_user=self.acting_user, **more)

    def shows(self, component: Component, day: str = "2026-03-01", kind: str = "airborne") -> float | int | None:
        """What the component's counter shows at noon of a day: hours, or a count."""
        asked = (self.counter(component, kind).id, moment(day))
        total = totals_at([asked])[asked]
        return total if total is None or kind != "airborne" else total / HOUR

    def fly(self, aircraft: Aircraft, number: float, day: str, hour: float = 6, landings: int = 1) -> FlightOutcome:
        """So many hours, in flights of at most ten hours, each on its own day, the last one on this day."""
        facts, left, back = [], number, 0
        while left > 0:
            part = min(10.0, left)
            start = moment(day, hour) - timedelta(days=back)
            amounts = {self.counter(aircraft).id: hours(part), self.counter(aircraft, "landings").id: landings}
            facts.append(FlightFact(aircraft.id, "", start, start + timedelta(hours=part / 4), amounts=amounts))
            left, back = round(left - part, 6), back + 1
        found = record_flights(facts, source="log", acting_user=self.acting_user, on_known=OnKnown.CORRECT)
        assert {one.verdict for one in found} == {Verdict.CREATED}, found
        return found[0]


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def workshop(at_noon: None, acting_user: Actor) -> Workshop:
    return make_workshop(acting_user)


def make_workshop(acting_user: Actor) -> Workshop:
    model = add_aircraft_model(name="King Air B200", acting_user=acting_user)
    first, second = (_aircraft(model, name, acting_user) for name in ("OY-HLA", "OY-HLB"))
    engine = add_component_type(name="PT6A-42", kind="engine", ata="72", acting_user=acting_user)
    disk = add_component_type(name="Disk", kind="life_limited_part", ata="72-30", acting_user=acting_user)
    return Workshop(first, second, engine, disk, acting_user)


def _aircraft(model: AircraftModel, registration: str, acting_user: Actor) -> Aircraft:
    made = add_aircraft(registration=registration, aircraft_model=model, acting_user=acting_user)
    for kind in ("airborne", "landings"):
        counter = add_counter(made, kind=kind, acting_user=acting_user)
        total = {"OY-HLA": hours(5000.0), "OY-HLB": hours(12030.2)}[registration] if kind == "airborne" else 1000
        set_opening(counter, total=total, at=moment("2025-01-01"), acting_user=acting_user)
    return made
