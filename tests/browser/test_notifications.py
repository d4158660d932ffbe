"""Rules, alerts and privacy in a real browser, at the width of a phone too."""

from collections.abc import Iterator

import pytest

from hangarlink.integration.connections.health import note_failure
from hangarlink.integration.contract import AuthFailed
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.sending import send_due
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import SlackApp
from tests.browser.conftest import Arrive
from tests.integration.notifications.connecting import connect_slack


@pytest.fixture
def slack() -> Iterator[Served[SlackApp]]:
    with Served(SlackApp()) as served:
        yield served


def test_a_rule_is_made_tried_and_read(arrive: Arrive, chief: Membership, slack: Served[SlackApp]) -> None:
    account: Account = chief.account
    with acting_in(account):
        connection = connect_slack(account, slack, chief.actor())
    visitor = arrive(chief)
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
