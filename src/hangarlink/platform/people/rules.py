"""Who may give which right to whom, and what an account may never lose. Pure: plain values in, a refusal out."""

from collections.abc import Collection
from uuid import UUID

from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import PERMISSIONS

RESERVED_SUBDOMAINS = frozenset({"www", "api", "admin", "mail", "static"})
LONGEST_ROLE_NAME = 80


def keep_an_administrator(administrators: Collection[UUID], losing: UUID) -> None:
    """Refuse when `losing`, a member about to stop being an administrator, is the only one.

    administrators  the active members who hold the Administrator role, read under the account's lock
    """
    if losing in administrators and len(administrators) == 1:
        raise RuleBroken(
            "This is the last active administrator of the account. "
            "Give another active member the Administrator role first."
        )


def may_give(held: frozenset[str], given: frozenset[str], *, what: str) -> None:
    """Refuse to give, take or edit rights beyond one's own: managing people is not a way to more rights.

    held   permissions of who acts
    given  permissions of the role or member concerned, before and after the change
    what   for the message: "the role Inspector", "this member"
    """
    beyond = sorted(given - held)
    if beyond:
        raise NotPermitted(
            beyond[0],
            f"You cannot change {what}: it holds rights that you do not have ({_listed(beyond)}). "
            "Ask an administrator of this account.",
        )


def check_role(name: str, permissions: Collection[str]) -> None:
    """What a role may contain: known permissions, and the right to see a room before any other right in it."""
    if not name.strip():
        raise RuleBroken("Give the role a name.", field="name")
    if len(name) > LONGEST_ROLE_NAME:
        raise RuleBroken(
            f"A role's name has at most {LONGEST_ROLE_NAME} characters; this one has {len(name)}.", field="name"
        )
    unknown = sorted(set(permissions) - PERMISSIONS.keys())
    if unknown:
        raise RuleBroken(f"There is no permission {unknown[0]}.", field="permissions")
    for permission in sorted(permissions):
        view = view_of(permission)
        if view and view not in permissions:
            raise RuleBroken(f"{permission} is of no use without {view}: add it too.", field="permissions")


def view_of(permission: str) -> str | None:
    """The permission to see the room that this one belongs to; None where the room has no such permission."""
    view = permission.partition(".")[0] + ".view"
    return view if view in PERMISSIONS and view != permission else None


def check_subdomain(subdomain: str) -> None:
    """Addresses that the installation keeps for itself. The pattern is the field's own validator."""
    if subdomain in RESERVED_SUBDOMAINS:
        raise RuleBroken(f"The address {subdomain} is reserved. Choose another.", field="subdomain")


def _listed(permissions: list[str]) -> str:
    shown = ", ".join(permissions[:3])
    return shown if len(permissions) <= 3 else f"{shown} and {len(permissions) - 3} more"
