"""The fleet board: the answer in one look, and true."""

from datetime import timedelta

from django.test import Client

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.conftest import Hub, connection, hub, serving
from tests.web.conftest import sign_in
from tests.web.fleet.conftest import NOW, Craft, make_craft
from tests.web.programme.conftest import do, make_requirement
from tests.web.school import make_school

__all__ = ["connection", "hub", "serving"]
HTMX = {"HX-Request": "true"}


def board_rows(page: str) -> list[str]:
    _, table = page.split('<table class="grid-table board">')
    return table.split("</tbody>")[0].split("<tbody>")[1].split("</tr>")[:-1]


def test_worst_first_each_with_its_reason(browser: Client, account: Account) -> None:
    make_school(account)
    page = browser.get("/").text
    rows = board_rows(page)
    states = [row.split('class="state state-')[1].split('"')[0] for row in rows]
    assert states == ["grounded", "grounded", "unknown", "unknown", "due_soon", "ok", "ok"]
    assert "OY-BKA" in rows[0]
    assert "7 d over" in rows[0]
    assert "Maintenance" in rows[0]
    assert "4.3 h over" in rows[1]
    unknown = "".join(rows[2:4])
    assert "No requirement applies to it" in unknown
    assert "never recorded as done" in unknown
    head = page.split('class="answer')[1].split("</p>")[0]
    assert [int(part.split("<")[0]) for part in head.split('<span class="num">')[1:]] == [2, 2, 1, 2]
    assert "OY-BKA" in browser.get("/?state=grounded").text
    assert "OY-SKA" not in browser.get("/?state=grounded").text


def test_old_usage_is_unknown_and_says_so(browser: Client, account: Account) -> None:
    craft = make_craft(account, flights=2, now=NOW - timedelta(days=20))
    with acting_in(account):
        requirement = make_requirement(account)
    do(account, requirement, craft, ago=timedelta(days=20))
    row = board_rows(browser.get("/").text)[0]
    assert "state-unknown" in row
    assert "No usage for 21 d (limit 7 d)" in row
    assert "state-ok" not in row


def test_an_aircraft_without_requirements_is_unknown_not_ok(browser: Client, craft: Craft) -> None:
    assert "state-unknown" in board_rows(browser.get("/").text)[0]
    page = browser.get(craft.url).text
    assert "No requirement applies to it, so nothing can be said." in page
    assert "Nothing is tracked on this aircraft" in page


def test_the_figures_are_those_of_what_makes_the_state(browser: Client, account: Account, craft: Craft) -> None:
    """A limit without a rate has no forecast, so something harmless is reached first; the line is about the limit."""
    with acting_in(account):
        Counter.objects.filter(pk=craft.landings.pk).update(daily_rate=0)
    make_requirement(
        account, "AD 1", "Spar", mandatory_class="airworthiness_directive",
        schedule={"repeat": {"kind": "counter", "counter": "landings", "thresholds": [9110], "start": "zero"}},
    )  # fmt: skip
    year = make_requirement(account, "05-10", "Annual", {"repeat": {"kind": "calendar", "unit": "months", "every": 12}})
    do(account, year, craft, ago=timedelta(days=10))
    row = board_rows(browser.get("/").text)[0]
    # 9110 less 9106: four landings left.
    assert "state-due_soon" in row
    assert "Spar" in row
    assert '4 <span class="unit">landings' in row
    assert "Annual" not in row


def test_out_of_service_is_counted_and_not_shown(browser: Client, account: Account, craft: Craft) -> None:
    with acting_in(account):
        Aircraft.objects.filter(pk=craft.aircraft.pk).update(status="out_of_service")
    make_craft(account, "OY-SKB")
    page = browser.get("/").text
    assert "OY-SKA" not in page
    assert "1 out of service" in page


def test_open_defects_show_to_who_may_see_them(browser: Client, account: Account, craft: Craft) -> None:
    with acting_in(account):
        report_defect(craft.aircraft, description="Worn tyre", reported_at=NOW, acting_user=SYSTEM)
    assert "1 open defect" in browser.get("/").text
    assert "Worn tyre" in browser.get(craft.url).text
    blind = sign_in(make_member(account, "fleet.view", "programme.view", email="b@example.com"))
    assert "open defect" not in blind.get("/").text
    assert "Worn tyre" not in blind.get(craft.url).text


def test_without_the_programme_the_register_is_shown(account: Account, craft: Craft) -> None:
    client = sign_in(make_member(account, "fleet.view", email="b@example.com"))
    assert client.get("/").headers["Location"] == "/aircraft/"
    page = client.get(craft.url).text
    assert "What is due" not in page
    assert 'class="state state-unknown state-large"' not in page


def test_a_large_fleet_is_shown_in_parts(browser: Client, account: Account, craft: Craft) -> None:
    with acting_in(account):
        Aircraft.objects.bulk_create(
            Aircraft(account=account, registration=f"N{number:05}", aircraft_model=craft.aircraft.aircraft_model)
            for number in range(150)
        )
    page = browser.get("/?page=2").text
    assert "aircraft 101–151 of 151" in page
    assert len(board_rows(page)) == 51


def test_no_connection_no_button(browser: Client, craft: Craft) -> None:
    assert "Sync now" not in browser.get("/").text
    assert browser.post("/sync/").status_code == 404
    assert browser.get("/sync/").status_code == 405


def test_sync_now_moves_the_figures(browser: Client, hub: Hub) -> None:
    assert "Sync now" in browser.get("/").text
    asked = browser.post("/sync/", headers=HTMX)
    assert "Look at a dry run" in asked.text
    assert not SyncRun.objects.exists()
    # One click from there to the dry run, also for a browser without scripts.
    dry_run = asked.text.split('action="')[1].split('"')[0]
    plan = browser.post("/sync/").headers["Location"]
    assert browser.post(dry_run).headers["Location"] == plan
    assert SyncRun.objects.get().kind == "dry_run"
    hub.sync(dry_run=True)
    hub.fly(minutes=90)
    asked = browser.post("/sync/", headers=HTMX)
    assert "waiting for a worker" in asked.text
    address = asked.text.split('hx-get="')[1].split('"')[0]
    assert "HX-Trigger" not in browser.get(address, headers=HTMX).headers
    # Two clicks are one run.
    assert address in browser.post("/sync/", headers=HTMX).text
    hub.drain()
    ended = browser.get(address, headers=HTMX)
    assert ended.headers["HX-Trigger"] == "synced"
    assert "1 flight created" in ended.text
    assert "hx-get" not in ended.text
    assert browser.post("/sync/").headers["Location"] == "/"


def test_who_may_not_sync_sees_no_button_and_no_run(account: Account, hub: Hub) -> None:
    controller = sign_in(make_member(account, email="c@example.com", role="Maintenance controller"))
    assert "Sync now" not in controller.get("/").text
    assert controller.post("/sync/").status_code == 403
    reader = sign_in(make_member(account, email="r@example.com", role="Read only"))
    run = hub.request()
    assert reader.get(f"/sync/{run.pk}/").status_code == 403
    assert "FlightLogger" not in reader.get("/").text


def test_a_switched_off_feature_hides_the_button_and_the_address(browser: Client, account: Account, hub: Hub) -> None:
    account.features = []
    account.save()
    assert "Sync now" not in browser.get("/").text
    assert browser.post("/sync/").status_code == 404
