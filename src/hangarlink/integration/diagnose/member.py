"""Why does this person not see a menu item or an action?"""

from collections.abc import Iterator
from uuid import UUID

from hangarlink.integration.diagnose.making import listed, report
from hangarlink.integration.diagnose.report import Check, Kind, Page, Place, Report, Step, failed, passed
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.people.queries import find_member
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import Feature

# What somebody wants to do, and the permissions that it takes. Source: requirements/2, "Missing menu items".
WANTED = (
    ("See connections and sync logs", ("integrations.view",)),
    ("Create and change connections", ("integrations.view", "integrations.edit")),
    ("Start and schedule syncs", ("integrations.view", "integrations.manage_sync")),
    ("Manage OAuth applications", ("applications.manage",)),
    ("Run Aircraft Model Sync", ("integrations.manage_sync", "fleet.edit")),
    ("Read technical details of failures", ("integrations.view_technical",)),
)


def diagnose_member(membership_id: UUID, *, acting_user: Actor) -> Report:
    """Raises Missing, and NotPermitted without people.view."""
    require(acting_user, "people.view")
    member = find_member(membership_id)
    question = "Why does this person not see something?"
    return report(Kind.MEMBER, member.pk, str(member), question, _checks(member))


def _checks(member: Membership) -> Iterator[Check]:
    account = current_account()
    roles = listed(role.name for role in member.roles.all()) or "no role"
    yield passed(
        Step.ACCOUNT, "Are they in the right account?", f"Member of {account.name} ({account.subdomain}) with {roles}."
    )
    for feature in Feature:
        question = f"Is {feature.label} switched on for the account?"
        if account.has_feature(feature):
            yield passed(Step.ACCOUNT, question, "It is.")
        else:
            mend = "An administrator can switch it on."
            yield failed(Step.ACCOUNT, question, "It is not.", mend, Place(Page.ACCOUNT, "Account settings"))
    held = member.grants()
    for wish, needed in WANTED:
        yield _may(wish, needed, held)


def _may(wish: str, needed: tuple[str, ...], held: frozenset[str]) -> Check:
    question = f"{wish}?"
    lacking = [permission for permission in needed if permission not in held]
    if not lacking:
        return passed(Step.RIGHTS, question, f"Holds {listed(needed)}.")
    place = Place(Page.ROLES, "Roles")
    mend = "Give them a role that holds it, if it is theirs to do."
    return failed(Step.RIGHTS, question, f"Lacks {listed(lacking)}.", mend, place)
