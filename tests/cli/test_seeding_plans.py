"""What the demo fleet is planned to do: flights ahead, a complete week, one that will stand."""

from hangarlink.cli.seeding.plans import FLIGHTS, STANDS, seed_plans
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter
from hangarlink.fleet.models import FlightSchedule, Parking, PlannedFlight
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries.plans import outlooks
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account


def test_plans_are_there_to_be_looked_at(acting: Account) -> None:
    model = add_aircraft_model(name="Any", acting_user=SYSTEM)
    names = {one[0] for one in FLIGHTS} | {STANDS[0]}
    fleet = {name: add_aircraft(registration=name, aircraft_model=model, acting_user=SYSTEM) for name in sorted(names)}
    counter = add_counter(fleet["OY-PCT"], kind="airborne", acting_user=SYSTEM)
    seed_plans(fleet, SYSTEM)
    assert PlannedFlight.objects.count() == len(FLIGHTS)
    assert FlightSchedule.objects.get().aircraft_id == fleet["OY-PCT"].pk
    assert Parking.objects.get().starts_on > today()
    assert sum(outlooks([counter], today())[counter.pk].plan.planned.values()) == (95 + 100 + 140) * 60
