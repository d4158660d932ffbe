"""Fixtures that every test may use. A database test gets an account and acts in it, as the plain application role."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from hangarlink.platform.database.aside import aside, is_used
from hangarlink.platform.people.models import Membership, MembershipRole, Role, User
from hangarlink.platform.people.permissions import PERMISSIONS, ROLES, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.bootstrap import server_version

# Half a second of hashing per member and sign-in proves nothing here.
PBKDF2PasswordHasher.iterations = 1_000

# A slow moment of a busy machine is not a failure.
hypothesis_settings.register_profile("hangarlink", deadline=None)
hypothesis_settings.load_profile("hangarlink")


def pytest_report_header() -> str:
    return f"PostgreSQL: {server_version(os.environ['DATABASE_URL'])}"


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database exists already: tests/bootstrap.py made it."""


@pytest.fixture
def account(db: None) -> Account:
    """The account that most tests act in. Rolled back with the test."""
    return Account.objects.create(subdomain="demo", name="Skyline Flight School")


@pytest.fixture
def acting(account: Account) -> Iterator[Account]:
    """Inside the account's wall for the whole test."""
    with acting_in(account):
        yield account


@pytest.fixture
def other_account(db: None) -> Account:
    """A second account, for tests of the wall."""
    return Account.objects.create(subdomain="other", name="Other Operator")


def make_member(account: Account, *permissions: str, email: str = "kim@example.com", role: str = "") -> Membership:
    """A member who holds these permissions, or those of a ready-made role."""
    user = User.objects.create_user(email, "correct horse battery", name="Kim Larsen")
    with acting_in(account):
        made = Role.objects.create(
            account=account,
            name=role or "Test",
            permissions=list(permissions or ROLES[role]),
            is_administrator=role == "Administrator",
        )
        membership = Membership.objects.create(account=account, user=user)
        MembershipRole.objects.create(account=account, membership=membership, role=made)
        return membership


@pytest.fixture
def admin(account: Account) -> Membership:
    """A member with every permission."""
    return make_member(account, *PERMISSIONS, email="admin@example.com", role="Administrator")


@pytest.fixture
def acting_user(acting: Account, admin: Membership) -> Actor:
    """An administrator, as actions want it; the test is inside the account's wall."""
    return admin.actor()


@pytest.fixture(autouse=True)
def shared_counts() -> Iterator[None]:
    """Quotas and circuits of partners are committed beside the test, and end with it all the same."""
    yield
    if is_used():
        with aside() as cursor:
            cursor.execute("DELETE FROM partner_quota")
            cursor.execute("DELETE FROM partner_circuit")


@pytest.fixture
def committed(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Real commits, for tests with several connections, processes or servers. Every table is emptied afterwards."""
    from django.db import connections

    django_db_blocker.unblock()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connections.close_all()
        empty_database()
        django_db_blocker.restore()  # type: ignore[attr-defined]


def empty_database() -> None:
    """Truncate everything as the owner, past the audit trail's trigger."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' "
            "AND tablename NOT IN ('django_content_type', 'auth_permission')"
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(str(name)) for (name,) in tables)
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
