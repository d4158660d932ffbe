"""Users: the list, a record, inviting, deactivating."""

import re
from typing import Any

import pytest
from django.test import Client

from hangarlink.platform.people import queries
from hangarlink.platform.people.actions import create_role
from hangarlink.platform.people.actions.invitations import hash_of
from hangarlink.platform.people.models import Invitation, Membership, Role
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import add_member
from tests.web.conftest import sign_in

CONSOLE = "django.core.mail.backends.console.EmailBackend"


@pytest.fixture
def technician(account: Account, admin: Membership) -> Role:
    with acting_in(account):
        return create_role("Technician", permissions=["fleet.view"], acting_user=admin.actor())


@pytest.fixture
def kim(account: Account, technician: Role) -> Membership:
    return add_member(account, "kim@example.com", "Technician")


@pytest.fixture
def office(account: Account, admin: Membership) -> Client:
    """Somebody who manages people and holds nothing else."""
    with acting_in(account):
        create_role("Office", permissions=["people.view", "people.manage"], acting_user=admin.actor())
    return sign_in(add_member(account, "office@example.com", "Office"))


def test_the_list_filters_and_counts(browser: Client, account: Account, kim: Membership) -> None:
    with acting_in(account):
        Membership.objects.filter(pk=kim.pk).update(is_active=False)
    assert "kim@example.com" in browser.get("/people/").text
    assert "kim@example.com" not in browser.get("/people/?status=active").text
    assert "<strong>1</strong> user" in browser.get("/people/?q=kim@").text
    assert "kim@example.com" in browser.get("/people/?status=deactivated&q=KIM").text


