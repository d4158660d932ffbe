"""The hub in a real browser: the directory, the set-up of a partner from its first to its last step, a connection."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from hangarlink.integration.conflicts.models import Review, ReviewKind
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.sync.engine import drain
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.operations.customers.actions import add_customer
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.quickbooks import CLIENT_ID, CLIENT_SECRET, UNLIMITED, Company, QuickBooksApp, fill
from hangarlink.sandbox.server import Served
from tests.browser.conftest import Arrive, Visitor
from tests.web.integrations.conftest import KEY, Office, beacon, office

__all__ = ["beacon", "office"]
SIZES = ("1440", "1024", "390")


def nothing_sticks_out(visitor: Visitor, name: str) -> None:
    for size in SIZES:
        visitor.page.set_viewport_size({"width": int(size), "height": 900})
        assert visitor.sticking_out() == [], f"{name} at {size}"
    visitor.page.set_viewport_size({"width": 1440, "height": 900})


def test_the_directory_is_searched_as_one_types(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    with acting_in(skyline):
        Connection.objects.create(
            account=skyline, connector="flightlogger", name="Skyline FlightLogger", identity_key="sky",
            base_url="https://api.flightlogger.net/graphql", alert_code="auth_failed",
            alert_message="The key is refused.",
        )  # fmt: skip
    visitor = arrive(chief)
    page = visitor.open("/ops/settings/integrations/")
    expect(page.get_by_role("link", name="FlightLogger", exact=True)).to_be_visible()
    expect(page.get_by_text("Needs attention").last).to_be_visible()
    # What cannot be connected yet is no link.
    expect(page.get_by_role("link", name="ForeFlight Dispatch")).to_have_count(0)
    nothing_sticks_out(visitor, "directory")
    visitor.pictures("integrations")
    page.get_by_label("Partner or what moves").fill("invoices")
    expect(page.get_by_text("FuelerLinx")).to_have_count(0)
    expect(page.get_by_text("QuickBooks Online")).to_be_visible()
    page.get_by_label("Partner or what moves").fill("")
    page.get_by_label("Not available yet").check()
    expect(page.get_by_text("QuickBooks Online")).to_have_count(0)


def test_from_the_first_step_to_the_last(arrive: Arrive, chief: Membership, skyline: Account, office: Office) -> None:
    with acting_in(skyline):
        add_customer(name="Aero Club North", acting_user=chief.actor())
    visitor = arrive(chief)
    page = visitor.open("/safety/settings/integrations/")
    page.get_by_role("link", name="Beacon").click()
    expect(page.get_by_text("It can send out")).to_be_visible()
    visitor.pictures("integration-partner", sizes=("1440", "390"))
    page.get_by_role("link", name="Connect", exact=True).click()
    page.get_by_label("Endpoint").fill(office.url)
    page.get_by_label("API key").fill("a wrong one")
    page.get_by_label("Channel").fill("hangar")
    # Left and resumed: what was typed is back, but for the key.
    page.goto(visitor.origin + "/safety/settings/integrations/")
    page.go_back()
    expect(page.get_by_text("What you typed here before is back.")).to_be_visible()
    expect(page.get_by_label("Channel")).to_have_value("hangar")
    expect(page.get_by_label("API key")).to_have_value("")
    page.get_by_label("API key").fill("wrong-key")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator("#id_api_key_error")).to_contain_text("refuses the credentials")
    expect(page.get_by_label("Channel")).to_have_value("hangar")
    visitor.pictures("integration-connect", sizes=("1440", "390"))
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("This key opens Safety Office")).to_be_visible()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Everything is off until you switch it on")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    nothing_sticks_out(visitor, "data")
    visitor.pictures("integration-data", sizes=("1440", "390"))
    page.get_by_label("Customers", exact=True).check()
    page.get_by_role("button", name="Next: dry run").click()
    page.get_by_role("button", name="Make a dry run").click()
    expect(page.get_by_text("Waits for a worker")).to_be_visible()
    with acting_in(skyline):
        made = Connection.objects.get(connector="beacon")
    drain(skyline, made.id)
    expect(page.get_by_role("link", name="Next: start")).to_be_visible()
    visitor.pictures("integration-plan", sizes=("1440", "390"))
    # Nothing was sent yet: a dry run only looks.
    assert not [call for call in office.calls if call.startswith("POST")]
    page.get_by_role("link", name="Next: start").click()
    page.get_by_role("button", name="Start").click()
    drain(skyline, made.id)
    expect(page.get_by_text("Healthy")).to_be_visible()
    assert office.calls.count("POST /customers") == 1
    nothing_sticks_out(visitor, "connection")
    visitor.pictures("integration-connection")


def test_pictures_of_trouble(arrive: Arrive, chief: Membership, skyline: Account, office: Office) -> None:
    """An incident, failed runs, refused records and a conflict."""
    with acting_in(skyline):
        made = Connection.objects.create(
            account=skyline, connector="beacon", name="Safety Office", identity_key="office-7", identity_name="Office",
            base_url=office.url, alert_code="auth_failed", alert_message="The partner refuses the key.", failures=3,
            alert_since=timezone.now(),
        )  # fmt: skip
        Stream.objects.create(
            account=skyline, connection=made, flow="customers", direction="out", is_enabled=True, frequency="hourly",
            every_seconds=3600, planned_at=timezone.now(), last_success_at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
        for number in range(9):
            run = SyncRun.objects.create(
                account=skyline, connection_id=made.pk, partner="Safety Office", flow=Flow.CUSTOMERS, direction="out",
                kind="run", trigger="schedule", state="failed" if number in {0, 1, 2, 6} else "succeeded",
                requested_at=timezone.now() - timedelta(hours=14 * number), unchanged=30, created=number,
                finished_at=timezone.now(),
                checkpoint={"cursors": {"customers": {"mark": 1}}},
            )  # fmt: skip
        SyncRecord.objects.create(
            account=skyline, run=run, connection_id=made.pk, dataset="customers", verdict="rejected", external_id="c-9",
            subject="Aero Club North", code="data_error", reason="The name is longer than 40 characters.", is_open=True,
        )  # fmt: skip
        asked = Review.objects.create(
            account=skyline, connection=made, dataset="customers", kind=ReviewKind.CONFLICT, subject="Aero Club North",
            rule="manual_review", raised_at=timezone.now(), ours_changed_at=timezone.now(),
            theirs_changed_at=timezone.now() - timedelta(hours=5),
            ours={"name": "Aero Club North", "email": "office@north.example", "phone": "+45 1234"},
            theirs={"name": "Aero Club Nord", "email": "old@north.example", "phone": "+45 1234"},
            base={"name": "Aero Club North", "email": "old@north.example", "phone": "+45 1234"},
        )  # fmt: skip
    visitor = arrive(chief)
    at = f"/safety/settings/integrations/connections/{made.pk}/"
    for name, path in {
        "failing": "",
        "refused": "refused/",
        "review": "review/",
        "conflict": f"review/{asked.pk}/",
        "settings": "settings/",
        "disconnect": "disconnect/",
    }.items():
        visitor.open(at + path)
        nothing_sticks_out(visitor, name)
        visitor.pictures(f"integration-{name}", sizes=("1440", "390"))


def test_quickbooks_is_authorised_at_its_own_page_and_runs(
    arrive: Arrive, chief: Membership, skyline: Account, settings: Any
) -> None:
    """Out to the partner's consent page, back to the account, then what moves, the dry run, the start."""
    with acting_in(skyline):
        for name in ("Nordic Wind A/S", "Aero Club North"):
            add_customer(name=name, acting_user=chief.actor())
    with Served(QuickBooksApp(Company(recipe=fill), limits=UNLIMITED)) as partner:
        visitor = arrive(chief)
        settings.HANGARLINK_PUBLIC_PORT = visitor.origin.rpartition(":")[2]
        page = visitor.open("/ops/settings/integrations/partners/quickbooks/connect/")
        page.get_by_label("Endpoint").fill(partner.url)
        page.get_by_label("Client ID").fill(CLIENT_ID)
        page.get_by_label("Client secret").fill(CLIENT_SECRET)
        visitor.pictures("integration-oauth", sizes=("1440", "390"))
        page.get_by_role("button", name="Go on to QuickBooks Online").click()
        page.get_by_role("link", name="Go to QuickBooks Online").click()
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_text("Everything is off until you switch it on")).to_be_visible()
        page.get_by_role("row", name="Customers").filter(has_text="out, to").get_by_role("checkbox").check()
        page.get_by_role("row", name="Chart of accounts").get_by_role("checkbox").check()
        visitor.pictures("integration-quickbooks-data", sizes=("1440", "390"))
        page.get_by_role("button", name="Next: dry run").click()
        page.get_by_role("button", name="Make a dry run").click()
        with acting_in(skyline):
            made = Connection.objects.get(connector="quickbooks")
        drain(skyline, made.id)
        expect(page.get_by_role("link", name="Next: start")).to_be_visible()
        visitor.pictures("integration-quickbooks-plan", sizes=("1440", "390"))
        page.get_by_role("link", name="Next: start").click()
        page.get_by_role("button", name="Start").click()
        drain(skyline, made.id)
        expect(page.get_by_text("Healthy").or_(page.get_by_text("Look here"))).to_be_visible()
        nothing_sticks_out(visitor, "quickbooks")
        visitor.pictures("integration-quickbooks")
        # A second authorisation of the same company changes nothing but the tokens.
        page.get_by_role("link", name="Settings", exact=True).click()
        page.get_by_role("button", name="Authorise again").click()
        page.get_by_role("link", name="Go to QuickBooks Online").click()
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_text("is authorised.")).to_be_visible()
        with acting_in(skyline):
            assert Connection.objects.count() == 1
