"""Connecting FlightLogger with a real browser, a real worker's work and a real sandbox; and pictures of every page."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.flightlogger import DEMO_KEY, World
from hangarlink.sandbox.serve import Serving, serve
from tests.browser.conftest import Arrive
from tests.integration.conftest import Waits, add_ours, furnish, now


@pytest.fixture
def school() -> Iterator[Serving]:
    with serve(world=World(now=now() - timedelta(minutes=1), recipe=furnish)) as sandbox:
        for day in range(1, 12):
            for hour in (8, 11):
                sandbox.world.fly("OY-SKA", start=now() - timedelta(days=day, hours=hour))
        sandbox.world.fly("OY-SKB", start=now() - timedelta(days=2, hours=5))
        sandbox.world.fly("OY-RNT", start=now() - timedelta(days=1, hours=5))
        yield sandbox


def work(account: Account) -> None:
    """What the worker does, beside the server."""
    with acting_in(account):
        found = Connection.objects.get()
    drain(account, found.pk, Means(Waits()))


def test_from_the_key_to_the_first_flights(
    arrive: Arrive, chief: Membership, skyline: Account, school: Serving
) -> None:
    with acting_in(skyline):
        me = chief.actor()
        add_ours(me, "OY-SKA")
        add_ours(me, "OY-SKB", kinds=["airborne", "landings"])
    visitor = arrive(chief)

    def look(name: str) -> None:
        visitor.pictures(f"connect-{name}", sizes=("1440", "390"))
        assert not visitor.sticking_out(), name

    page = visitor.open("/connections/flightlogger/")
    look("1-what")
    page.get_by_role("link", name="Enter the key").click()
    page.fill("#id_base_url", school.endpoint)
    page.fill("#id_secret", "wrong-key")
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#tested")).to_contain_text("refuses the credentials")
    page.fill("#id_secret", DEMO_KEY)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#tested")).to_contain_text("This key opens")
    assert page.input_value("#id_secret") == DEMO_KEY, "testing loses nothing that was typed"
    look("2-key")
    page.get_by_role("button", name="Connect", exact=True).click()
    page.wait_for_url(re.compile(r"/aircraft/$"))
    look("3-reading")
    work(skyline)
    expect(page.get_by_text("2 of 4 aircraft in FlightLogger are linked")).to_be_visible()
    look("3-aircraft")
    page.get_by_role("row", name="OY-SKB").get_by_role("link", name="Mapping").click()
    look("3-mapping")
    page.get_by_role("link", name="Aircraft and counters").click()
    page.get_by_role("link", name="Next: dry run").click()
    page.get_by_role("button", name="Make a dry run").first.click()
    expect(page.get_by_role("status").first).to_be_visible()
    work(skyline)
    expect(page.get_by_text("Would happen: 22 flights created, 2 rejected.")).to_be_visible()
    look("4-plan")
    page.get_by_role("link", name="The plan, record by record").first.click()
    look("4-plan-records")
    page.go_back()
    page.get_by_role("link", name="Next: start").click()
    look("5-start")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Started.")).to_be_visible()
    look("6-under-way")
    work(skyline)
    expect(page.get_by_text("Look here")).to_be_visible()
    look("6-record")
    page.get_by_role("link", name="Refused records").click()
    look("7-refused")
    visitor.open("/sync-logs/")
    look("8-log")
    with acting_in(skyline):
        run = SyncRun.objects.filter(kind="run", flow="hours_cycles").get()
    visitor.open(f"/sync-logs/{run.pk}/")
    look("8-run")
    one = page.url.partition("/sync-logs/")[0]
    with acting_in(skyline):
        pk = Connection.objects.get().pk
    page.goto(f"{one}/connections/flightlogger/{pk}/settings/")
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#tested")).to_contain_text("This key opens")
    look("9-settings")


def test_how_often_is_chosen_on_the_record(
    arrive: Arrive, chief: Membership, skyline: Account, school: Serving
) -> None:
    from hangarlink.integration.connections.actions import create_connection
    from hangarlink.integration.connections.models import Stream
    from hangarlink.integration.connections.streams import switch_on
    from hangarlink.integration.sync.actions import request_run
    from hangarlink.integration.synclog.vocabulary import Flow
    from hangarlink.platform.vault import Secret

    with acting_in(skyline):
        me = chief.actor()
        made = create_connection(
            connector="flightlogger", secret=Secret(DEMO_KEY), base_url=school.endpoint, acting_user=me
        )
        switch_on(made, [Flow.HOURS_CYCLES], acting_user=me)
        request_run(made, Flow.HOURS_CYCLES, dry_run=True, acting_user=me)
    work(skyline)
    page = arrive(chief).open(f"/connections/flightlogger/{made.pk}/")
    page.get_by_label("How often: Hours and cycles").select_option("hourly")
    expect(page.get_by_text("Hours and cycles: hourly.")).to_be_visible()
    with acting_in(skyline):
        assert Stream.objects.get(flow="hours_cycles").every_seconds == 3600
