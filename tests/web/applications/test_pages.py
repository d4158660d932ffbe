"""OAuth applications: the secret is seen once; rights, rotation, revocation."""

import html
import json
import re
import subprocess

import pytest
from django.test import Client

from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.platform.applications.actions import create_application
from hangarlink.platform.applications.models import Application
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.actions import create_role
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import add_member
from tests.web.conftest import sign_in

NEW = {"name": "Dispatch system", "scopes": ["aircraft_read", "hours_cycles_write"]}


def the_one(account: Account) -> Application:
    with acting_in(account):
        return Application.objects.get()


def secret_on(page: str) -> str:
    return re.search(r'<code id="secret">([^<]+)</code>', page)[1]  # type: ignore[index]


@pytest.fixture
def dispatch(account: Account, admin: Membership) -> Application:
    with acting_in(account):
        return create_application(
            name="Dispatch system", scopes=["aircraft_read"], acting_user=admin.actor()
        ).application


def test_the_secret_is_seen_once_and_kept_nowhere(browser: Client, account: Account) -> None:
    page = browser.post("/applications/new/", NEW).text
    secret, made = secret_on(page), the_one(account)
    assert made.scopes == ["aircraft_read", "hours_cycles_write"]
    for path in ("/applications/", f"/applications/{made.pk}/", "/audit/"):
        assert secret not in browser.get(path).text
    with acting_in(account):
        assert secret not in str(list(Application.objects.values()))
        assert secret not in str(list(AuditEntry.objects.values()))


def test_the_quick_start_works_as_it_stands(browser: Client, account: Account) -> None:
    page = browser.post("/applications/new/", NEW).text
    text = html.unescape(re.search(r'<code id="try">(.*?)</code>', page, re.DOTALL)[1])  # type: ignore[index]
    client_id, secret = re.search(r"-u '([^:]+):([^']+)'", text).groups()  # type: ignore[union-attr]
    assert "http://demo.localhost:8000/oauth/token" in text
    answer = Client(headers={"host": "demo.localhost"}).post(
        "/oauth/token",
        "grant_type=client_credentials",
        content_type="application/x-www-form-urlencoded",
        headers={"authorization": "Basic " + __import__("base64").b64encode(f"{client_id}:{secret}".encode()).decode()},
    )
    program = re.search(r"sed '([^']+)'", text)[1]  # type: ignore[index]
    token = subprocess.run(
        ["sed", program], input=answer.text, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert token == json.loads(answer.text)["access_token"]


def test_only_scopes_that_one_holds_are_offered(account: Account, admin: Membership) -> None:
    with acting_in(account):
        create_role("Integrator", permissions=["applications.manage", "fleet.view"], acting_user=admin.actor())
    integrator = sign_in(add_member(account, "it@example.com", "Integrator"))
    page = integrator.get("/applications/new/").text
    assert 'value="aircraft_read"' in page
    assert 'value="aircraft_write"' not in page
    answer = integrator.post("/applications/new/", {"name": "Sneaky", "scopes": ["aircraft_write"]})
    assert answer.status_code == 422
    with acting_in(account):
        assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "required"),
        ("scopes", [], "Choose at least one scope"),
        ("scopes", ["fly"], "valid choice"),
        ("webhook_url", "http://10.0.0.1/x", "10.0.0.1"),
        ("webhook_url", "file:///etc/passwd", "webhook_url"),
    ],
)
def test_refusals_stand_at_their_field(browser: Client, account: Account, field: str, value: object, says: str) -> None:
    answer = browser.post("/applications/new/", NEW | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    with acting_in(account):
        assert not Application.objects.exists()


def test_changing(browser: Client, account: Account, dispatch: Application) -> None:
    browser.post(f"/applications/{dispatch.pk}/change/", {"name": "Dispatch", "scopes": ["defects_read"]})
    assert (the_one(account).name, the_one(account).scopes) == ("Dispatch", ["defects_read"])
    assert "named" not in browser.get(f"/applications/{dispatch.pk}/change/").text


def test_a_new_secret(browser: Client, account: Account, dispatch: Application) -> None:
    page = browser.post(f"/applications/{dispatch.pk}/rotate/", {"keep_hours": "24"}).text
    assert len(secret_on(page)) > 20
    assert "the earlier one works until" in browser.get(f"/applications/{dispatch.pk}/").text
    assert browser.post(f"/applications/{dispatch.pk}/rotate/", {"keep_hours": "9999"}).status_code == 422
    browser.post(f"/applications/{dispatch.pk}/rotate/", {"keep_hours": "0"})
    assert the_one(account).previous_secret_until is None


def test_revoking_is_for_good(browser: Client, account: Account, dispatch: Application) -> None:
    assert "for good" in browser.get(f"/applications/{dispatch.pk}/revoke/").text
    assert not the_one(account).is_revoked, "looking does nothing"
    browser.post(f"/applications/{dispatch.pk}/revoke/")
    assert the_one(account).is_revoked
    page = browser.get(f"/applications/{dispatch.pk}/").text
    assert "Revoked" in page
    assert "/rotate/" not in page
    for verb in ("rotate", "revoke"):
        assert browser.post(f"/applications/{dispatch.pk}/{verb}/", {"keep_hours": "0"}).status_code == 422


def test_applications_of_another_account_do_not_exist(dispatch: Application, other_account: Account) -> None:
    from hangarlink.platform.people.models import Role

    with acting_in(other_account):
        Role.objects.create(account=other_account, name="Administrator", is_administrator=True)
    stranger = sign_in(add_member(other_account, "other@example.com", "Administrator"))
    for verb in ("", "change/", "rotate/", "revoke/"):
        answer = stranger.get(f"/applications/{dispatch.pk}/{verb}")
        assert answer.status_code == 404
        assert "Dispatch" not in answer.text


def test_a_webhook_url_makes_an_endpoint_with_a_secret_of_its_own(browser: Client, account: Account) -> None:
    page = browser.post("/applications/new/", NEW | {"webhook_url": "http://127.0.0.1:9009/hook"}).text
    made = the_one(account)
    signing = re.search(r'<code id="signing-secret">([^<]+)</code>', page)[1]  # type: ignore[index]
    assert html.unescape(signing).startswith("whsec_")
    with acting_in(account):
        assert [one.url for one in Endpoint.objects.filter(application=made)] == ["http://127.0.0.1:9009/hook"]
    shown = browser.get(f"/applications/{made.pk}/").text
    assert "Not used yet" in shown
    assert signing not in shown


def test_who_may_not_manage_webhooks_is_not_offered_one(account: Account, admin: Membership) -> None:
    with acting_in(account):
        create_role("Integrator", permissions=["applications.manage", "fleet.view"], acting_user=admin.actor())
    integrator = sign_in(add_member(account, "it@example.com", "Integrator"))
    assert "webhook_url" not in integrator.get("/applications/new/").text
    sneaky = {"name": "Dispatch", "scopes": ["aircraft_read"], "webhook_url": "http://127.0.0.1:9009/hook"}
    assert integrator.post("/applications/new/", sneaky).status_code == 200
    with acting_in(account):
        assert not Endpoint.objects.exists()
