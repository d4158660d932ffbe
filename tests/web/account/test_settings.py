"""Account settings, and what switching off does."""

import pytest
from django.test import Client

from hangarlink.platform.tenancy.models import Account

FORM = {
    "name": "Skyline Aviation",
    "time_zone": "Europe/Copenhagen",
    "stale_usage_days": "10",
    "utilisation_days": "60",
    "features": ["flightlogger_sync"],
}


def test_saving(browser: Client, account: Account) -> None:
    assert "The settings are saved" in browser.post("/account/", FORM, follow=True).text
    account.refresh_from_db()
    assert (account.name, account.time_zone, account.stale_usage_days, account.utilisation_days) == (
        "Skyline Aviation",
        "Europe/Copenhagen",
        10,
        60,
    )


def test_a_switched_off_feature_hides_its_entry_and_refuses_its_address(browser: Client) -> None:
    assert 'href="/applications/"' in browser.get("/account/").text
    page = browser.post("/account/", FORM, follow=True).text
    assert 'href="/applications/"' not in page
    answer = browser.get("/applications/")
    assert answer.status_code == 404
    assert "OAuth API is switched off" in answer.text
    assert browser.post("/applications/new/", {"name": "x", "scopes": ["aircraft_read"]}).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("stale_usage_days", "0", "use 1 to 365 days"),
        ("stale_usage_days", "x", "whole number"),
        ("utilisation_days", "9999", "use 7 to 365 days"),
        ("time_zone", "Mars/Olympus", "valid choice"),
        ("name", "", "required"),
        ("features", ["teleport"], "valid choice"),
    ],
)
def test_refusals_stand_at_their_field(browser: Client, account: Account, field: str, value: object, says: str) -> None:
    answer = browser.post("/account/", FORM | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    account.refresh_from_db()
    assert account.name == "Skyline Flight School"
