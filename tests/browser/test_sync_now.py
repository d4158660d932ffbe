"""The main job in a real browser: press "Sync now", watch a flight arrive, see remaining hours change."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.actions import create_connection
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.flightlogger import DEMO_KEY, World
from hangarlink.sandbox.serve import Serving, serve
from tests.browser.conftest import Arrive
from tests.integration.conftest import HOUR, Hub, add_ours, furnish, now


@pytest.fixture
def school() -> Iterator[Serving]:
    with serve(world=World(now=now() - timedelta(minutes=1), recipe=furnish)) as serving:
        yield serving


def furnished(account: Account, chief: Membership, school: Serving) -> Hub:
    """Connected and planned; OY-SKA is due at 4100 h on its Hobbs."""
    with acting_in(account):
        actor = chief.actor()
        aircraft: Aircraft = add_ours(actor, "OY-SKA")
        made = add_requirement(
            reference="05-20-01", title="100-hour inspection", mandatory_class="programme", acting_user=actor,
            schedule={"repeat": {"kind": "counter", "counter": "hobbs", "thresholds": [4003 * HOUR], "start": "zero"}},
        )  # fmt: skip
        apply_requirement(made, aircraft, acting_user=actor)
        connection = create_connection(
            connector="flightlogger", secret=Secret(DEMO_KEY), base_url=school.endpoint, acting_user=actor
        )
        hub = Hub(account, connection, school, actor)
        hub.request(dry_run=True)
    hub.drain()
    return hub


def test_sync_now_changes_what_is_left(arrive: Arrive, chief: Membership, skyline: Account, school: Serving) -> None:
    hub = furnished(skyline, chief, school)
    hub.fly(minutes=90)
    visitor = arrive(chief)
    page = visitor.open("/")
    before = page.locator(".board .b-left").inner_text()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("waiting for a worker")).to_be_visible()
    visitor.picture("sync-waiting")
    hub.drain()
    expect(page.get_by_text("1 flight created")).to_be_visible()
    expect(page.locator(".board .b-left")).not_to_have_text(before)
    # The line at the top says what the table says.
    expect(page.locator("#tally .state")).to_have_text("Due soon")
    expect(page.locator(".board .b-state .state")).to_have_text("Due soon")
    visitor.pictures("sync-done", sizes=("1440", "390"))
    with acting_in(skyline):
        assert hub.total("hobbs") != 4000 * HOUR
