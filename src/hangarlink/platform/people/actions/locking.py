"""Changes to who may do what happen one after the other within an account."""

from dataclasses import replace

from hangarlink.platform.people import queries
from hangarlink.platform.people.permissions import Actor, ActorKind, require
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import Account


def under_lock(acting_user: Actor, permission: str = "people.manage") -> Actor:
    """Hold the account's row until the transaction ends; return the acting user with the rights they have now.

    Two administrators who demote each other at the same moment take turns here, and the second one finds what the
    first one left. The lock is the kind that lets other work go on adding rows to the account.
    """
    Account.objects.select_for_update(no_key=True).get(pk=current_account().pk)
    fresh = acting_user
    if acting_user.kind is ActorKind.PERSON and acting_user.id is not None:
        membership = queries.active_membership(acting_user.id)
        fresh = membership.actor() if membership else replace(acting_user, permissions=frozenset())
    require(fresh, permission)
    return fresh
