"""Joining by a link."""

import pytest
from django.test import Client

from hangarlink.platform.people.actions import invite
from hangarlink.platform.people.actions.invitations import issue_token
from hangarlink.platform.people.models import Membership, Role, User
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import PASSWORD, add_member
from tests.web.sign_in.conftest import enter, is_in

NEW = "new@example.com"


@pytest.fixture
def token(account: Account, admin: Membership) -> str:
    with acting_in(account):
        role = Role.objects.create(account=account, name="Technician", permissions=["fleet.view"])
        return issue_token(invite(NEW, roles=[role], acting_user=admin.actor()))


def test_somebody_new_joins_and_signs_in(door: Client, token: str) -> None:
    page = door.get(f"/invitation/{token}/").text
    assert NEW in page
    assert "Technician" in page
    answer = door.post(f"/invitation/{token}/", {"name": "Nora Lind", "password": PASSWORD})
    assert answer.headers["Location"] == "/sign-in/"
    assert not is_in(door), "joining does not sign in: a second step would be skipped"
    assert "Welcome to Skyline" in door.get("/sign-in/").text
    enter(door, NEW)
    assert is_in(door)
    assert door.get(f"/invitation/{token}/").status_code == 404


def test_a_refused_form_keeps_the_name_and_says_why(door: Client, token: str) -> None:
    answer = door.post(f"/invitation/{token}/", {"name": "Nora Lind", "password": "short"})
    assert answer.status_code == 422
    assert "Nora Lind" in answer.text
    assert "at least 12 characters" in answer.text
    assert "short" not in answer.text.replace("too short", "")
    assert not User.objects.filter(email=NEW).exists()


def test_somebody_known_gives_the_password_they_have(door: Client, token: str, other_account: Account) -> None:
    add_member(other_account, NEW)
    page = door.get(f"/invitation/{token}/").text
    assert "has a sign-in already" in page
    assert 'name="name"' not in page
    assert "not the password" in door.post(f"/invitation/{token}/", {"password": "a wrong password"}).text
    assert door.post(f"/invitation/{token}/", {"password": PASSWORD}).status_code == 302


def test_passwords_cannot_be_guessed_through_an_invitation(door: Client, token: str, other_account: Account) -> None:
    add_member(other_account, NEW)
    for _ in range(10):
        door.post(f"/invitation/{token}/", {"password": "wrong"})
    assert door.post(f"/invitation/{token}/", {"password": PASSWORD}).status_code == 429


def test_a_dead_link_says_what_to_do(door: Client, token: str) -> None:
    answer = door.get(f"/invitation/{token[:-1]}x/")
    assert answer.status_code == 404
    assert "Ask an administrator" in answer.text
    assert NEW not in answer.text


def test_the_link_is_worth_nothing_elsewhere(token: str, other_account: Account) -> None:
    assert Client(headers={"host": "other.localhost"}).get(f"/invitation/{token}/").status_code == 404
