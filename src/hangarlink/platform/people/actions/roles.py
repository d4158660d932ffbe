"""Roles: named bundles of permissions."""

from collections.abc import Collection

from django.db import transaction

from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people import events, rules
from hangarlink.platform.people.actions.locking import under_lock
from hangarlink.platform.people.models import InvitationRole, Role
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def create_role(name: str, *, permissions: Collection[str], acting_user: Actor) -> Role:
    """Add a role. It may hold only what its maker holds. Events: role.created."""
    acting_user = under_lock(acting_user)
    name = _checked(name, permissions)
    rules.may_give(acting_user.permissions, frozenset(permissions), what=f"the role {name}")
    role = Role.objects.create(account=current_account(), name=name, permissions=sorted(permissions))
    record(acting_user, role, "created", new={"name": name, "permissions": role.permissions})
    announce(events.RoleCreated(role.id))
    return role


@transaction.atomic
def change_role(role: Role, *, name: str, permissions: Collection[str], acting_user: Actor) -> Role:
    """Rename a role or change what it gives; members feel it with their next request. Events: role.changed."""
    acting_user = under_lock(acting_user)
    role = Role.objects.get(pk=role.pk)
    _refuse_administrator_role(role)
    name = _checked(name, permissions, besides=role)
    rules.may_give(acting_user.permissions, role.grants() | frozenset(permissions), what=f"the role {role.name}")
    old, new = changes(role, {"name": name, "permissions": sorted(permissions)})
    if new:
        role.name, role.permissions = name, sorted(permissions)
        role.save(update_fields=["name", "permissions"])
        record(acting_user, role, "changed", old=old, new=new)
        announce(events.RoleChanged(role.id))
    return role


@transaction.atomic
def delete_role(role: Role, *, acting_user: Actor) -> None:
    """Remove a role that nobody holds and no open invitation promises. Events: role.deleted."""
    acting_user = under_lock(acting_user)
    role = Role.objects.get(pk=role.pk)
    _refuse_administrator_role(role)
    rules.may_give(acting_user.permissions, role.grants(), what=f"the role {role.name}")
    holders = role.memberships.count()
    if holders:
        who = "1 user holds" if holders == 1 else f"{holders} users hold"
        raise RuleBroken(f"{who} the role {role.name}. Give them another role first.")
    promised = InvitationRole.objects.filter(role=role)
    if promised.filter(invitation__accepted_at=None, invitation__withdrawn_at=None).exists():
        raise RuleBroken(f"An open invitation promises the role {role.name}. Withdraw it first.")
    promised.delete()
    record(acting_user, role, "deleted", old={"name": role.name, "permissions": role.permissions})
    announce(events.RoleDeleted(role.id))
    role.delete()


def _checked(name: str, permissions: Collection[str], *, besides: Role | None = None) -> str:
    name = name.strip()
    rules.check_role(name, permissions)
    others = Role.objects.exclude(pk=besides.pk) if besides else Role.objects.all()
    if others.filter(name__iexact=name).exists():
        raise RuleBroken(f"There is a role named {name} already.", field="name")
    return name


def _refuse_administrator_role(role: Role) -> None:
    if role.is_administrator:
        raise RuleBroken("The Administrator role always holds every permission; it cannot be changed or deleted.")
