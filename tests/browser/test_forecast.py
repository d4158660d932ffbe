"""The forecast in a real browser: a question answered, a flight planned, the chart and the calendar at phone width."""

from datetime import date, timedelta

from django.utils import timezone

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, change_counter, plan_flight
from hangarlink.fleet.actions import set_opening as open_at
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive

HOUR = 3600


def fly(account: Account) -> str:
    """An aircraft with 40 requirements over the year, used 3 h a day, with flights planned; its id."""
    with acting_in(account):
        model = add_aircraft_model(name="Cessna 172S", acting_user=SYSTEM)
        aircraft = add_aircraft(registration="OY-SKA", aircraft_model=model, acting_user=SYSTEM)
        hobbs = add_counter(aircraft, kind="hobbs", display="decimal_hours", acting_user=SYSTEM)
        open_at(hobbs, total=1000 * HOUR, at=timezone.now() - timedelta(hours=2), acting_user=SYSTEM)
        change_counter(hobbs, daily_rate=3 * HOUR, acting_user=SYSTEM)
        for number in range(40):
            limit = {
                "kind": "counter",
                "counter": "hobbs",
                "thresholds": [(1001 + number * 25) * HOUR],
                "start": "zero",
            }
            on = {"kind": "date", "on": (date.today() + timedelta(days=number * 9)).isoformat()}
            one = add_requirement(
                reference=f"172-{number:02}", title="Inspection of the landing gear", mandatory_class="programme",
                schedule={"initial": {"kind": "first", "of": [limit, on]}}, acting_user=SYSTEM,
            )  # fmt: skip
            apply_requirement(one, aircraft, acting_user=SYSTEM)
        for days in (1, 2, 4):
            start = timezone.now() + timedelta(days=days)
            plan_flight(
                aircraft, starts_at=start, ends_at=start + timedelta(hours=2), departure="EKRK", arrival="EKOD",
                acting_user=SYSTEM,
            )  # fmt: skip
        return str(aircraft.pk)


def test_forecast_pages(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    aircraft = fly(skyline)
    visitor = arrive(chief)
    page = visitor.open(f"/aircraft/{aircraft}/dispatch/")
    page.get_by_label("Flight time").fill("1.5")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("reason against it").wait_for()
    assert "0.5 h over" in page.content()
    visitor.pictures("forecast-dispatch")
    for name, path in (
        ("planning", f"/aircraft/{aircraft}/planning/"),
        ("workload", "/forecast/"),
        ("calendar", "/forecast/calendar/"),
        ("items", "/forecast/items/"),
    ):
        visitor.open(path)
        visitor.pictures(f"forecast-{name}")
        page.set_viewport_size({"width": 390, "height": 844})
        assert visitor.sticking_out() == [], name
        page.set_viewport_size({"width": 1440, "height": 900})
    assert visitor.complaints == []
