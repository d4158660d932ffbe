"""Members: their roles, and whether they may come in at all."""

from collections.abc import Collection

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people import events, queries, rules
from hangarlink.platform.people.actions.locking import under_lock
from hangarlink.platform.people.models import Membership, MembershipRole, Role
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def change_roles(membership: Membership, *, roles: Collection[Role], acting_user: Actor) -> Membership:
    """Give a member exactly these roles. Events: member.roles_changed.

    Raises RuleBroken when no role is left or the last administrator would be demoted, NotPermitted when rights are
    concerned that the acting user does not have.
    """
    acting_user = under_lock(acting_user)
    member = queries.find_member(membership.pk)
    if not member.is_active:
        raise RuleBroken(f"{member} is deactivated. Reactivate the user before changing roles.")
    if not roles:
        raise RuleBroken("A user needs at least one role. To keep somebody out, deactivate the user.", field="roles")
    before, after = set(member.roles.all()), set(roles)
    if before == after:
        return member
    rules.may_give(acting_user.permissions, member.grants() | grants_of(after), what=str(member))
    if not any(role.is_administrator for role in after):
        rules.keep_an_administrator(queries.administrators(), member.id)
    MembershipRole.objects.filter(membership=member, role__in=before - after).delete()
    give_roles(member, after - before)
    record(acting_user, member, "roles_changed", old={"roles": names(before)}, new={"roles": names(after)})
    announce(events.MemberRolesChanged(member.id, tuple(sorted(role.id for role in after))))
    return queries.find_member(member.pk)


@transaction.atomic
def deactivate(membership: Membership, *, acting_user: Actor) -> None:
    """Keep a member out from the next request on. Records keep the name. Events: member.deactivated."""
    acting_user = under_lock(acting_user)
    member = queries.find_member(membership.pk)
    if not member.is_active:
        raise RuleBroken(f"{member} is deactivated already.")
    rules.may_give(acting_user.permissions, member.grants(), what=str(member))
    rules.keep_an_administrator(queries.administrators(), member.id)
    _set_active(member, False)
    record(acting_user, member, "deactivated", old={"is_active": True}, new={"is_active": False})
    announce(events.MemberDeactivated(member.id))


@transaction.atomic
def reactivate(membership: Membership, *, acting_user: Actor) -> None:
    """Let a former member in again, with the roles they had. Events: member.reactivated."""
    acting_user = under_lock(acting_user)
    member = queries.find_member(membership.pk)
    if member.is_active:
        raise RuleBroken(f"{member} is active already.")
    rules.may_give(acting_user.permissions, member.grants(), what=str(member))
    _set_active(member, True)
    record(acting_user, member, "reactivated", old={"is_active": False}, new={"is_active": True})
    announce(events.MemberReactivated(member.id))


@transaction.atomic
def note_sign_in(membership: Membership, *, method: str) -> None:
    """Remember that a member came in, and how: "password", "passkey", "password + authenticator app"."""
    membership.last_sign_in_at = timezone.now()
    membership.save(update_fields=["last_sign_in_at"])
    record(membership.actor(), membership, "signed_in", new={"method": method})


@transaction.atomic
def remove_second_factors(membership: Membership, *, acting_user: Actor) -> int:
    """For somebody who lost phone and recovery codes: the password alone opens again. Returns how many there were.

    For the operator at the command line. They belong to the person and so to every account they work in; nobody inside
    one account may take them away, hence no page does this.
    """
    count: int = Authenticator.objects.filter(user_id=membership.user_id).delete()[0]
    record(acting_user, membership, "second_factors_removed", old={"second_factors": count})
    return count


def give_roles(member: Membership, roles: Collection[Role]) -> None:
    """Add roles without asking; the verbs above ask."""
    account = current_account()
    MembershipRole.objects.bulk_create(MembershipRole(account=account, membership=member, role=role) for role in roles)


def grants_of(roles: Collection[Role]) -> frozenset[str]:
    return frozenset().union(*(role.grants() for role in roles))


def names(roles: Collection[Role]) -> list[str]:
    return sorted(role.name for role in roles)


def _set_active(member: Membership, active: bool) -> None:
    member.is_active = active
    member.save(update_fields=["is_active"])
