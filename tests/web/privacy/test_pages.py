"""Looking, exporting and erasing in the browser; nobody's name in an address."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client

from hangarlink.cli.privacy import command
from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.privacy.models import Erased
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in

EMAIL, NAME = "jens@example.com", "Jens <b>Holm</b>"
WHO = {"email": EMAIL, "name": ""}


@pytest.fixture
def jens(account: Account, admin: Membership) -> Membership:
    from django.utils import timezone

    member = make_member(account, "fleet.view", email=EMAIL, role="Visitor")
    User.objects.filter(pk=member.user_id).update(name=NAME)
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="C172S")
        aircraft = Aircraft.objects.create(account=account, registration="OY-SKA", aircraft_model=model)
        report_defect(
            aircraft, description="x", reported_at=timezone.now(), reported_by=NAME, acting_user=admin.actor()
        )
    return member


def test_looking_shows_what_would_happen_and_changes_nothing(
    browser: Client, account: Account, jens: Membership
) -> None:
    page = browser.post("/privacy/", WHO).text
    for text in ("membership of this account", "reports of the last 36 months", "M.A.306", "is kept", "is erased"):
        assert text in page
    assert "<b>Holm" not in page
    assert User.objects.get(pk=jens.user_id).email == EMAIL
    with acting_in(account):
        assert not Erased.objects.exists()


def test_an_export_to_read_and_one_for_programs(browser: Client, jens: Membership) -> None:
    page = browser.post("/privacy/export/", WHO | {"as": "page"})
    assert "Jens &lt;b&gt;Holm" in page.text
    answer = browser.post("/privacy/export/", WHO | {"as": "json"})
    assert answer["Content-Disposition"] == 'attachment; filename="personal-data.json"'
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.text)
    assert {part["room"] for part in data["data"]} >= {"Users", "Defects"}


def test_erasing_takes_a_check_and_leaves_a_certificate(browser: Client, account: Account, jens: Membership) -> None:
    refused = browser.post("/privacy/erase/", WHO | {"basis": "gdpr"})
    assert refused.status_code == 422
    assert "Check it." in refused.text
    assert User.objects.get(pk=jens.user_id).email == EMAIL
    answer = browser.post("/privacy/erase/", WHO | {"basis": "gdpr", "sure": "on"}, follow=True)
    assert "Certificate of erasure" in answer.text
    assert "Holm" not in answer.text
    assert not User.objects.filter(email=EMAIL).exists()
    with acting_in(account):
        made = Erased.objects.get()
    assert made.alias in browser.get("/privacy/").text
    assert sign_in(Membership(account=account, user=jens.user)).get("/").status_code != 200


def test_refusals(browser: Client, account: Account, admin: Membership) -> None:
    assert browser.post("/privacy/", {"email": "", "name": ""}).status_code == 422
    assert "Nothing here names this person." in browser.post("/privacy/", {"email": "no@example.com"}).text
    assert browser.get("/privacy/erase/").status_code == 405
    mine = browser.post("/privacy/erase/", {"email": "admin@example.com", "name": "", "basis": "gdpr", "sure": "on"})
    assert mine.status_code == 422
    assert "Nobody erases themselves" in mine.text


def test_rights(account: Account, reader: Client, jens: Membership) -> None:
    hr = sign_in(make_member(account, "people.view", "people.manage", email="hr@example.com"))
    for browser in (hr, reader):
        assert browser.get("/privacy/").status_code == 403
        for path in ("", "export/", "erase/"):
            assert browser.post(f"/privacy/{path}", WHO).status_code == 403
        assert "/privacy/" not in browser.get("/").text


def test_the_command_shows_first_and_erases_when_it_is_sure(account: Account, jens: Membership) -> None:
    exported = CliRunner().invoke(command, ["export", "--email", EMAIL])
    assert json.loads(exported.output)["person"]["name"] == NAME
    shown = CliRunner().invoke(command, ["erase", "--email", EMAIL, "--json"])
    assert json.loads(shown.output)["erased"] is False
    assert User.objects.filter(email=EMAIL).exists()
    done = CliRunner().invoke(command, ["erase", "--email", EMAIL, "--yes"])
    assert "Erased as Person" in done.output
    assert not User.objects.filter(email=EMAIL).exists()
    again = CliRunner().invoke(command, ["erase", "--email", EMAIL, "--yes"])
    assert again.exit_code == 1
    assert "Nothing here names this person." in again.output
