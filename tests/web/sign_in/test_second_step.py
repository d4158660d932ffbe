"""Authenticator app and recovery codes."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from click.testing import CliRunner
from django.core.cache import cache
from django.test import Client

from hangarlink.cli.account import command
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import PASSWORD, add_member
from tests.web.sign_in.conftest import HOST, KIM, enter, is_in


def code_of(secret: str, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.fixture
def secret(kim: Membership, door: Client) -> str:
    """Kim has an authenticator app; the door browser is signed in."""
    enter(door)
    assert door.get("/me/app/").headers["Location"] == "/me/confirm/?next=%2Fme%2Fapp%2F"
    door.post("/me/confirm/?next=/me/app/", {"password": PASSWORD})
    found = re.search(r"<code>([A-Z2-7]{32})</code>", door.get("/me/app/").text)
    assert found
    assert door.post("/me/app/", {"code": code_of(found[1])}).headers["Location"] == "/me/codes/"
    return found[1]


def fresh() -> Client:
    cache.clear()
    return Client(headers={"host": HOST})


def test_after_the_password_comes_the_code(account: Account, secret: str) -> None:
    browser = fresh()
    assert enter(browser).headers["Location"] == "/sign-in/second-step/"
    assert not is_in(browser)
    assert "not right" in browser.post("/sign-in/second-step/", {"code": "000000"}).text
    assert browser.post("/sign-in/second-step/", {"code": code_of(secret)}).status_code == 302
    assert is_in(browser)
    with acting_in(account):
        methods = [entry.new["method"] for entry in AuditEntry.objects.filter(action="signed_in").order_by("at", "id")]
    assert methods == ["password", "password + authenticator app"]


def test_a_code_works_once(secret: str) -> None:
    code = code_of(secret)
    for works in (True, False):
        browser = Client(headers={"host": HOST})
        enter(browser)
        browser.post("/sign-in/second-step/", {"code": code})
        assert is_in(browser) is works


def test_codes_cannot_be_guessed(secret: str) -> None:
    browser = fresh()
    enter(browser)
    for _ in range(5):
        browser.post("/sign-in/second-step/", {"code": "000000"})
    assert "Too many attempts" in browser.post("/sign-in/second-step/", {"code": code_of(secret)}).text
    assert not is_in(browser)


def test_secrets_are_sealed_in_the_database(secret: str) -> None:
    for kept in Authenticator.objects.all():
        assert secret not in str(kept.data)
        assert str(kept.data.get("secret") or kept.data.get("seed")).startswith("hlv1.")


def test_recovery_codes_are_shown_once_and_work_once(door: Client, secret: str) -> None:
    page = door.get("/me/codes/").text
    codes = re.findall(r"^\d{8}$", re.search(r'id="codes">([^<]+)', page)[1], re.MULTILINE)  # type: ignore[index]
    assert len(codes) == 10
    again = door.get("/me/codes/").text
    assert "cannot be shown again" in again
    assert codes[0] not in again
    for works in (True, False):
        browser = fresh()
        enter(browser)
        browser.post("/sign-in/second-step/", {"code": codes[0]})
        assert is_in(browser) is works
    assert "9 of 10 unused" in door.get("/me/").text


def test_changing_the_second_step_asks_for_proof_again(account: Account, secret: str) -> None:
    browser = fresh()
    enter(browser)
    browser.post("/sign-in/second-step/", {"code": code_of(secret)})
    for address in ("/me/app/remove/", "/me/codes/new/", "/me/passkeys/add/"):
        answer = browser.post(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/me/confirm/")
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_removing_the_app_is_recorded(account: Account, door: Client, secret: str) -> None:
    assert door.get("/me/app/remove/").status_code == 200
    assert door.post("/me/app/remove/").status_code == 302
    assert not Authenticator.objects.exists(), "codes without an app go too"
    with acting_in(account):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"authenticator_app_added", "authenticator_app_removed"} <= actions


def test_new_codes_replace_the_old_ones_and_are_recorded(account: Account, door: Client, secret: str) -> None:
    before = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert door.post("/me/codes/new/").headers["Location"] == "/me/codes/"
    assert Authenticator.objects.get(type="recovery_codes").data["seed"] != before
    with acting_in(account):
        assert AuditEntry.objects.filter(action="recovery_codes_made").count() == 1


@pytest.mark.parametrize("credential", ["null", "[]", '{"id": 1}', '{"response": {}}', '{"type": "public-key"}'])
def test_nonsense_instead_of_a_new_passkey(door: Client, secret: str, credential: str) -> None:
    answer = door.post("/me/passkeys/add/", {"name": "Phone", "credential": credential, "passwordless": "on"})
    assert answer.status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_the_second_step_counts_in_every_account(account: Account, other_account: Account, secret: str) -> None:
    add_member(other_account, KIM)
    cache.clear()
    elsewhere = Client(headers={"host": "other.localhost"})
    assert enter(elsewhere).headers["Location"] == "/sign-in/second-step/"
    elsewhere.post("/sign-in/second-step/", {"code": code_of(secret)})
    assert is_in(elsewhere)


def test_a_half_finished_sign_in_of_another_account_leads_nowhere(other_account: Account, secret: str) -> None:
    """The password was checked where Kim is a member; the second step is tried where Kim is none."""
    browser = fresh()
    enter(browser)
    elsewhere = Client(headers={"host": "other.localhost"})
    elsewhere.cookies["sessionid"] = browser.cookies["sessionid"].value
    elsewhere.post("/sign-in/second-step/", {"code": code_of(secret)})
    assert not is_in(elsewhere)


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "null",
        "[]",
        "{}",
        '"x"',
        '{"id": 1}',
        '{"response": []}',
        '{"response": {"userHandle": "AAAA"}}',
        "{" * 3000,
        "[" * 100_000,
        '{"id":"x","rawId":"eA","type":"public-key","response":{"userHandle":"eA","clientDataJSON":"e30","authenticatorData":"AA","signature":"AA"}}',
    ],
)
def test_nonsense_instead_of_a_passkey(kim: Membership, door: Client, credential: str) -> None:
    door.get("/sign-in/passkey/", headers={"accept": "application/json"})
    assert door.post("/sign-in/passkey/", {"credential": credential}).status_code == 302
    assert not is_in(door)


def test_the_operator_lets_somebody_in_who_lost_everything(account: Account, secret: str) -> None:
    said = CliRunner().invoke(command, ["remove-second-step", "--account", "demo", "--email", KIM])
    assert "2 second factors" in said.output
    browser = fresh()
    enter(browser)
    assert is_in(browser)
    with acting_in(account):
        assert AuditEntry.objects.get(action="second_factors_removed").actor_label == "Hangarlink"
