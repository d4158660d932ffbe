"""People to act with."""

from collections.abc import Callable

import pytest

from hangarlink.platform.people.actions import NewPerson, create_account
from hangarlink.platform.people.models import Membership, MembershipRole, Role, User
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

PASSWORD = "correct horse battery"
Join = Callable[..., Membership]


@pytest.fixture
def school(db: None) -> Account:
    """An account as the command line makes one: default roles and one administrator, ada@example.com."""
    person = NewPerson("ada@example.com", "Ada Holm", PASSWORD)
    return create_account("skyline", "Skyline Flight School", person).account


@pytest.fixture
def ada(school: Account) -> Membership:
    with acting_in(school):
        return Membership.objects.select_related("user").get(user__email="ada@example.com")


def add_member(account: Account, email: str, *roles: str) -> Membership:
    """A member with these roles of the account, past the invitation. Works inside and outside `acting_in`."""
    with acting_in(account):
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, PASSWORD, name=email.split("@", maxsplit=1)[0].title()
        )
        member = Membership.objects.create(account=account, user=user)
        for role in Role.objects.filter(name__in=roles):
            MembershipRole.objects.create(account=account, membership=member, role=role)
        return member


def actor(member: Membership) -> Actor:
    """The member as they are in the database now."""
    return Membership.objects.get(pk=member.pk).actor()
