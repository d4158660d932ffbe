"""The pages: who may ask, what is shown, what is handed on."""

import pytest
from django.test import Client

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model
from hangarlink.fleet.models import Aircraft
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.integration.conftest import Hub, connection, hub, serving
from tests.web.conftest import sign_in

__all__ = ["connection", "hub", "serving"]


@pytest.fixture
def paths(hub: Hub, admin: Membership) -> dict[str, str]:
    aircraft = Aircraft.objects.get(registration="OY-SKA")
    return {
        "connection": f"/diagnose/connections/{hub.connection.pk}/",
        "aircraft": f"/diagnose/aircraft/{aircraft.pk}/",
        "status": f"/diagnose/aircraft/{aircraft.pk}/status/",
        "member": f"/diagnose/people/{admin.pk}/",
    }


def test_each_page_answers_with_links_that_work(paths: dict[str, str], browser: Client) -> None:
    for path in paths.values():
        response = browser.get(path)
        assert response.status_code == 200, path
        for line in response.content.decode().split('class="check-place"')[1:]:
            if 'href="' in line.split("</td>")[0]:
                href = line.split('href="')[1].split('"')[0]
                assert browser.get(href).status_code == 200, href


def test_the_report_to_hand_on_holds_no_technical_detail(hub: Hub, paths: dict[str, str], browser: Client) -> None:
    hub.serving.faults.add("unauthorized", times=None)
    hub.sync()
    plain = browser.get(paths["connection"], {"format": "json"})
    technical = browser.get(paths["connection"], {"format": "json", "technical": "1"})
    assert "attachment" in plain["Content-Disposition"]
    assert all("technical" not in check for check in plain.json()["checks"])
    assert any(check["technical"] for check in technical.json()["checks"])


def test_who_lacks_the_right_is_refused(paths: dict[str, str], reader: Client) -> None:
    assert [reader.get(path).status_code for path in paths.values()] == [403, 403, 200, 403]


def test_another_accounts_things_do_not_exist(admin: Membership, account: Account, other_account: Account) -> None:
    with acting_in(other_account):
        model = add_aircraft_model(name="C172S", acting_user=SYSTEM)
        theirs = add_aircraft(registration="OY-HID", aircraft_model=model, acting_user=SYSTEM)
    browser = sign_in(admin)
    for path in (f"aircraft/{theirs.pk}/", f"aircraft/{theirs.pk}/status/", f"connections/{theirs.pk}/"):
        response = browser.get(f"/diagnose/{path}")
        assert response.status_code == 404
        assert b"OY-HID" not in response.content
