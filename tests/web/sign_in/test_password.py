"""The door: who comes in with a password, and what everybody else is told."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import PASSWORD, add_member
from tests.web.sign_in.conftest import HOST, KIM, block, enter, is_in, what_it_says

REFUSED = "This e-mail address and password do not open this account."


def test_a_member_comes_in_and_goes_out(account: Account, kim: Membership, door: Client) -> None:
    assert not is_in(door)
    answer = enter(door, " KIM@example.com")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_in(door)
    with acting_in(account):
        assert AuditEntry.objects.get(action="signed_in").new == {"method": "password"}
        assert Membership.objects.get().last_sign_in_at is not None
    assert door.get("/sign-out/").status_code == 200
    assert is_in(door)
    assert door.post("/sign-out/").headers["Location"] == "/"
    assert not is_in(door)


def test_everybody_else_is_told_the_same(
    account: Account, other_account: Account, kim: Membership, door: Client
) -> None:
    add_member(other_account, "elsewhere@example.com")
    former = add_member(account, "former@example.com")
    with acting_in(account):
        Membership.objects.filter(pk=former.pk).update(is_active=False)
    block(add_member(account, "blocked@example.com").user)
    refusals = {
        what_it_says(enter(door, email, password)).replace(email, "")
        for email, password in (
            (KIM, "not the password"),
            ("nobody@example.com", PASSWORD),
            ("elsewhere@example.com", PASSWORD),
            ("former@example.com", PASSWORD),
            ("blocked@example.com", PASSWORD),
        )
    }
    assert len(refusals) == 1
    assert REFUSED in refusals.pop()
    assert not is_in(door)


def test_the_password_is_hashed_for_strangers_too(
    kim: Membership, door: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same work whoever asks, so that the time taken says nothing."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    work = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda *a, **k: (work.append(1), encode(*a, **k))[1])
    for email in (KIM, "nobody@example.com"):
        enter(door, email, "not the password")
    assert len(work) == 2


def test_what_was_typed_stays_but_not_the_password(kim: Membership, door: Client) -> None:
    page = enter(door, KIM, "a secret that is wrong").content.decode()
    assert KIM in page
    assert "a secret that is wrong" not in page


def test_a_deactivated_member_is_out_at_once(account: Account, kim: Membership, door: Client) -> None:
    enter(door)
    assert is_in(door)
    with acting_in(account):
        Membership.objects.filter(pk=kim.pk).update(is_active=False)
    assert not is_in(door)


def test_a_blocked_sign_in_is_out_at_once(kim: Membership, door: Client) -> None:
    enter(door)
    block(kim.user)
    assert not is_in(door)


# --- brute force -------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_close_the_door_for_a_while(kim: Membership, door: Client) -> None:
    for _ in range(5):
        assert REFUSED in enter(door, KIM, "wrong").content.decode()
    assert "Too many attempts" in enter(door, KIM, "wrong").content.decode()
    # Also for the right password: otherwise the guesser would notice that it is right.
    assert "Too many attempts" in enter(door).content.decode()
    assert not is_in(door)


def test_neither_another_port_nor_another_browser_nor_another_address_starts_anew(
    kim: Membership, door: Client
) -> None:
    for attempt in range(5):
        browser = Client(headers={"host": f"{HOST}:{9000 + attempt}"}, REMOTE_ADDR=f"192.0.2.{attempt}")
        enter(browser, KIM.upper() if attempt % 2 else f" {KIM}", "wrong")
    elsewhere = Client(headers={"host": HOST}, REMOTE_ADDR="192.0.2.99")
    assert "Too many attempts" in enter(elsewhere).content.decode()


def test_a_header_anyone_can_send_is_not_an_address(account: Account, kim: Membership) -> None:
    browser = Client(headers={"host": HOST}, REMOTE_ADDR="192.0.2.7")
    said = [
        enter(
            browser, f"nobody{n}@example.com", "wrong", headers={"X-Forwarded-For": f"198.51.100.{n}"}
        ).content.decode()
        for n in range(11)
    ]
    assert all(REFUSED in page for page in said[:10])
    assert "Too many attempts" in said[10]


def test_behind_a_proxy_the_address_is_what_the_proxy_saw(account: Account, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    seen = [
        enter(
            Client(headers={"host": HOST, "x-forwarded-for": f"198.51.100.{n}, 203.0.113.9"}),
            f"n{n}@example.com",
            "wrong",
        ).content.decode()
        for n in range(11)
    ]
    assert "Too many attempts" in seen[10]
    elsewhere = Client(headers={"host": HOST, "x-forwarded-for": "203.0.113.9, 203.0.113.10"})
    assert REFUSED in enter(elsewhere, "n@example.com", "wrong").content.decode()


def test_a_right_password_in_between_does_not_reset_the_count(account: Account, kim: Membership, door: Client) -> None:
    add_member(account, "own@example.com")
    for _ in range(4):
        enter(door, KIM, "wrong")
    own = Client(headers={"host": HOST})
    enter(own, "own@example.com")
    assert is_in(own)
    enter(door, KIM, "wrong")
    assert "Too many attempts" in enter(door, KIM).content.decode()


# --- forged requests and addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/sign-in/",
        "/sign-out/",
        "/password/",
        "/invitation/abc/",
        "/sign-in/passkey/",
        "/me/password/",
        "/me/confirm/",
        "/me/codes/new/",
    ],
)
def test_a_form_from_elsewhere_is_refused(kim: Membership, address: str) -> None:
    client = Client(headers={"host": HOST}, enforce_csrf_checks=True)
    client.force_login(kim.user)
    answer = client.post(address, {"login": KIM, "password": PASSWORD})
    assert answer.status_code == 403
    assert "out of date" in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "http://other.localhost/",
        "http://localhost/",
        "http:///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http://demo.localhost@evil.example/",
        "http://demo.localhost.evil.example/",
        "\x00//evil.example",
        " //evil.example",
        "/\t/evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(kim: Membership, door: Client, target: str) -> None:
    answer = enter(door, next_=target)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    # Nor does a page that is opened while signed in, nor signing out.
    assert door.get("/sign-in/", {"next": target}).headers["Location"] == "/"
    assert door.post("/sign-out/", {"next": target}).headers["Location"] == "/"


def test_signing_in_leads_back_to_the_page_asked_for(kim: Membership, door: Client) -> None:
    assert enter(door, next_="/aircraft/?status=maintenance").headers["Location"] == "/aircraft/?status=maintenance"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "nobody.localhost",
        "localhost",
        "demo.localhost.evil.example",
        "other.demo.localhost",
        "demo.localhost,evil.example",
    ],
)
def test_a_host_that_is_no_account_has_no_door(kim: Membership, host: str) -> None:
    client = Client(headers={"host": host})
    answer = client.get("/sign-in/")
    assert answer.status_code in {400, 404}
    assert "Skyline" not in answer.text
    assert enter(client).status_code in {400, 404}


@pytest.mark.parametrize(
    "address", ["/sign-up/", "/signup/", "/accounts/signup/", "/accounts/login/", "/accounts/email/", "/admin/"]
)
def test_there_is_no_way_to_sign_up(door: Client, address: str) -> None:
    assert door.get(address).status_code == 404


# --- sessions ----------------------------------------------------------------------------------------------------


def test_signing_in_changes_the_session_key(kim: Membership, door: Client) -> None:
    session = door.session
    session["planted"] = True
    session.save()
    door.cookies["sessionid"] = session.session_key
    planted = session.session_key
    enter(door)
    assert door.cookies["sessionid"].value != planted
    stolen = Client(headers={"host": HOST})
    stolen.cookies["sessionid"] = planted
    assert not is_in(stolen)


def test_the_cookie_is_for_this_address_only(kim: Membership, door: Client) -> None:
    enter(door)
    cookie = door.cookies["sessionid"]
    assert (cookie["domain"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == ("", True, "Lax", "")


def test_a_cookie_carried_to_another_account_opens_nothing_there(
    account: Account, other_account: Account, kim: Membership, door: Client
) -> None:
    add_member(other_account, KIM)
    enter(door)
    elsewhere = Client(headers={"host": "other.localhost"})
    elsewhere.cookies["sessionid"] = door.cookies["sessionid"].value
    assert not is_in(elsewhere)
    enter(elsewhere)
    assert is_in(elsewhere)


def test_the_time_of_the_last_sign_in_belongs_to_the_account(
    account: Account, other_account: Account, kim: Membership, door: Client
) -> None:
    add_member(other_account, KIM)
    before = timezone.now()
    enter(door)
    with acting_in(account):
        assert Membership.objects.get().last_sign_in_at >= before
    with acting_in(other_account):
        assert Membership.objects.get().last_sign_in_at is None
        assert not AuditEntry.objects.exists()
