"""How an account comes to be, and its settings."""

from typing import Any

import pytest

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.actions import NewPerson, change_account, create_account
from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.people.permissions import PERMISSIONS, ROLES
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, Feature
from tests.platform.people.conftest import PASSWORD, actor, add_member

ADA = NewPerson("ada@example.com", "Ada Holm", PASSWORD)


def settings_of(account: Account, **changed: Any) -> dict[str, Any]:
    fields = ("name", "time_zone", "stale_usage_days", "utilisation_days", "features")
    return {field: getattr(account, field) for field in fields} | changed


def test_a_new_account_has_the_default_roles_and_one_administrator(db: None) -> None:
    member = create_account("skyline", "Skyline", ADA, time_zone="Europe/Copenhagen")
    with acting_in(member.account):
        assert actor(member).permissions == frozenset(PERMISSIONS)
        assert set(member.account.features) == set(Feature.values)
        from hangarlink.platform.people import queries

        roles = {role.name: role.grants() for role in queries.roles()}
        assert roles == {name: frozenset(permissions) for name, permissions in ROLES.items()}
        assert list(AuditEntry.objects.order_by("id").values_list("actor_label", "object_type", "action")) == [
            ("Hangarlink", "account", "created"), ("Hangarlink", "membership", "joined"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("subdomain", "field"),
    [
        ("www", "subdomain"),
        ("Sky", "subdomain"),
        ("-a", "subdomain"),
        ("a.b", "subdomain"),
        ("", "subdomain"),
        ("x" * 64, "subdomain"),
        ("demo", "subdomain"),
    ],
)
def test_refused_addresses(account: Account, subdomain: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        create_account(subdomain, "Skyline", ADA)
    assert refused.value.field == field
    assert not User.objects.filter(email=ADA.email).exists()


def test_a_weak_password_creates_nothing(db: None) -> None:
    with pytest.raises(RuleBroken) as refused:
        create_account("skyline", "Skyline", NewPerson("ada@example.com", "Ada", "short"))
    assert refused.value.field == "password"
    assert not Account.objects.filter(subdomain="skyline").exists()


def test_who_has_a_sign_in_keeps_its_password(other_account: Account) -> None:
    add_member(other_account, "ada@example.com")
    member = create_account("skyline", "Skyline", NewPerson("ADA@example.com", "Another Name", "a different password"))
    assert member.user.check_password(PASSWORD)
    assert member.user.name == "Ada"


def test_changing_the_settings(school: Account, ada: Membership) -> None:
    with acting_in(school):
        changed = change_account(
            school,
            **settings_of(school, name="Skyline Aviation", stale_usage_days=14, features=["oauth_api"]),
            acting_user=actor(ada),
        )
        assert changed.has_feature(Feature.OAUTH_API)
        assert not changed.has_feature(Feature.FLIGHTLOGGER_SYNC)
        row = AuditEntry.objects.get(object_type="account", action="changed")
        assert row.old == {
            "name": "Skyline Flight School",
            "stale_usage_days": 7,
            "features": ["flightlogger_sync", "oauth_api"],
        }
        assert row.new == {"name": "Skyline Aviation", "stale_usage_days": 14, "features": ["oauth_api"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 201),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("stale_usage_days", 0),
        ("stale_usage_days", 366),
        ("utilisation_days", 6),
        ("features", ["teleport"]),
    ],
)
def test_refused_settings(school: Account, ada: Membership, field: str, value: object) -> None:
    with acting_in(school), pytest.raises(RuleBroken) as refused:
        change_account(school, **settings_of(school, **{field: value}), acting_user=actor(ada))
    assert refused.value.field == field


def test_settings_need_their_permission(school: Account) -> None:
    with acting_in(school):
        kim = add_member(school, "kim@example.com", "Maintenance controller")
        with pytest.raises(NotPermitted) as refused:
            change_account(school, **settings_of(school, name="Mine"), acting_user=actor(kim))
        assert refused.value.permission == "account.manage"
