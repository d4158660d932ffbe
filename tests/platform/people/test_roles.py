"""Roles: what they hold and when they may go."""

import pytest
from django.db import IntegrityError, transaction

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people import queries
from hangarlink.platform.people.actions import (
    change_role,
    change_roles,
    create_role,
    delete_role,
    invite,
    withdraw_invitation,
)
from hangarlink.platform.people.models import Membership, Role
from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import actor, add_member


def test_create_change_delete(school: Account, ada: Membership) -> None:
    with acting_in(school):
        made = create_role(" Inspector ", permissions=["fleet.view"], acting_user=actor(ada))
        assert (made.name, made.permissions) == ("Inspector", ["fleet.view"])
        kim = add_member(school, "kim@example.com", "Inspector")
        change_role(made, name="Inspector", permissions=["fleet.view", "defects.view"], acting_user=actor(ada))
        assert actor(kim).permissions == {"fleet.view", "defects.view"}
        row = AuditEntry.objects.get(object_type="role", action="changed")
        assert row.old == {"permissions": ["fleet.view"]}
        assert row.new == {"permissions": ["defects.view", "fleet.view"]}
        with pytest.raises(RuleBroken, match="1 user holds the role Inspector"):
            delete_role(made, acting_user=actor(ada))
        change_roles(kim, roles=[Role.objects.get(name="Read only")], acting_user=actor(ada))
        delete_role(made, acting_user=actor(ada))
        assert not Role.objects.filter(name="Inspector").exists()


def test_a_name_stands_once(school: Account, ada: Membership) -> None:
    with acting_in(school), pytest.raises(RuleBroken, match="named technician already") as refused:
        create_role("technician", permissions=[], acting_user=actor(ada))
    assert refused.value.field == "name"


def test_the_administrator_role_cannot_be_touched(school: Account, ada: Membership) -> None:
    with acting_in(school):
        administrator = Role.objects.get(is_administrator=True)
        with pytest.raises(RuleBroken, match="always holds every permission"):
            change_role(administrator, name="Boss", permissions=["fleet.view"], acting_user=actor(ada))
        with pytest.raises(RuleBroken, match="always holds every permission"):
            delete_role(administrator, acting_user=actor(ada))


def test_the_administrator_role_holds_what_later_versions_add(
    school: Account, ada: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PERMISSIONS, "stores.view", "See the store")
    with acting_in(school):
        assert actor(ada).may("stores.view")


def test_a_permission_that_is_no_longer_declared_gives_nothing(school: Account) -> None:
    with acting_in(school):
        old = Role.objects.create(account=school, name="Old", permissions=["fleet.view", "fleet.paint"])
        assert old.grants() == {"fleet.view"}


def test_one_administrator_role_per_account(school: Account) -> None:
    with acting_in(school), pytest.raises(IntegrityError, match="role_administrator_once"), transaction.atomic():
        Role.objects.create(account=school, name="Second", is_administrator=True)


def test_nobody_makes_or_strengthens_a_role_beyond_their_own(school: Account, ada: Membership) -> None:
    with acting_in(school):
        mine = create_role("Office", permissions=["people.view", "people.manage"], acting_user=actor(ada))
        office = actor(add_member(school, "office@example.com", "Office"))
        with pytest.raises(NotPermitted, match=r"audit\.view"):
            create_role("Sneaky", permissions=["audit.view"], acting_user=office)
        with pytest.raises(NotPermitted, match=r"audit\.view"):
            change_role(
                mine, name="Office", permissions=["people.view", "people.manage", "audit.view"], acting_user=office
            )
        with pytest.raises(NotPermitted):
            change_role(Role.objects.get(name="Technician"), name="Technician", permissions=[], acting_user=office)
        with pytest.raises(NotPermitted):
            delete_role(Role.objects.get(name="Technician"), acting_user=office)


def test_a_promised_role_stays_until_the_invitation_is_withdrawn(school: Account, ada: Membership) -> None:
    with acting_in(school):
        technician = Role.objects.get(name="Technician")
        invitation = invite("new@example.com", roles=[technician], acting_user=actor(ada))
        with pytest.raises(RuleBroken, match="open invitation promises"):
            delete_role(technician, acting_user=actor(ada))
        withdraw_invitation(invitation, acting_user=actor(ada))
        delete_role(technician, acting_user=actor(ada))


def test_the_list_counts_active_members(school: Account, ada: Membership) -> None:
    with acting_in(school):
        add_member(school, "kim@example.com", "Technician")
        add_member(school, "bo@example.com", "Technician")
        Membership.objects.filter(user__email="bo@example.com").update(is_active=False)
        assert {role.name: role.member_count for role in queries.roles()} == {
            "Administrator": 1, "Bookkeeper": 0, "Dispatcher": 0, "Maintenance controller": 0, "Owner": 0,
            "Read only": 0, "Safety manager": 0, "Technician": 1,
        }  # fmt: skip
        assert queries.roles()[0].is_administrator
