"""Roles given and taken, and who may come in."""

import pytest

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people import queries
from hangarlink.platform.people.actions import change_roles, create_role, deactivate, reactivate
from hangarlink.platform.people.models import Membership, Role
from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import actor, add_member


def role(name: str) -> Role:
    return Role.objects.get(name=name)


def test_an_administrator_changes_roles(school: Account, ada: Membership) -> None:
    with acting_in(school):
        kim = add_member(school, "kim@example.com", "Technician")
        changed = change_roles(kim, roles=[role("Read only"), role("Maintenance controller")], acting_user=actor(ada))
        assert {r.name for r in changed.roles.all()} == {"Read only", "Maintenance controller"}
        row = AuditEntry.objects.get(action="roles_changed")
        assert (row.actor_label, row.object_label) == ("Ada Holm", "Kim")
        assert row.old == {"roles": ["Technician"]}
        assert row.new == {"roles": ["Maintenance controller", "Read only"]}
        event = OutboxEvent.objects.get(type="member.roles_changed")
        assert event.data["membership_id"] == str(kim.id)
        assert "kim" not in str(event.data).lower()


def test_no_change_leaves_no_trace(school: Account, ada: Membership) -> None:
    with acting_in(school):
        change_roles(ada, roles=[role("Administrator")], acting_user=actor(ada))
        assert not AuditEntry.objects.filter(action="roles_changed").exists()


def test_a_changed_role_counts_from_the_next_question_on(school: Account, ada: Membership) -> None:
    with acting_in(school):
        kim = add_member(school, "kim@example.com", "Technician")
        assert not actor(kim).may("fleet.edit")
        change_roles(kim, roles=[role("Maintenance controller")], acting_user=actor(ada))
        assert actor(kim).may("fleet.edit")
        deactivate(kim, acting_user=actor(ada))
        assert queries.active_membership(kim.user_id) is None


def test_the_last_administrator_stays(school: Account, ada: Membership) -> None:
    with acting_in(school):
        with pytest.raises(RuleBroken, match="last active administrator"):
            change_roles(ada, roles=[role("Technician")], acting_user=actor(ada))
        with pytest.raises(RuleBroken, match="last active administrator"):
            deactivate(ada, acting_user=actor(ada))
        # A deactivated one does not count, nor does one whose sign-in is blocked.
        bo = add_member(school, "bo@example.com", "Administrator")
        deactivate(bo, acting_user=actor(ada))
        cy = add_member(school, "cy@example.com", "Administrator")
        cy.user.is_active = False
        cy.user.save()
        with pytest.raises(RuleBroken, match="last active administrator"):
            deactivate(ada, acting_user=actor(ada))
        assert queries.administrators() == {ada.id}


def test_the_last_administrator_may_gain_and_lose_other_roles(school: Account, ada: Membership) -> None:
    with acting_in(school):
        change_roles(ada, roles=[role("Administrator"), role("Technician")], acting_user=actor(ada))
        change_roles(ada, roles=[role("Administrator")], acting_user=actor(ada))
        assert queries.administrators() == {ada.id}


def test_with_two_administrators_one_may_go(school: Account, ada: Membership) -> None:
    with acting_in(school):
        bo = add_member(school, "bo@example.com", "Administrator")
        deactivate(ada, acting_user=actor(bo))
        assert queries.administrators() == {bo.id}
        with pytest.raises(NotPermitted):
            deactivate(bo, acting_user=actor(ada))
        reactivate(ada, acting_user=actor(bo))
        assert queries.administrators() == {ada.id, bo.id}


def test_a_member_keeps_at_least_one_role(school: Account, ada: Membership) -> None:
    with acting_in(school), pytest.raises(RuleBroken, match="at least one role") as refused:
        change_roles(ada, roles=[], acting_user=actor(ada))
    assert refused.value.field == "roles"


def test_managing_people_is_not_a_way_to_more_rights(school: Account, ada: Membership) -> None:
    with acting_in(school):
        create_role("Office", permissions=["people.view", "people.manage", "fleet.view"], acting_user=actor(ada))
        office = add_member(school, "office@example.com", "Office")
        kim = add_member(school, "kim@example.com", "Technician")
        for forbidden in (
            lambda: change_roles(office, roles=[role("Administrator")], acting_user=actor(office)),
            lambda: change_roles(kim, roles=[role("Office")], acting_user=actor(office)),
            lambda: deactivate(ada, acting_user=actor(office)),
            lambda: deactivate(kim, acting_user=actor(office)),
        ):
            with pytest.raises(NotPermitted, match="rights that you do not have"):
                forbidden()
        assert actor(office).permissions == {"people.view", "people.manage", "fleet.view"}
        assert actor(ada).permissions == frozenset(PERMISSIONS)


def test_without_the_permission_nothing_happens(school: Account, ada: Membership) -> None:
    with acting_in(school):
        kim = add_member(school, "kim@example.com", "Technician")
        for attempt in (
            lambda: change_roles(kim, roles=[role("Administrator")], acting_user=actor(kim)),
            lambda: deactivate(ada, acting_user=actor(kim)),
            lambda: reactivate(ada, acting_user=actor(kim)),
        ):
            with pytest.raises(NotPermitted) as refused:
                attempt()
            assert refused.value.permission == "people.manage"


def test_a_former_member_is_reactivated_before_anything_else(school: Account, ada: Membership) -> None:
    with acting_in(school):
        kim = add_member(school, "kim@example.com", "Technician")
        with pytest.raises(RuleBroken, match="active already"):
            reactivate(kim, acting_user=actor(ada))
        deactivate(kim, acting_user=actor(ada))
        with pytest.raises(RuleBroken, match="deactivated already"):
            deactivate(kim, acting_user=actor(ada))
        with pytest.raises(RuleBroken, match="Reactivate"):
            change_roles(kim, roles=[role("Read only")], acting_user=actor(ada))


def test_the_list_costs_the_same_for_one_and_for_fifty(
    school: Account, ada: Membership, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    with acting_in(school):
        for number in range(50):
            add_member(school, f"m{number}@example.com", "Technician", "Read only")
        with django_assert_num_queries(2):
            listed = [(str(member), [str(r) for r in member.roles.all()]) for member in queries.members()]
        assert len(listed) == 51
