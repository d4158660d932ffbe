"""Export and erase. Both are audited with counts, never with values."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.privacy.models import Basis, Erased
from hangarlink.platform.privacy.queries import PRIVACY, findings
from hangarlink.platform.privacy.registry import Erasure, Finding, Subject, Treatment
from hangarlink.platform.tenancy.context import current_account


@atomic
def export(subject: Subject, *, acting_user: Actor) -> dict[str, Any]:
    """Everything that the rooms hold of a person, as plain values for JSON. Needs people.privacy."""
    found = findings(subject, acting_user=acting_user)
    account = current_account()
    record(acting_user, account, "personal_data_exported", new={"kinds": len(found), "records": _total(found)})
    return {
        "account": account.name,
        "as_of": timezone.now(),
        "person": {"email": subject.email, "name": subject.name},
        "data": [
            {"room": one.room, "what": one.what, "count": one.count, "kept_because": one.reason, "records": one.records}
            for one in found
        ],
    }


@atomic
def erase(subject: Subject, *, basis: str, acting_user: Actor) -> Erased:
    """Erase what may go, take the person out of what must stay, and leave what a regulation holds. All or nothing.

    Needs people.privacy. Raises RuleBroken when there is nothing, when it would be oneself, and what a room refuses.
    """
    require(acting_user, PRIVACY)
    if basis not in Basis.values:
        raise RuleBroken(f"{basis} is not one of {', '.join(Basis.values)}.", field="basis")
    if subject.user_id is not None and subject.user_id == acting_user.id:
        raise RuleBroken("Nobody erases themselves: another administrator has to.", field="email")
    found = findings(subject, acting_user=acting_user)
    if not found:
        raise RuleBroken("Nothing here names this person.", field="email")
    erasure = Erasure(subject, f"Person {secrets.token_hex(4).upper()}", acting_user)
    done = [_done(one, one.carry_out(erasure) if one.carry_out else one.count) for one in found]
    made = Erased.objects.create(
        account=current_account(), alias=erasure.alias, basis=basis, done=done, by=acting_user.id
    )
    record(acting_user, made, "person_erased", new={"basis": basis, "kinds": len(done)})
    return made


def _done(finding: Finding, count: int) -> dict[str, Any]:
    reason = finding.reason if finding.treatment is Treatment.HOLD else ""
    return {
        "room": finding.room,
        "what": finding.what,
        "count": count,
        "treatment": finding.treatment.value,
        "reason": reason,
    }


def _total(found: Sequence[Finding]) -> int:
    return sum(one.count for one in found)
