"""Rules in the browser: channels come from the partner, refusals stand at their field, rights are kept."""

from collections.abc import Iterator

import pytest
from django.test import Client

from hangarlink.connectors.email import Email
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.streams import make_streams
from hangarlink.integration.notifications.models import Message, Rule
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import SlackApp
from tests.conftest import make_member
from tests.integration.notifications.connecting import connect_slack
from tests.web.conftest import sign_in

NEW = {
    "name": "Defects to the hangar",
    "channel": "C0DEFEC03",
    "event_types": ["defect.reported"],
    "cadence": "at_once",
    "hour": "6",
}


@pytest.fixture
def slack() -> Iterator[Served[SlackApp]]:
    with Served(SlackApp(page_size=2)) as served:
        yield served


@pytest.fixture
def connected(account: Account, admin: Membership, slack: Served[SlackApp]) -> Connection:
    with acting_in(account):
        return connect_slack(account, slack, admin.actor())


def the_rule(account: Account) -> Rule:
    with acting_in(account):
        return Rule.objects.get()


def test_the_empty_page_teaches(browser: Client) -> None:
    page = browser.get("/notifications/").text
    assert "First connect Slack or a mail server" in page
    assert "/notifications/new/" not in page


def test_channels_come_from_the_partner(browser: Client, connected: Connection, slack: Served[SlackApp]) -> None:
    page = browser.get("/notifications/new/").text
    assert '<option value="C0DEFEC03">#defects</option>' in page
    assert "#general (not joined yet)" in page
    assert "old-hangar" not in page
    assert "A defect was reported" in page
    assert set(slack.app.journal.methods()) == {"conversations.list"}


def test_a_partner_that_is_down_is_said(browser: Client, connected: Connection, slack: Served[SlackApp]) -> None:
    slack.app.faults.add("error", error="token_revoked", times=None)
    answer = browser.get("/notifications/new/")
    assert answer.status_code == 200
    assert "does not list its channels just now" in answer.text


def test_make_test_change_pause_remove(browser: Client, account: Account, connected: Connection) -> None:
    answer = browser.post("/notifications/new/", NEW)
    made = the_rule(account)
    assert answer.status_code == 302
    assert (made.channel, made.channel_name, made.event_types) == ("C0DEFEC03", "#defects", ["defect.reported"])
    where = f"/notifications/{made.pk}/"
    assert "#defects through Slack" in browser.get(where).text
    browser.post(f"{where}test/")
    with acting_in(account):
        assert Message.objects.get().kind == "test"
    assert "a test" in browser.get(where).text
    browser.post(f"{where}change/", NEW | {"name": "Defects", "channel": "C0MAINT01", "cadence": "daily", "hour": "7"})
    changed = the_rule(account)
    assert (changed.name, changed.channel_name, changed.cadence, changed.hour) == (
        "Defects",
        "#maintenance",
        "daily",
        7,
    )
    browser.post(f"{where}pause/")
    assert not the_rule(account).is_active
    assert "Paused" in browser.get(where).text
    browser.get(f"{where}remove/")
    assert the_rule(account), "looking does nothing"
    browser.post(f"{where}remove/")
    with acting_in(account):
        assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "required"),
        ("channel", "", "required"),
        ("channel", "C0NOTLISTED", "valid choice"),
        ("event_types", [], "Choose at least one event"),
        ("event_types", ["defect.exploded"], "valid choice"),
        ("cadence", "hourly", "valid choice"),
    ],
)
def test_refusals_stand_at_their_field(
    browser: Client, account: Account, connected: Connection, field: str, value: object, says: str
) -> None:
    answer = browser.post("/notifications/new/", NEW | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    with acting_in(account):
        assert not Rule.objects.exists()


def test_addresses_are_typed(browser: Client, account: Account, admin: Membership) -> None:
    with acting_in(account):
        connection = Connection.objects.create(
            account=account, connector="email", name="Our mail", identity_key="m", identity_name="ops@example.com"
        )
        make_streams(connection, Email.manifest)
    refused = browser.post("/notifications/new/", NEW | {"channel": "hangar, ops@example.com"})
    assert refused.status_code == 422
    assert "hangar is not an e-mail address" in refused.text
    assert "hangar, ops@example.com" in refused.text, "what was typed stays"
    assert browser.post("/notifications/new/", NEW | {"channel": "ops@example.com"}).status_code == 302


def test_several_connections_are_offered(
    browser: Client, account: Account, connected: Connection, admin: Membership
) -> None:
    with acting_in(account):
        Connection.objects.create(account=account, connector="email", name="Our mail", identity_key="m")
    page = browser.get("/notifications/new/").text
    assert f"?connection={connected.pk}" in page
    assert "Our mail" in page


def test_rights(account: Account, browser: Client, connected: Connection, reader: Client) -> None:
    browser.post("/notifications/new/", NEW)
    where = f"/notifications/{the_rule(account).pk}/"
    assert reader.get("/notifications/").status_code == 403
    viewer = sign_in(make_member(account, "notifications.view", email="viewer@example.com"))
    assert viewer.get(where).status_code == 200
    assert "Send a test" not in viewer.get(where).text
    for path in ("/notifications/new/", f"{where}change/", f"{where}remove/"):
        assert viewer.get(path).status_code == 403
    for verb in ("test", "pause", "remove"):
        assert viewer.post(f"{where}{verb}/").status_code == 403
    assert "/notifications/" not in reader.get("/").text


def test_another_account_does_not_exist(browser: Client, account: Account, connected: Connection) -> None:
    from tests.platform.people.conftest import add_member

    browser.post("/notifications/new/", NEW)
    other = Account.objects.create(subdomain="rival", name="Rival")
    with acting_in(other):
        from hangarlink.platform.people.models import Role

        Role.objects.create(account=other, name="Administrator", is_administrator=True)
    stranger = sign_in(add_member(other, "other@example.com", "Administrator"))
    answer = stranger.get(f"/notifications/{the_rule(account).pk}/")
    assert answer.status_code == 404
    assert "hangar" not in answer.text


def test_the_list_takes_few_statements(
    browser: Client, account: Account, connected: Connection, django_assert_max_num_queries: "pytest.FixtureRequest"
) -> None:
    for number in range(5):
        browser.post("/notifications/new/", NEW | {"name": f"Rule {number}"})
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        browser.get("/notifications/")
