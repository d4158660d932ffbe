"""Roles: the matrix, one role, what is refused."""

import pytest
from django.test import Client

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.actions import change_role, create_role
from hangarlink.platform.people.models import Membership, Role
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import add_member
from tests.web.conftest import sign_in


@pytest.fixture
def pair(account: Account, admin: Membership) -> tuple[Role, Role]:
    with acting_in(account):
        me = admin.actor()
        return (
            create_role("Technician", permissions=["fleet.view"], acting_user=me),
            create_role("Reader", permissions=["defects.view", "fleet.view"], acting_user=me),
        )


def form(*roles: tuple[Role, list[str]]) -> dict[str, object]:
    """What the matrix sends: the state it was drawn from, and the ticks."""
    sent: dict[str, object] = {}
    for role, ticks in roles:
        sent[f"was:{role.pk}"] = ",".join(sorted(role.permissions))
        sent[f"may:{role.pk}"] = ticks
    return sent


def permissions(account: Account, role: Role) -> list[str]:
    with acting_in(account):
        return list(Role.objects.get(pk=role.pk).permissions)


def test_the_matrix_saves_what_differs(browser: Client, account: Account, pair: tuple[Role, Role]) -> None:
    technician, reader = pair
    sent = form((technician, ["fleet.view", "fleet.record_usage"]), (reader, ["defects.view", "fleet.view"]))
    assert browser.post("/roles/", sent).headers["Location"] == "/roles/"
    assert permissions(account, technician) == ["fleet.record_usage", "fleet.view"]
    with acting_in(account):
        assert [e.object_label for e in AuditEntry.objects.filter(object_type="role", action="changed")] == [
            "Technician"
        ]


def test_one_refusal_saves_nothing_and_keeps_the_ticks(
    browser: Client, account: Account, pair: tuple[Role, Role]
) -> None:
    technician, reader = pair
    answer = browser.post("/roles/", form((technician, ["fleet.edit"]), (reader, ["fleet.view"])))
    assert answer.status_code == 422
    assert "fleet.edit is of no use without fleet.view" in answer.text
    assert f'name="may:{technician.pk}" value="fleet.edit" data-needs="fleet.view" checked' in answer.text
    assert permissions(account, technician) == ["fleet.view"]
    assert permissions(account, reader) == ["defects.view", "fleet.view"]


def test_a_change_by_somebody_else_is_not_overwritten(
    browser: Client, account: Account, admin: Membership, pair: tuple[Role, Role]
) -> None:
    technician, reader = pair
    with acting_in(account):
        change_role(technician, name="Technician", permissions=["fleet.view", "audit.view"], acting_user=admin.actor())
    # Only the other role was touched: nothing stands in the way, and nothing is lost.
    browser.post("/roles/", form((technician, ["fleet.view"]), (reader, ["fleet.view"])))
    assert permissions(account, technician) == ["audit.view", "fleet.view"]
    assert permissions(account, reader) == ["fleet.view"]
    answer = browser.post("/roles/", form((technician, ["defects.view"])))
    assert answer.status_code == 422
    assert "Somebody else changed this role" in answer.text


def test_the_administrator_role_cannot_be_sent(browser: Client, account: Account, pair: tuple[Role, Role]) -> None:
    with acting_in(account):
        administrator = Role.objects.get(is_administrator=True)
    browser.post("/roles/", {f"was:{administrator.pk}": "", f"may:{administrator.pk}": ["fleet.view"]})
    with acting_in(account):
        assert len(Role.objects.get(is_administrator=True).grants()) > 5
    assert browser.post(f"/roles/{administrator.pk}/", {"name": "Boss"}).status_code == 422
    assert "cannot be changed or deleted" in browser.post(f"/roles/{administrator.pk}/delete/").text


def test_a_role_by_itself(browser: Client, account: Account, pair: tuple[Role, Role]) -> None:
    answer = browser.post(
        "/roles/new/", {"name": "Inspector", "permissions": ["fleet.view", "defects.view"]}, follow=True
    )
    assert "Inspector is ready" in answer.text
    with acting_in(account):
        made = Role.objects.get(name="Inspector")
    browser.post(f"/roles/{made.pk}/", {"name": "Lead inspector", "permissions": ["fleet.view"]})
    assert permissions(account, made) == ["fleet.view"]
    assert "named Technician already" in browser.post(f"/roles/{made.pk}/", {"name": "Technician"}).text
    assert "is deleted" in browser.post(f"/roles/{made.pk}/delete/", follow=True).text
    assert browser.get(f"/roles/{made.pk}/").status_code == 404


def test_a_role_that_is_held_is_not_deleted(browser: Client, account: Account, pair: tuple[Role, Role]) -> None:
    add_member(account, "kim@example.com", "Technician")
    answer = browser.post(f"/roles/{pair[0].pk}/delete/")
    assert answer.status_code == 422
    assert "1 user holds the role Technician" in answer.text


def test_a_copy_begins_with_the_same_ticks(browser: Client, pair: tuple[Role, Role]) -> None:
    page = browser.get(f"/roles/new/?like={pair[1].pk}").text
    assert page.count(" checked") == 2
    assert browser.get("/roles/new/?like=nonsense").status_code == 200


def test_rights_beyond_ones_own_cannot_be_ticked(account: Account, admin: Membership, pair: tuple[Role, Role]) -> None:
    with acting_in(account):
        create_role("Office", permissions=["people.view", "people.manage"], acting_user=admin.actor())
    office = sign_in(add_member(account, "office@example.com", "Office"))
    page = office.get("/roles/").text
    assert f"may:{pair[0].pk}" not in page, "a role that gives more than they hold is only shown"
    answer = office.post("/roles/new/", {"name": "Sneaky", "permissions": ["audit.view"]})
    assert answer.status_code == 403
    office.post("/roles/", form((pair[0], ["people.view", "people.manage", "fleet.view"])))
    assert permissions(account, pair[0]) == ["fleet.view"]
