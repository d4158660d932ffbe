"""The demo's variation, its event and what covers what."""

from datetime import UTC, datetime, timedelta

from hangarlink.cli.seeding.approvals import seed_approvals
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, record_accomplishment
from hangarlink.maintenance.programme.models import DueItem, DueTerm, Satisfaction
from hangarlink.maintenance.programme.queries import Narrow, due_list
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account

HOUR = 3600


def test_each_has_something_to_look_at(acting: Account) -> None:
    opened = datetime.now(UTC) - timedelta(days=6)
    model = add_aircraft_model(name="172", acting_user=SYSTEM)
    fleet = {}
    for registration in ("OY-SKA", "OY-SKB"):
        fleet[registration] = add_aircraft(registration=registration, aircraft_model=model, acting_user=SYSTEM)
        airborne = add_counter(fleet[registration], kind="airborne", acting_user=SYSTEM)
        set_opening(airborne, total=4000 * HOUR, at=opened, acting_user=SYSTEM)
    for reference, every in (("172-100", 100), ("172-50", 50)):
        made = add_requirement(
            reference=reference, title=reference, mandatory_class="programme", acting_user=SYSTEM,
            schedule={"repeat": {"kind": "counter", "counter": "airborne", "every": every * HOUR}},
        )  # fmt: skip
        apply_requirement(made, model, acting_user=SYSTEM)
        values = {fleet["OY-SKA"].counters.get().pk: 3950 * HOUR}
        record_accomplishment(
            made, fleet["OY-SKA"], performed_at=opened - timedelta(days=9), values=values, acting_user=SYSTEM
        )
    seed_approvals(fleet, opened, SYSTEM)
    item = DueItem.objects.get(requirement__reference="172-100", aircraft=fleet["OY-SKA"])
    assert DueTerm.objects.get(item=item).variation == 5 * HOUR
    rows = due_list(Narrow(aircraft_id=fleet["OY-SKB"].pk)).rows
    assert [row.terms[0].awaits for row in rows if row.reference == "172-HARD"] == ["hard_landing"]
    assert Satisfaction.objects.count() == 1
