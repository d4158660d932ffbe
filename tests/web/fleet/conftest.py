"""A small fleet, written down by the product's own actions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from hangarlink.fleet.actions.aircraft import add_aircraft
from hangarlink.fleet.actions.aircraft_models import add_aircraft_model
from hangarlink.fleet.actions.readings import set_opening
from hangarlink.fleet.actions.record_flights import record_flights
from hangarlink.fleet.facts import FlightFact, OnKnown
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, Flight
from hangarlink.fleet.rules.counters import USUAL
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

HOUR = 3600
NOW = datetime.now(UTC)


@dataclass
class Craft:
    """One aircraft with its counters and flights."""

    aircraft: Aircraft
    airborne: Counter
    landings: Counter
    flights: list[Flight]

    @property
    def url(self) -> str:
        return f"/aircraft/{self.aircraft.pk}/"


def make_craft(
    account: Account, registration: str = "OY-SKA", *, flights: int = 3, now: datetime | None = None
) -> Craft:
    """An aircraft at 4812:18 with the usual counters and a flight of 1:30 on each of the last days."""
    now = now or datetime.now(UTC)
    with acting_in(account):
        model = AircraftModel.objects.filter(name="Cessna 172S").first() or add_aircraft_model(
            name="Cessna 172S", manufacturer="Cessna", expected_counters=USUAL, acting_user=SYSTEM
        )
        aircraft = add_aircraft(
            registration=registration, aircraft_model=model, serial_number="172S-11204", location="Roskilde",
            with_expected_counters=True, acting_user=SYSTEM,
        )  # fmt: skip
        airborne, landings = (Counter.objects.get(aircraft=aircraft, name=name) for name in ("Airborne", "Landings"))
        opened = now - timedelta(days=flights + 1)
        set_opening(airborne, total=4812 * HOUR + 18 * 60, at=opened, acting_user=SYSTEM)
        set_opening(landings, total=9100, at=opened, acting_user=SYSTEM)
        facts = [
            FlightFact(
                aircraft.pk, f"{registration}-{back}", now - timedelta(days=back, hours=2), now - timedelta(days=back),
                "EKRK", "EKOD", {airborne.pk: HOUR * 3 // 2, landings.pk: 2},
            )
            for back in range(flights, 0, -1)
        ]  # fmt: skip
        record_flights(facts, source="flightlogger", acting_user=SYSTEM, on_known=OnKnown.SKIP)
        return Craft(aircraft, airborne, landings, list(Flight.objects.filter(aircraft=aircraft).order_by("ended_at")))


@pytest.fixture
def craft(account: Account) -> Craft:
    return make_craft(account)
