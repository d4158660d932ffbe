"""A flying school in every state, for looking at: one aircraft OK, due soon, due, overdue, unknown in each way."""

from datetime import UTC, datetime, timedelta

from hangarlink.fleet.actions.aircraft import add_aircraft
from hangarlink.fleet.actions.aircraft_models import add_aircraft_model
from hangarlink.fleet.rules.counters import USUAL
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, record_accomplishment
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.web.fleet.conftest import HOUR, Craft, make_craft
from tests.web.programme.conftest import do, make_requirement


def make_school(account: Account) -> dict[str, Craft]:
    """Eight aircraft; the requirements' intervals are examples."""
    crafts = {
        name: make_craft(account, name, flights=20) for name in ("OY-SKA", "OY-SKB", "OY-SKC", "OY-SKD", "OY-SKE")
    }
    hundred = make_requirement(account, source_document="14 CFR 91.409", source_paragraph="(b)", ata="05-20-00")
    annual = make_requirement(
        account, "05-10-00", "Annual inspection",
        {"repeat": {"kind": "calendar", "unit": "calendar_months", "every": 12}},
    )  # fmt: skip
    # Now at 4842:18 each; the flights end a day ago.
    last = {"OY-SKA": 4839, "OY-SKB": 4750, "OY-SKC": 4738, "OY-SKE": 4800}
    for name, hours in last.items():
        do(account, hundred, crafts[name], ago=timedelta(hours=20), value=hours * HOUR if hours > 4838 else None)
        if hours < 4839:
            with acting_in(account):
                _redo(account, hundred.pk, crafts[name], hours)
    for name in last:
        do(account, annual, crafts[name], ago=timedelta(days=340 if name == "OY-SKE" else 100))
    do(account, annual, crafts["OY-SKD"], ago=timedelta(days=30))
    with acting_in(account):
        _strangers(account)
    return crafts


def _redo(account: Account, requirement_id: object, craft: Craft, hours: int) -> None:
    """The work on record took place long ago, at this reading."""
    from hangarlink.maintenance.programme.actions import correct_accomplishment
    from hangarlink.maintenance.programme.models import Accomplishment

    long_ago = datetime.now(UTC) - timedelta(days=60)
    (done,) = Accomplishment.objects.filter(item__aircraft=craft.aircraft, item__requirement_id=requirement_id)
    correct_accomplishment(
        done, performed_at=long_ago, released_at=long_ago, values={craft.airborne.pk: hours * HOUR},
        reason="Taken over from paper", acting_user=SYSTEM,
    )  # fmt: skip


def _strangers(account: Account) -> None:
    """Aircraft nobody can tell anything about."""
    maule = add_aircraft_model(
        name="Maule MX-7-180B Star Rocket with floats",
        manufacturer="Maule",
        expected_counters=USUAL,
        acting_user=SYSTEM,
    )
    add_aircraft(registration="OY-MLE", aircraft_model=maule, with_expected_counters=True, acting_user=SYSTEM)
    king = add_aircraft_model(name="King Air B200", manufacturer="Textron Aviation", acting_user=SYSTEM)
    plane = add_aircraft(
        registration="OY-BKA", aircraft_model=king, status="maintenance", location="Billund", acting_user=SYSTEM
    )
    ad = add_requirement(
        reference="AD 2020-21-22", title="Wing spar cap, eddy current inspection", acting_user=SYSTEM,
        mandatory_class="airworthiness_directive", source_document="FAA AD 2020-21-22", source_paragraph="(g)(1)",
        schedule={"repeat": {"kind": "calendar", "unit": "days", "every": 30}},
    )  # fmt: skip
    apply_requirement(ad, plane, acting_user=SYSTEM)
    record_accomplishment(ad, plane, performed_at=datetime.now(UTC) - timedelta(days=37), acting_user=SYSTEM)
