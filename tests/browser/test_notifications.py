"""Rules, alerts and privacy in a real browser, at the width of a phone too."""

from collections.abc import Iterator
from typing import Any

import pytest

from hangarlink.integration.connections.health import note_failure
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import AuthFailed
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.sending import send_due
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.mail import MailServer
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import CLIENT_ID, CLIENT_SECRET, SlackApp
from tests.browser.conftest import Arrive
from tests.integration.notifications.connecting import connect_slack


@pytest.fixture
def slack() -> Iterator[Served[SlackApp]]:
    with Served(SlackApp()) as served:
        yield served


def test_from_slacks_consent_page_to_a_message(
    arrive: Arrive, chief: Membership, slack: Served[SlackApp], settings: Any
) -> None:
    account: Account = chief.account
    visitor = arrive(chief)
    settings.HANGARLINK_PUBLIC_PORT = visitor.origin.rpartition(":")[2]
    page = visitor.open("/ops/settings/integrations/partners/slack/connect/")
    page.get_by_label("Endpoint").fill(slack.url)
    page.get_by_label("Client ID").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill(CLIENT_SECRET)
    page.get_by_role("button", name="Go on to Slack").click()
    page.get_by_role("link", name="Go to Slack").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("Skyline Flight School is authorised.").wait_for()
    with acting_in(account):
        connection = Connection.objects.get(connector="slack")
    page = visitor.open("/notifications/")
    page.get_by_role("link", name="Make the first rule").click()
    page.get_by_label("Name").fill("Defects to the hangar")
    page.get_by_label("Channel").select_option(label="#defects")
    page.get_by_label("A defect was reported").check()
    visitor.pictures("notification-form")
    assert visitor.sticking_out() == []
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("A test is on its way to #defects").wait_for()
    take_news(account)
    assert send_due(account, connection.id) == 1
    assert "This is a test" in slack.app.workspace.messages[0].text
    page.reload()
    page.get_by_role("cell", name="a test").wait_for()
    visitor.pictures("notification-rule")
    assert visitor.sticking_out() == []
    visitor.open("/notifications/")
    visitor.pictures("notifications")


def test_an_alert_and_ones_own_setting(arrive: Arrive, chief: Membership, slack: Served[SlackApp]) -> None:
    account: Account = chief.account
    with acting_in(account):
        connection = connect_slack(account, slack, chief.actor())
        note_failure(connection, AuthFailed("Slack no longer accepts the app's token. Authorise again."))
    visitor = arrive(chief, "390")
    page = visitor.open("/alerts/")
    page.get_by_text("Slack no longer accepts").wait_for()
    visitor.pictures("alerts", sizes=("390", "1440"))
    assert visitor.sticking_out() == []
    page.get_by_role("button", name="Do not e-mail me").click()
    page.get_by_role("button", name="E-mail me").wait_for()


def test_looking_somebody_up(arrive: Arrive, chief: Membership) -> None:
    visitor = arrive(chief)
    page = visitor.open("/privacy/")
    visitor.pictures("privacy")
    page.get_by_label("E-mail address").fill(chief.user.email)
    page.get_by_role("button", name="Show what is held").click()
    page.get_by_text("membership of this account").wait_for()
    assert chief.user.email not in page.url
    visitor.pictures("privacy-found")
    assert visitor.sticking_out() == []
    page.get_by_role("button", name="Erase this person").click()
    page.get_by_text("Check it.").wait_for()


def test_a_mail_server_is_connected_and_a_digest_rule_made(arrive: Arrive, chief: Membership) -> None:
    account: Account = chief.account
    with MailServer(user=None) as mail:
        page = (visitor := arrive(chief)).open("/ops/settings/integrations/partners/email/connect/")
        page.get_by_label("Mail server").fill(mail.host)
        page.get_by_label("Port").fill(str(mail.port))
        page.get_by_label("Encryption").select_option(label="None, on-site relay only")
        page.get_by_label("From address").fill("Skyline Maintenance <mx@example.com>")
        page.get_by_role("button", name="Connect", exact=True).click()
        page.get_by_text("Everything is off until you switch it on").wait_for()
        page = visitor.open("/notifications/new/")
        page.get_by_label("Name").fill("Every morning")
        page.get_by_label("To", exact=True).fill("kim@example.com")
        page.get_by_label("A defect was reported").check()
        page.get_by_label("Once a day, together").check()
        page.get_by_role("button", name="Make the rule").click()
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("A test is on its way to kim@example.com").wait_for()
        with acting_in(account):
            connection = Connection.objects.get(connector="email")
        assert send_due(account, connection.id) == 1
        assert mail.messages[0].subject == "Test from Skyline Flight School"
        assert visitor.sticking_out() == []
