"""From nothing to the first flight, through the pages; and every way in which a key is refused."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from hangarlink.fleet.models import Aircraft, Flight
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault.models import VaultEntry
from hangarlink.sandbox.flightlogger import DEMO_KEY
from hangarlink.sandbox.serve import Serving
from tests.conftest import make_member
from tests.integration.conftest import Waits, add_ours, now
from tests.web.conftest import sign_in

LANDING = "/connections/flightlogger/"
FORM = {"secret": DEMO_KEY, "import_since": "", "name": ""}


def work(account: Account) -> None:
    drain(account, Connection.objects.get().pk, Means(Waits()))


def test_from_nothing_to_the_first_flight(
    acting: Account, acting_user: Actor, browser: Client, serving: Serving
) -> None:
    add_ours(acting_user, "OY-SKA")
    serving.world.fly("OY-SKA", start=now() - timedelta(hours=3))
    page = browser.get(LANDING).text
    assert "It never" in page
    assert "Enter the key" in page

    form = FORM | {"base_url": serving.endpoint}
    tested = browser.post(f"{LANDING}connect/test/", form)
    assert "This key opens" in tested.text
    assert not Connection.objects.exists(), "a test keeps nothing"

    answer = browser.post(f"{LANDING}connect/", form)
    found = Connection.objects.get()
    one = f"{LANDING}{found.pk}/"
    assert answer.headers["Location"] == f"{one}aircraft/"
    assert "waits for a worker" in browser.get(f"{one}aircraft/").text
    work(acting)
    assert not Flight.objects.exists()

    page = browser.get(f"{one}aircraft/").text
    assert "1 of 4 aircraft in FlightLogger are linked to yours." in page
    assert "A flight adds its Hobbs time to Hobbs, its Airborne time to Airborne and its landings" in page
    assert "No aircraft here has the call sign or registration OY-SKB." in page
    assert "FNPT-1 is a simulator." in page
    assert "Next: dry run" in page

    assert browser.post(f"{one}sync/hours_cycles/").status_code == 422, "not before a plan was looked at"
    assert "Make one" in browser.get(f"{one}start/").text
    browser.post(f"{one}dry-run/hours_cycles/")
    assert "hx-get" in browser.get(f"{one}plan/").text
    work(acting)
    page = browser.get(f"{one}plan/").text
    assert "Would happen: 1 flight created." in page
    assert "Next: start" in page
    assert not Flight.objects.exists(), "a plan writes nothing"

    assert browser.post(f"{one}start/", {"hours_cycles": "hourly", "aircraft": "daily"}).headers["Location"] == one
    work(acting)
    assert Flight.objects.count() == 1
    page = browser.get(one).text
    assert "Look here" in page or "Healthy" in page
    moving = Stream.objects.filter(is_enabled=True)
    assert set(moving.values_list("flow", "every_seconds")) == {("aircraft", 86400), ("hours_cycles", 3600)}
    assert browser.get(LANDING).headers["Location"] == one


def test_the_key_is_never_shown_again(acting: Account, browser: Client, serving: Serving) -> None:
    refused = browser.post(f"{LANDING}connect/", FORM | {"base_url": serving.endpoint, "import_since": "31 February"})
    assert refused.status_code == 422
    assert DEMO_KEY not in refused.text
    assert "31 February is not a date" in refused.text
    browser.post(f"{LANDING}connect/", FORM | {"base_url": serving.endpoint})
    found = Connection.objects.get()
    for path in ("", "settings/", "aircraft/", "plan/", "refused/", "disconnect/"):
        assert DEMO_KEY not in browser.get(f"{LANDING}{found.pk}/{path}").text
    for rows in (Connection, AuditEntry, VaultEntry, SyncRun):
        assert DEMO_KEY not in str(list(rows.objects.values()))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"secret": ""}, "API key"),
        ({"secret": "not-a-key"}, "refuses the credentials"),
        ({"secret": "student"}, "may not see"),
        ({"secret": "two words"}, "a blank or a character that no key has"),
        ({"base_url": ""}, "Endpoint"),
        ({"base_url": "http://10.1.2.3/graphql"}, "10.1.2.3"),
        ({"base_url": "http://169.254.169.254/latest/meta-data/"}, "169.254.169.254"),
        ({"base_url": "http://[::ffff:10.0.0.1]/"}, "base_url"),
        ({"base_url": "ftp://example.com/"}, "base_url"),
        ({"base_url": "file:///etc/passwd"}, "base_url"),
        ({"base_url": "http://127.0.0.1:9/graphql"}, "127.0.0.1"),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_kept(
    acting: Account, browser: Client, serving: Serving, changed: dict[str, str], says: str
) -> None:
    form = FORM | {"base_url": serving.endpoint} | changed
    for path in ("connect/", "connect/test/"):
        answer = browser.post(LANDING + path, form)
        assert answer.status_code == 422
        assert says in answer.text
        assert "root:" not in answer.text
    assert not Connection.objects.exists()
    assert not VaultEntry.objects.exists()


def test_the_same_partner_is_connected_once(acting: Account, browser: Client, serving: Serving) -> None:
    form = FORM | {"base_url": serving.endpoint}
    browser.post(f"{LANDING}connect/", form)
    answer = browser.post(f"{LANDING}connect/", form)
    assert answer.status_code == 422
    assert "is connected already" in answer.text


def test_who_may_only_look_is_told_whom_to_ask(account: Account) -> None:
    viewer = sign_in(make_member(account, "integrations.view"))
    page = viewer.get(LANDING).text
    assert "integrations.edit" in page
    assert "Enter the key" not in page


def test_disconnecting_and_connecting_again(
    acting: Account, browser: Client, serving: Serving, admin: Membership
) -> None:
    form = FORM | {"base_url": serving.endpoint}
    browser.post(f"{LANDING}connect/", form)
    one = f"{LANDING}{Connection.objects.get().pk}/"
    assert "is forgotten" in browser.get(f"{one}disconnect/").text
    assert VaultEntry.objects.exists(), "looking does nothing"
    assert browser.post(f"{one}disconnect/").headers["Location"] == LANDING
    assert not VaultEntry.objects.exists()
    assert "Disconnected" in browser.get(one).text
    assert "Nothing is connected now" in browser.get(LANDING).text
    browser.post(f"{LANDING}connect/", form)
    assert Connection.objects.get().state == "active"


def test_the_landing_page_has_no_link_to_what_it_may_not_do(browser: Client, acting: Account) -> None:
    assert not Aircraft.objects.exists()
    assert not re.search(
        r'href="[^"]*flightlogger/connect/"',
        sign_in(make_member(acting, "integrations.view", email="v@example.com")).get(LANDING).text,
    )