def test_the_list_costs_the_same_for_many(
    browser: Client, account: Account, technician: Role, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        add_member(account, f"m{number}@example.com", "Technician")
    with django_assert_max_num_queries(20):
        page = browser.get("/people/").text
    assert "1–50" in page


def test_one_administrator_is_warned_about(browser: Client, account: Account, kim: Membership) -> None:
    assert "Only one user is Administrator" in browser.get("/people/").text
    add_member(account, "second@example.com", "Administrator")
    assert "Only one user is Administrator" not in browser.get("/people/").text


def test_roles_are_changed_on_the_record(browser: Client, account: Account, kim: Membership) -> None:
    with acting_in(account):
        administrator = Role.objects.get(is_administrator=True)
    answer = browser.post(f"/people/{kim.pk}/", {"roles": [administrator.pk]}, follow=True)
    assert "are changed" in answer.text
    with acting_in(account):
        assert kim.pk in queries.administrators()
    answer = browser.post(f"/people/{kim.pk}/", {})
    assert answer.status_code == 422
    assert "required" in answer.text


def test_the_last_administrator_is_told_why_not(
    browser: Client, account: Account, admin: Membership, technician: Role
) -> None:
    answer = browser.post(f"/people/{admin.pk}/", {"roles": [technician.pk]})
    assert answer.status_code == 422
    assert "last active administrator" in answer.text
    page = browser.get(f"/people/{admin.pk}/deactivate/").text
    assert "last active administrator" in page
    assert 'class="btn btn-danger"' not in page
    assert browser.post(f"/people/{admin.pk}/deactivate/").status_code == 422
    with acting_in(account):
        assert queries.administrators() == {admin.pk}


def test_deactivating_says_what_happens_and_can_be_undone(browser: Client, account: Account, kim: Membership) -> None:
    assert "keeps the name" in browser.get(f"/people/{kim.pk}/deactivate/").text
    with acting_in(account):
        assert Membership.objects.get(pk=kim.pk).is_active, "looking does nothing"
    assert browser.post(f"/people/{kim.pk}/deactivate/").headers["Location"] == "/people/"
    assert "Deactivated: cannot come in." in browser.get(f"/people/{kim.pk}/").text
    browser.post(f"/people/{kim.pk}/reactivate/")
    with acting_in(account):
        assert Membership.objects.get(pk=kim.pk).is_active
    assert browser.post(f"/people/{kim.pk}/reactivate/").status_code == 422
    assert browser.get(f"/people/{kim.pk}/reactivate/").status_code == 405


def test_inviting_by_mail(browser: Client, account: Account, technician: Role) -> None:
    answer = browser.post("/people/invite/", {"email": "New@Example.com", "roles": [technician.pk]}, follow=True)
    assert "new@example.com is invited" in answer.text
    assert "on its way" in answer.text
    with acting_in(account):
        invitation = Invitation.objects.get()
    assert (
        "A new message is on its way" in browser.post(f"/people/invitations/{invitation.pk}/again/", follow=True).text
    )
    assert "is withdrawn" in browser.post(f"/people/invitations/{invitation.pk}/withdraw/", follow=True).text
    assert browser.post(f"/people/invitations/{invitation.pk}/withdraw/").status_code == 422


def test_without_a_mail_server_the_link_is_shown_once(
    browser: Client, account: Account, technician: Role, settings: Any
) -> None:
    settings.EMAIL_BACKEND = CONSOLE
    page = browser.post("/people/invite/", {"email": "new@example.com", "roles": [technician.pk]}).text
    token = re.search(r"http://demo\.localhost:8000/invitation/([\w-]+)/", page)[1]  # type: ignore[index]
    with acting_in(account):
        invitation = Invitation.objects.get()
        assert invitation.token_hash == hash_of(token)
    assert token not in browser.get("/people/").text
    assert token not in browser.post(f"/people/invitations/{invitation.pk}/again/").text


def test_what_is_refused_stays_typed(browser: Client, technician: Role) -> None:
    answer = browser.post("/people/invite/", {"email": "not an address", "roles": [technician.pk]})
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.text
    assert "is not an e-mail address" in answer.text
    assert (
        "member of this account already"
        in browser.post("/people/invite/", {"email": "admin@example.com", "roles": [technician.pk]}).text
    )


def test_nobody_gives_more_than_they_hold(office: Client, account: Account, admin: Membership, kim: Membership) -> None:
    with acting_in(account):
        administrator = Role.objects.get(is_administrator=True)
    assert "Administrator" not in re.findall(
        r"<label[^>]*>(.*?)</label>", office.get("/people/invite/").text, re.DOTALL
    )
    offered = office.post("/people/invite/", {"email": "friend@example.com", "roles": [administrator.pk]})
    assert offered.status_code == 422
    answer = office.post(f"/people/{kim.pk}/", {"roles": [administrator.pk]})
    assert answer.status_code == 403
    assert "rights that you do not have" in answer.text
    page = office.get(f"/people/{admin.pk}/").text
    assert "only an administrator can change these roles" in page
    assert office.post(f"/people/{admin.pk}/deactivate/").status_code == 403
    with acting_in(account):
        assert queries.administrators() == {admin.pk}


def test_who_may_only_see_cannot_change(account: Account, admin: Membership, kim: Membership) -> None:
    with acting_in(account):
        create_role("Viewer", permissions=["people.view"], acting_user=admin.actor())
        invitation_role = Role.objects.get(name="Technician")
    viewer = sign_in(add_member(account, "viewer@example.com", "Viewer"))
    assert "Invite" not in viewer.get("/people/").text
    assert "Deactivate<" not in viewer.get(f"/people/{kim.pk}/").text
    for path, data in (
        (f"/people/{kim.pk}/", {"roles": [invitation_role.pk]}),
        (f"/people/{kim.pk}/deactivate/", {}),
        ("/people/invite/", {"email": "x@example.com", "roles": [invitation_role.pk]}),
        ("/roles/", {}),
        ("/roles/new/", {"name": "Mine"}),
        (f"/roles/{invitation_role.pk}/", {"name": "Mine"}),
        (f"/roles/{invitation_role.pk}/delete/", {}),
    ):
        answer = viewer.post(path, data)
        assert answer.status_code == 403, path
        assert "people.manage" in answer.text


def test_people_of_another_account_do_not_exist(browser: Client, other_account: Account) -> None:
    stranger = add_member(other_account, "stranger@example.com")
    for path in (f"/people/{stranger.pk}/", f"/people/{stranger.pk}/deactivate/"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "stranger" not in answer.text
