"""The page that maps requirements to FlightLogger's maintenance types."""

import pytest
from django.test import Client

from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.streams import make_streams
from hangarlink.maintenance.programme.actions import add_requirement
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in


@pytest.fixture
def annual(account: Account, admin: Membership) -> Requirement:
    yearly = {"repeat": {"kind": "calendar", "unit": "calendar_months", "every": 12}}
    with acting_in(account):
        return add_requirement(
            reference="05-20-01", title="Annual", mandatory_class="programme", schedule=yearly,
            acting_user=admin.actor(),
        )  # fmt: skip


@pytest.fixture
def school(account: Account) -> Connection:
    with acting_in(account):
        made = Connection.objects.create(
            account=account, connector="flightlogger", name="School", identity_key="s", identity_name="School",
            base_url="https://api.flightlogger.net/graphql", options={"import_since": "2026-01-01"},
        )  # fmt: skip
        make_streams(made, manifest_of("flightlogger"))
    return made


def address(connection: Connection) -> str:
    return f"/ops/settings/integrations/connections/{connection.pk}/parts/"


def test_types_are_entered_by_hand_and_kept(
    browser: Client, account: Account, school: Connection, annual: Requirement
) -> None:
    page = browser.get(address(school)).text
    assert "Nothing is mapped" in page
    assert "05-20-01" in page
    saved = browser.post(address(school), {"programme": "701", "more": str(annual.pk), "more_type": "702"})
    assert saved.status_code == 302
    with acting_in(account):
        school.refresh_from_db()
        assert school.options["import_since"] == "2026-01-01"
        types = school.options["maintenance_types"]
        assert types == {"class": {"programme": "701"}, "requirement": {str(annual.pk): "702"}}
    page = browser.get(address(school)).text
    assert 'value="701"' in page
    assert 'value="702"' in page
    assert "2 kinds of work mapped" in page
    assert browser.post(address(school), {}).status_code == 302
    with acting_in(account):
        school.refresh_from_db()
        assert school.options["maintenance_types"] == {"class": {}, "requirement": {}}


def test_what_makes_no_sense_is_refused_and_stays_typed(browser: Client, school: Connection) -> None:
    refused = browser.post(address(school), {"programme": "no <id>"})
    assert refused.status_code == 422
    assert "no &lt;id&gt;" in refused.text
    assert browser.post(address(school), {"more_type": "702"}).status_code == 422


def test_who_may_look_may_not_map_and_strangers_see_nothing(
    account: Account, other_account: Account, school: Connection
) -> None:
    viewer = sign_in(make_member(account, "integrations.view", email="v@example.com", role="V"))
    assert "Save the types" not in viewer.get(address(school)).text
    assert viewer.post(address(school), {"programme": "701"}).status_code == 403
    stranger = sign_in(make_member(other_account, *PERMISSIONS))
    assert stranger.get(address(school)).status_code == 404
