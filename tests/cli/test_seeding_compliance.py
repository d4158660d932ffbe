"""The demo's directives: one complied with, one not applicable, one that nobody assessed."""

from datetime import UTC, datetime, timedelta

from hangarlink.cli.seeding.compliance import seed_compliance
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.maintenance.compliance.queries.report import status_report
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account


def test_each_standing_has_an_aircraft(acting: Account) -> None:
    opened = datetime.now(UTC) - timedelta(days=6)
    fleet = {}
    skyhawk = add_aircraft_model(name="172", acting_user=SYSTEM)
    for registration in ("OY-SKA", "OY-SKB", "OY-PIA", "OY-PIB", "OY-SRA"):
        model = skyhawk if "SK" in registration else add_aircraft_model(name=registration, acting_user=SYSTEM)
        fleet[registration] = add_aircraft(registration=registration, aircraft_model=model, acting_user=SYSTEM)
        airborne = add_counter(fleet[registration], kind="airborne", acting_user=SYSTEM)
        set_opening(airborne, total=4000 * 3600, at=opened, acting_user=SYSTEM)
    assert seed_compliance(fleet, opened, SYSTEM) == 3
    seen = {name: [one.pair.state.value for one in status_report(aircraft.pk)] for name, aircraft in fleet.items()}
    assert seen == {
        "OY-SKA": ["repetitive"],
        "OY-SKB": ["repetitive"],
        "OY-PIA": ["not_applicable"],
        "OY-PIB": ["not_assessed"],
        "OY-SRA": ["not_assessed"],
    }
