"""One aircraft with the usual counters, and short words for what the tests do to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, record_flights
from hangarlink.fleet.facts import FlightFact, FlightOutcome, OnKnown
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.platform.people.permissions import Actor

DAY_1 = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = 3600


def at(day: int, hour: float = 0) -> datetime:
    """An instant of March 2026."""
    return DAY_1 + timedelta(days=day - 1, hours=hour)


def flight(
    aircraft: Aircraft,
    amounts: Mapping[Counter, int],
    name: str = "",
    *,
    day: int = 2,
    hour: float = 9,
    hours: float = 1,
    **more: Any,
) -> FlightFact:
    """A flight of so many hours from an hour of a day of March 2026 on."""
    return FlightFact(
        aircraft.id, name, at(day, hour), at(day, hour + hours), amounts={c.id: n for c, n in amounts.items()}, **more
    )


def make_aircraft(model: AircraftModel, registration: str, acting_user: Actor) -> Aircraft:
    return add_aircraft(registration=registration, aircraft_model=model, acting_user=acting_user)


@dataclass
class Logbook:
    """An aircraft with an airborne and a landings counter, and who writes about it."""

    aircraft: Aircraft
    airborne: Counter
    landings: Counter
    acting_user: Actor

    def record(
        self, *facts: FlightFact, source: str = "flightlogger", on_known: OnKnown = OnKnown.CORRECT
    ) -> list[FlightOutcome]:
        return record_flights(facts, source=source, acting_user=self.acting_user, on_known=on_known)

    def fly(self, seconds: int, name: str = "", **when: Any) -> FlightOutcome:
        (outcome,) = self.record(flight(self.aircraft, {self.airborne: seconds}, name, **when))
        return outcome

    def total(self, counter: Counter | None = None) -> int | None:
        counter = counter or self.airborne
        counter.refresh_from_db()
        return counter.total


@pytest.fixture
def model(acting_user: Actor) -> AircraftModel:
    return add_aircraft_model(name="Cessna 172S", acting_user=acting_user)


@pytest.fixture
def logbook(model: AircraftModel, acting_user: Actor) -> Logbook:
    aircraft = make_aircraft(model, "OY-ABC", acting_user)
    airborne = add_counter(aircraft, kind="airborne", slot="primary", acting_user=acting_user)
    landings = add_counter(aircraft, kind="landings", acting_user=acting_user)
    return Logbook(aircraft, airborne, landings, acting_user)
