"""The sign-in, the membership, invitations."""

from collections.abc import Iterator
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from hangarlink.platform.people import rules
from hangarlink.platform.people.actions import deactivate
from hangarlink.platform.people.actions.locking import under_lock
from hangarlink.platform.people.models import Invitation, Membership, MembershipRole, User
from hangarlink.platform.people.queries import find_member
from hangarlink.platform.privacy.finding import deleted
from hangarlink.platform.privacy.registry import Erasure, Finding, Subject, Treatment, holds

STILL_IN_USE = "The sign-in belongs to the installation, not to this account, and is used elsewhere in it."


@holds("Users")
def find(subject: Subject) -> Iterator[Finding]:
    if subject.email:
        invitations = Invitation.objects.filter(email__iexact=subject.email)
        yield deleted("invitations", invitations, ("email", "created_at", "accepted_at"))
    if subject.user_id is None:
        return
    member = Membership.objects.select_related("user").filter(user_id=subject.user_id).first()
    if member is None:
        return
    roles = [role.name for role in member.roles.all()]
    known = {"roles": roles, "joined_at": member.joined_at, "last_sign_in_at": member.last_sign_in_at}
    yield Finding("membership of this account", 1, Treatment.ERASE, "", (known,), _leave)
    user = member.user
    sign_in = {"email": user.email, "name": user.name, "created_at": user.created_at}
    if is_used_elsewhere(user):
        yield Finding("sign-in", 1, Treatment.HOLD, STILL_IN_USE, (sign_in,))
    else:
        yield Finding("sign-in", 1, Treatment.PSEUDONYMISE, "", (sign_in,), _forget)


def is_used_elsewhere(user: User) -> bool:
    """Whether another account of the installation has this user. One yes or no: nothing else passes the wall."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_is_used_elsewhere(%s)", [user.pk])
        return bool(cursor.fetchone()[0])


def _leave(erasure: Erasure) -> int:
    """Out at once, without roles, and nothing of when they came and went."""
    member = find_member(Membership.objects.get(user_id=_user_id(erasure)).pk)
    acting_user = under_lock(erasure.acting_user)
    if member.is_active:
        deactivate(member, acting_user=erasure.acting_user)
    else:
        rules.may_give(acting_user.permissions, member.grants(), what="the former user")
    MembershipRole.objects.filter(membership=member).delete()
    Membership.objects.filter(pk=member.pk).update(last_sign_in_at=None)
    return 1


def _forget(erasure: Erasure) -> int:
    """The row stays because records point at it; address, name and every way in go."""
    user = User.objects.select_for_update().get(pk=_user_id(erasure))
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.email, user.name, user.is_active = f"erased-{uuid4().hex}@invalid", erasure.alias, False
    user.set_unusable_password()
    user.save()
    return 1


def _user_id(erasure: Erasure) -> UUID:
    """Of a subject for whom `find` found a membership."""
    if erasure.subject.user_id is None:
        raise LookupError("This person has no sign-in.")
    return erasure.subject.user_id
