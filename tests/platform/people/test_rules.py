"""Rules about rights, without a database."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people import rules
from hangarlink.platform.people.permissions import PERMISSIONS, ROLES

some_permissions = st.frozensets(st.sampled_from(sorted(PERMISSIONS)))


@given(st.frozensets(st.uuids(), max_size=5), st.uuids())
def test_an_account_never_loses_its_last_administrator(administrators: frozenset[UUID], losing: UUID) -> None:
    for member in (losing, *administrators):
        left = administrators - {member}
        try:
            rules.keep_an_administrator(administrators, member)
        except RuleBroken:
            assert not left
        else:
            assert left or member not in administrators


@given(some_permissions, some_permissions)
def test_nobody_gives_what_they_do_not_hold(held: frozenset[str], given_: frozenset[str]) -> None:
    if given_ <= held:
        rules.may_give(held, given_, what="this")
    else:
        with pytest.raises(NotPermitted, match=sorted(given_ - held)[0]):
            rules.may_give(held, given_, what="this")


def test_a_long_list_of_missing_rights_is_shortened() -> None:
    with pytest.raises(NotPermitted, match=rf"and {len(PERMISSIONS) - 3} more\)"):
        rules.may_give(frozenset(), frozenset(PERMISSIONS), what="the role Administrator")


@pytest.mark.parametrize(
    ("name", "permissions", "field", "says"),
    [
        ("  ", ["fleet.view"], "name", "name"),
        ("x" * 81, ["fleet.view"], "name", "at most 80 characters; this one has 81"),
        ("Inspector", ["fleet.fly"], "permissions", "There is no permission fleet.fly"),
        ("Inspector", ["fleet.edit"], "permissions", "fleet.edit is of no use without fleet.view"),
        ("Inspector", ["integrations.view_technical"], "permissions", "without integrations.view"),
    ],
)
def test_what_a_role_may_not_contain(name: str, permissions: list[str], field: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as refused:
        rules.check_role(name, permissions)
    assert refused.value.field == field


def test_the_default_roles_keep_the_rules() -> None:
    for name, permissions in ROLES.items():
        rules.check_role(name, permissions)
    rules.check_role("Nothing yet", [])
    rules.check_role("Integrator", ["applications.manage", "account.manage"])


def test_reserved_addresses() -> None:
    rules.check_subdomain("skyline")
    with pytest.raises(RuleBroken, match="www is reserved"):
        rules.check_subdomain("www")


def test_a_member_who_is_no_administrator_may_go() -> None:
    rules.keep_an_administrator({uuid4()}, uuid4())
