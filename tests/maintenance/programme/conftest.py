"""One aircraft under a programme, and short words for what the tests do to it. It is 1 March 2026, 12:00 UTC."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

import pytest
import time_machine

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, record_flights, set_opening
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown, Verdict
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, record_accomplishment
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, Requirement
from hangarlink.maintenance.programme.queries import DueRow, Narrow, due_list
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import Actor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = 3600
HUNDRED_HOURS: Mapping[str, Any] = {"repeat": {"kind": "counter", "counter": "airborne", "every": 100 * HOUR}}
YEARLY: Mapping[str, Any] = {"repeat": {"kind": "calendar", "unit": "calendar_months", "every": 12}}


def moment(day: str, hour: float = 12) -> datetime:
    """An instant of a day in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour)


def hours(number: float) -> int:
    """Decimal hours as whole seconds."""
    return round(number * HOUR)


@dataclass
class Hangar:
    """An aircraft with an airborne and a landings counter, whose openings are of 1 January 2025, and who acts."""

    aircraft: Aircraft
    airborne: Counter
    landings: Counter
    acting_user: Actor

    def fly(self, number: float, day: str = "2026-02-28", hour: float = 9, *, name: str = "") -> FlightOutcome:
        """A flight of so many hours, with one landing."""
        return self.record(self.flight(number, moment(day, hour), name))[0]

    def use(self, number: float, day: str) -> None:
        """So many hours in flights of at most ten, each on its day, the last one on this day."""
        parts = [min(10.0, number - done) for done in range(0, ceil(number), 10)]
        starts = [moment(day, 0) - timedelta(days=back) for back in range(len(parts))]
        self.record(*(self.flight(part, start) for part, start in zip(parts, starts, strict=True)))

    def flight(self, number: float, start: datetime, name: str = "") -> FlightFact:
        amounts = {self.airborne.id: hours(number), self.landings.id: 1}
        return FlightFact(self.aircraft.id, name, start, start + timedelta(hours=number), amounts=amounts)

    def record(self, *facts: FlightFact) -> list[FlightOutcome]:
        found = record_flights(facts, source="flightlogger", acting_user=self.acting_user, on_known=OnKnown.CORRECT)
        assert {one.verdict for one in found} <= {Verdict.CREATED, Verdict.CORRECTED}, found
        return found

    def demand(
        self, reference: str = "100 h", schedule: Mapping[str, Any] = HUNDRED_HOURS, **content: Any
    ) -> Requirement:
        """A requirement that applies to the aircraft."""
        values = {"title": "Inspection", "mandatory_class": "programme", **content}
        made = add_requirement(reference=reference, schedule=schedule, acting_user=self.acting_user, **values)
        apply_requirement(made, self.aircraft, acting_user=self.acting_user)
        return made

    def did(self, requirement: Requirement, day: str, value: float | None = None, **done: Any) -> Accomplishment:
        """Work on a day at noon; `value` is what was read from the airborne counter, in hours."""
        values = {} if value is None else {self.airborne.id: hours(value)}
        return record_accomplishment(
            requirement,
            self.aircraft,
            performed_at=done.pop("performed_at", None) or moment(day),
            values=done.pop("values", values),
            acting_user=self.acting_user,
            **done,
        )

    def row(self, requirement: Requirement, *, as_of: date | None = None) -> DueRow:
        """The requirement's item as the list shows it."""
        (row,) = due_list(Narrow(aircraft_id=self.aircraft.id, requirement_id=requirement.id), as_of=as_of).rows
        return row

    def item(self, requirement: Requirement) -> DueItem:
        return DueItem.objects.get(aircraft=self.aircraft, requirement=requirement)


@pytest.fixture(autouse=True)
def first_of_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def model(acting_user: Actor) -> AircraftModel:
    return add_aircraft_model(name="Cessna 172S", acting_user=acting_user)


def make_hangar(model: AircraftModel, acting_user: Actor, registration: str = "OY-ABC", total: float = 1000) -> Hangar:
    aircraft = add_aircraft(registration=registration, aircraft_model=model, acting_user=acting_user)
    airborne = add_counter(aircraft, kind="airborne", slot="primary", display="decimal_hours", acting_user=acting_user)
    landings = add_counter(aircraft, kind="landings", acting_user=acting_user)
    set_opening(airborne, total=hours(total), at=moment("2025-01-01", 0), acting_user=acting_user)
    set_opening(landings, total=2000, at=moment("2025-01-01", 0), acting_user=acting_user)
    return Hangar(aircraft, airborne, landings, acting_user)


@pytest.fixture
def hangar(model: AircraftModel, acting_user: Actor) -> Hangar:
    return make_hangar(model, acting_user)


def announced(kind: str) -> list[dict[str, Any]]:
    """Events of a kind so far, in order."""
    return list(OutboxEvent.objects.filter(type=kind).order_by("id").values_list("data", flat=True))


def state_changes() -> list[tuple[str, str]]:
    """Old and new states that were announced."""
    return [(one["old_state"], one["new_state"]) for one in announced("due.state_changed")]
