"""A tracker in a real browser, from the directory to the due list: connect, plan, items in, totals out, an old word."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from hangarlink.connectors.tracker.profile import ready_profile
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.sync.engine import drain
from hangarlink.maintenance.tracked.models import TrackedItem
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.tracker import DEMO_KEY, Shop, TrackerApp
from tests.browser.conftest import Arrive, Visitor
from tests.integration.conftest import now
from tests.integration.tracker.conftest import FLEET, add_tracked

PLACE = "/ops/settings/integrations/"


@pytest.fixture
def tracker() -> Iterator[Served[TrackerApp]]:
    with Served(TrackerApp(Shop.demo(clock=now))) as server:
        yield server


def nothing_sticks_out(visitor: Visitor, name: str) -> None:
    for size in ("1440", "1024", "390"):
        visitor.page.set_viewport_size({"width": int(size), "height": 900})
        assert visitor.sticking_out() == [], f"{name} at {size}"
    visitor.page.set_viewport_size({"width": 1440, "height": 900})


def test_from_the_directory_to_the_due_list(
    arrive: Arrive, chief: Membership, skyline: Account, tracker: Served[TrackerApp]
) -> None:
    with acting_in(skyline):
        for registration in FLEET:
            add_tracked(chief.actor(), registration)
    visitor = arrive(chief)
    page = visitor.open(f"{PLACE}partners/traxxall/connect/")
    page.get_by_label("Endpoint").fill(tracker.url)
    page.get_by_label("API key").fill(DEMO_KEY)
    page.get_by_label("Profile").fill(ready_profile("traxxall").replace('title = "title"', 'titel = "title"'))
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator("#id_profile_error")).to_contain_text("due_items.fields.title is missing")
    visitor.pictures("tracker-connect", sizes=("1440", "390"))
    page.get_by_label("Profile").fill("")
    page.get_by_label("API key").fill(DEMO_KEY)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Everything is off until you switch it on")).to_be_visible()
    page.get_by_label("Due items", exact=True).check()
    page.get_by_label("Hours and cycles", exact=True).check()
    page.get_by_role("button", name="Next: dry run").click()
    page.get_by_role("button", name="Make a dry run").click()
    with acting_in(skyline):
        made = Connection.objects.get(connector="traxxall")
    drain(skyline, made.id)
    expect(page.get_by_role("link", name="Next: start")).to_be_visible()
    # The partner has not told its aircraft yet: the plan shows every total that may go out.
    expect(page.get_by_text("Nothing to send")).to_have_count(0)
    visitor.pictures("tracker-plan", sizes=("1440", "390"))
    with acting_in(skyline):
        assert not TrackedItem.objects.exists()
    assert not tracker.app.journal.entries("totals")
    page.get_by_role("link", name="Next: start").click()
    page.get_by_role("button", name="Start").click()
    drain(skyline, made.id)
    assert {tail.tail: tail.seconds // 3600 for tail in tracker.app.shop.tails.values()}["OY-HLD"] == 4813

    page = visitor.open("/due/")
    expect(page.get_by_text("Tracked elsewhere, not counted above")).to_be_visible()
    expect(page.locator(".elsewhere").first).to_contain_text("Skyline Tracking")
    nothing_sticks_out(visitor, "due list")
    visitor.pictures("due-tracked")
    page.get_by_role("link", name="AD 2020-21-22").click()
    expect(page.get_by_text("Skyline Tracking says so, as of")).to_be_visible()
    nothing_sticks_out(visitor, "item")
    visitor.pictures("tracked-item", sizes=("1440", "390"))
    page.get_by_role("link", name="OY-HLA").first.click()
    expect(page.get_by_text("Tracked elsewhere: 1 overdue.")).to_be_visible()
    nothing_sticks_out(visitor, "aircraft")
    visitor.pictures("aircraft-tracked")

    with acting_in(skyline):
        TrackedItem.objects.update(as_of=now() - timedelta(days=3))
    page = visitor.open("/due/?tracked=elsewhere")
    expect(page.get_by_text("too old to rely on").first).to_be_visible()
    expect(page.locator("tbody .state-ok")).to_have_count(0)
    page.get_by_role("link", name="Skyline Tracking").first.click()
    page.get_by_role("link", name="Set how long its word holds").click()
    page.get_by_label("Hours that its word holds").fill("96")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("holds for 96 hours now")).to_be_visible()
    visitor.pictures("tracked-source", sizes=("1440", "390"))
