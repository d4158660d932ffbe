"""The directory: every partner, honestly; and who may see which part of it."""

import pytest
from django.test import Client

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import Area
from hangarlink.integration.directory.partners import PARTNERS
from hangarlink.integration.directory.queries import Standing, entries
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import PERMISSIONS, SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in

OPS = "/ops/settings/integrations/"
SAFETY = "/safety/settings/integrations/"
BILLING = "/settings/billing/integrations/"
FLIGHTLOGGER = "/connections/flightlogger/"
AREAS = {OPS: Area.OPS, SAFETY: Area.SAFETY, BILLING: Area.BILLING}


def connect(account: Account, **values: object) -> Connection:
    with acting_in(account):
        given = {
            "connector": "flightlogger",
            "name": "Tower desk",
            "base_url": "https://x.example",
            "identity_key": "demo",
        }
        return Connection.objects.create(account=account, **(given | values))


def standings(account: Account, area: Area = Area.OPS) -> dict[str, Standing]:
    with acting_in(account):
        return {entry.partner.key: entry.standing for entry in entries(area, acting_user=SYSTEM)}


def test_every_partner_of_the_mission_is_there_once(browser: Client) -> None:
    pages = "".join(browser.get(path).text for path in AREAS)
    for partner in PARTNERS:
        assert pages.count(f">{partner.name}<") == 1, partner.name


def test_one_without_a_connector_says_so_and_leads_nowhere(browser: Client) -> None:
    row = browser.get(OPS).text.split("ForeFlight Dispatch<")[1].split("</tr>")[0]
    assert "Not available yet" in row
    assert "href" not in row
    assert browser.get(OPS + "foreflight/").status_code == 404


def test_how_an_account_stands_with_a_partner(account: Account) -> None:
    assert standings(account)["flightlogger"] is Standing.NOT_CONNECTED
    made = connect(account)
    assert standings(account)["flightlogger"] is Standing.CONNECTED
    for state, alert, standing in (
        ("paused", "", Standing.PAUSED),
        ("paused", "auth_failed", Standing.ATTENTION),
        ("disconnected", "", Standing.NOT_CONNECTED),
    ):
        with acting_in(account):
            Connection.objects.filter(pk=made.pk).update(state=state, alert_code=alert)
        assert standings(account)["flightlogger"] is standing
    account.features = []
    account.save()
    assert standings(account)["flightlogger"] is Standing.OFF


def test_search_and_status_narrow_it(browser: Client, account: Account) -> None:
    connect(account)
    found = browser.get(OPS + "?q=invoices").text
    assert "QuickBooks" in found
    assert "FlightLogger<" not in found.split('id="partners"')[1]
    assert "FlightLogger<" in browser.get(OPS + "?standing=connected").text.split('id="partners"')[1]
    assert "No partner matches" in browser.get(OPS + "?q=zzz").text
    piece = browser.get(OPS + "?q=fuel", headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert "FuelerLinx" in piece


def test_the_other_accounts_connections_are_not_seen(browser: Client, account: Account, other_account: Account) -> None:
    connect(other_account, name="Their school")
    page = browser.get(OPS).text
    assert "Their school" not in page
    assert standings(account)["flightlogger"] is Standing.NOT_CONNECTED


@pytest.mark.parametrize(
    ("role", "opens"), [("Administrator", set(AREAS)), ("Safety manager", {SAFETY}), ("Owner", {BILLING})]
)
def test_each_role_has_its_settings(account: Account, role: str, opens: set[str]) -> None:
    client = sign_in(make_member(account, role=role))
    menu = client.get(next(iter(opens))).text
    for path in AREAS:
        assert client.get(path).status_code == (200 if path in opens else 403)
        assert (f'href="{path}"' in menu) == (path in opens)


def safety_only(account: Account) -> Membership:
    """An administrator of people and settings whose integration rights are those of Safety."""
    rights = [p for p in PERMISSIONS if not p.startswith(("integrations.", "billing_integrations."))]
    return make_member(account, *rights, email="safety@example.com")


def test_an_administrator_with_only_safety_rights_meets_ops_addresses(account: Account) -> None:
    made = connect(account)
    client = sign_in(safety_only(account))
    assert client.get(SAFETY).status_code == 200
    hostile = [
        OPS,
        OPS + "flightlogger/",
        BILLING,
        "/connections/flightlogger/",
        f"/connections/flightlogger/{made.pk}/",
    ]
    for path in hostile:
        answer = client.get(path)
        assert answer.status_code in {403, 404}, path
        assert "Tower desk" not in answer.text
    assert client.post(f"{FLIGHTLOGGER}{made.pk}/pause/").status_code == 403
    # Nor through the address of the area that is open.
    assert client.get(SAFETY + "flightlogger/").status_code == 404
    assert "flightlogger" not in client.get(SAFETY).text.lower()
    with acting_in(account):
        assert Connection.objects.get().state == "active"
