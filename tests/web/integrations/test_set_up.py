"""Connecting any partner: explained, proven before anything is saved, and nothing typed is lost but secrets."""

import psycopg
import pytest
from django.test import Client

from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.operations.customers.actions import add_customer
from hangarlink.platform.people.permissions import PERMISSIONS, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault.models import VaultEntry
from tests.conftest import make_member
from tests.integration.conftest import Waits
from tests.web.conftest import sign_in
from tests.web.integrations.conftest import KEY, Office

PARTNER = "/safety/settings/integrations/partners/beacon/"
CONNECT = PARTNER + "connect/"


def typed(office: Office, **values: str) -> dict[str, str]:
    return {"base_url": office.url, "api_key": KEY, "channel": "hangar", "name": ""} | values


def test_it_is_explained_first(browser: Client, beacon: None) -> None:
    page = browser.get(PARTNER).text
    assert "It can send out" in page
    assert "<li>messages</li>" in page
    assert "API key" in page
    assert f'href="{CONNECT}"' in page
    form = browser.get(CONNECT).text
    assert "Your safety office has it." in form
    assert "Where messages go." in form


def test_connecting_switches_nothing_on(browser: Client, account: Account, office: Office) -> None:
    answer = browser.post(CONNECT, typed(office))
    with acting_in(account):
        made = Connection.objects.get()
        assert answer.headers["Location"].endswith(f"/connections/{made.pk}/data/")
        assert (made.name, made.identity_key) == ("Safety Office", "office-7")
        assert made.options["channel"] == "hangar"
        assert not Stream.objects.filter(is_enabled=True).exists()
    assert office.calls == ["GET /whoami"]
    page = browser.get(answer.headers["Location"]).text
    assert "Everything is off until you switch it on" in page


def test_a_wrong_key_saves_nothing_and_keeps_what_was_typed(browser: Client, account: Account, office: Office) -> None:
    answer = browser.post(CONNECT, typed(office, api_key="wrong-key-99", name="Our office"))
    assert answer.status_code == 422
    field = answer.text.split('for="id_api_key"')[1].split("</div>")[0]
    assert "refuses the credentials" in field
    assert 'value="Our office"' in answer.text
    assert 'value="hangar"' in answer.text
    assert "wrong-key-99" not in answer.text
    with acting_in(account):
        assert not Connection.objects.exists()
        assert not VaultEntry.objects.exists()


@pytest.mark.parametrize("values", [{"api_key": ""}, {"channel": ""}, {"base_url": "http://10.0.0.1/"}])
def test_what_is_missing_or_not_allowed_is_said_at_its_field(
    browser: Client, office: Office, values: dict[str, str]
) -> None:
    answer = browser.post(CONNECT, typed(office, **values))
    assert answer.status_code == 422
    assert f'id="id_{next(iter(values))}_error"' in answer.text
    assert office.calls == []


def test_the_test_says_whose_account_it_is_and_keeps_nothing(browser: Client, account: Account, office: Office) -> None:
    assert "Safety Office" in browser.post(CONNECT + "test/", typed(office)).text
    refused = browser.post(CONNECT + "test/", typed(office, api_key="wrong-key-99"))
    assert refused.status_code == 422
    assert "wrong-key-99" not in refused.text
    office.is_down = True
    assert browser.post(CONNECT + "test/", typed(office)).status_code == 422
    with acting_in(account):
        assert not Connection.objects.exists()


def test_an_unknown_kind_of_access_is_no_page(browser: Client, beacon: None) -> None:
    assert browser.get(CONNECT + "?kind=smtp").status_code == 404
    assert browser.get("/ops/settings/integrations/partners/beacon/").status_code == 404
    assert browser.get("/safety/settings/integrations/partners/nobody/connect/").status_code == 404


def test_who_may_only_look_cannot_connect(account: Account, office: Office) -> None:
    viewer = sign_in(make_member(account, "safety_integrations.view"))
    assert "safety_integrations.edit" in viewer.get(PARTNER).text
    assert CONNECT not in viewer.get(PARTNER).text
    for path in (CONNECT, CONNECT + "test/"):
        assert viewer.post(path, typed(office)).status_code == 403
    assert office.calls == []


def test_the_partner_is_called_between_two_transactions(committed: None, office: Office, url: str) -> None:
    """Seen from the partner: while it is asked, no session of ours stands in an open transaction."""
    account = Account.objects.create(subdomain="demo", name="Skyline Flight School")
    client = sign_in(make_member(account, *PERMISSIONS, role="Administrator"))
    open_ones: list[int] = []

    def look() -> None:
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()
            assert row is not None
            open_ones.append(row[0])

    office.while_asked = look
    assert client.post(CONNECT, typed(office)).status_code == 302
    assert open_ones == [0]
    with acting_in(account):
        assert Connection.objects.get().name == "Safety Office"


def test_flightlogger_is_connected_on_its_own_pages_only(browser: Client, account: Account) -> None:
    ops = "/ops/settings/integrations/partners/flightlogger/"
    assert browser.get(ops).headers["Location"] == "/connections/flightlogger/"
    assert browser.get(ops + "connect/").status_code == 404
    assert browser.post(ops + "connect/", {"api_key": "x"}).status_code == 404


def test_only_what_is_switched_on_moves_seen_at_the_wire(
    browser: Client, acting: Account, acting_user: Actor, wired: Connection, office: Office
) -> None:
    """Two data types could go out, one is on: the other one's address is never called, nor any before the start."""
    add_customer(name="Aero Club North", acting_user=acting_user)
    drain(acting, wired.pk, Means(Waits()))
    assert office.calls == []
    stream = wired.streams.get(flow="customers")
    at = f"/safety/settings/integrations/connections/{wired.pk}/"
    browser.post(at + "data/", {f"on:{stream.pk}": "on"})
    drain(acting, wired.pk, Means(Waits()))
    browser.post(at + "dry-run/")
    drain(acting, wired.pk, Means(Waits()))
    assert office.calls == []
    browser.post(at + "start/", {str(stream.pk): "manual"})
    drain(acting, wired.pk, Means(Waits()))
    assert office.calls == ["POST /customers"]
    browser.post(at + "data/", {})
    add_customer(name="Nordic Wind", acting_user=acting_user)
    assert browser.post(at + "sync/").status_code == 422
    drain(acting, wired.pk, Means(Waits()))
    assert office.calls == ["POST /customers"]
