"""The list of alerts: what happened, what to do, where; and one's own setting."""

from uuid import uuid4

import pytest
from django.test import Client

from hangarlink.integration.alerts.actions import clear_alerts, raise_alert
from hangarlink.integration.alerts.models import Alert
from hangarlink.integration.alerts.queries import wants_mail
from hangarlink.integration.alerts.rules import Kind
from hangarlink.integration.connections.health import note_failure
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import AuthFailed
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in


@pytest.fixture
def alert(account: Account, admin: Membership) -> Alert:
    with acting_in(account):
        return raise_alert(
            Kind.CONNECTION,
            uuid4(),
            label="Skyline <b>FlightLogger</b>",
            code="auth_failed",
            message="The partner refuses the credentials.",
            permission="safety_integrations.edit",
        )


def test_all_quiet(browser: Client) -> None:
    page = browser.get("/alerts/").text
    assert "All quiet" in page
    assert "Nothing needs you just now." in page


def test_what_happened_and_what_to_do(browser: Client, alert: Alert) -> None:
    page = browser.get("/alerts/").text
    assert "1 thing needs somebody to look." in page
    assert "Skyline &lt;b&gt;FlightLogger" in page
    assert "The partner refuses the credentials." in page
    assert "authorise it again" in page


def test_it_leads_to_where_it_is_mended(browser: Client, account: Account) -> None:
    with acting_in(account):
        connection = Connection.objects.create(
            account=account, connector="slack", name="Slack", identity_key="T0", identity_name="Skyline"
        )
        note_failure(connection, AuthFailed("Slack no longer accepts the app's token."))
    href = f"/ops/settings/integrations/connections/{connection.pk}/"
    assert f'href="{href}"' in browser.get("/alerts/").text


def test_what_is_over_stays_to_be_read(browser: Client, account: Account, alert: Alert) -> None:
    with acting_in(account):
        clear_alerts(alert.subject_id)
    assert "FlightLogger" in browser.get("/alerts/").text
    assert "FlightLogger" not in browser.get("/alerts/?standing=open").text
    assert "Nothing needs you just now." in browser.get("/alerts/").text


def test_only_what_one_can_mend(account: Account, alert: Alert) -> None:
    ops = sign_in(make_member(account, "notifications.view", "integrations.edit", email="ops@example.com"))
    assert "FlightLogger" not in ops.get("/alerts/").text
    safety = make_member(
        account, "notifications.view", "safety_integrations.edit", email="safety@example.com", role="Safety"
    )
    assert "FlightLogger" in sign_in(safety).get("/alerts/").text


def test_ones_own_setting(browser: Client, account: Account, admin: Membership) -> None:
    browser.post("/alerts/mail/", {"by_mail": "no"})
    with acting_in(account):
        assert not wants_mail(admin)
    assert "E-mail me" in browser.get("/alerts/").text
    browser.post("/alerts/mail/", {"by_mail": "yes"})
    with acting_in(account):
        assert wants_mail(admin)


def test_rights(reader: Client) -> None:
    assert reader.get("/alerts/").status_code == 403
    assert reader.post("/alerts/mail/", {"by_mail": "no"}).status_code == 403
