"""Who a person is to this account, and what all rooms hold of them."""

from dataclasses import replace

from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.privacy.models import Erased
from hangarlink.platform.privacy.registry import ROOMS, Finding, Subject

PRIVACY = "people.privacy"


def subject_of(*, email: str = "", name: str = "") -> Subject:
    """The person with this address, as a member where they are or were one; else by address and name alone.

    Raises RuleBroken when neither is given.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    if not email and not name:
        raise RuleBroken("Enter the e-mail address or the name of the person.", field="email")
    member = Membership.objects.select_related("user").filter(user__email__iexact=email).first() if email else None
    if member is None:
        return Subject(email, name)
    return Subject(email, name or member.user.name, member.user_id)


def findings(subject: Subject, *, acting_user: Actor) -> list[Finding]:
    """What every room holds, in the order of the rooms. Reads only. Needs people.privacy."""
    require(acting_user, PRIVACY)
    return [replace(found, room=room) for room, find in ROOMS for found in find(subject) if found.count]


def erasures() -> list[Erased]:
    return list(Erased.objects.order_by("-at")[:200])
