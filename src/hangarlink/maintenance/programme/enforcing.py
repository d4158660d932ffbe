"""Requirements by the hundred: what a room above keeps as a document, brought into force set-wise.

Called by rooms that keep documents (maintenance programmes), which have asked for permission already. The verbs for
one requirement, as people use them, are `actions.requirements`; both write the same rows, audit rows and events.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.actions.requirements import NEEDED, Content
from hangarlink.maintenance.programme.announcing import announcing_changes
from hangarlink.maintenance.programme.applying import apply_and_announce, note_effective_dates
from hangarlink.maintenance.programme.calendar import watch_calendar
from hangarlink.maintenance.programme.models import Applicability, DueItem, Requirement, RequirementRevision
from hangarlink.maintenance.programme.terms import rewrite_terms
from hangarlink.platform.audit.actions import entry, record_many
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

_TURN = """
UPDATE due_item i SET revision_id = r.id
FROM requirement q JOIN requirement_revision r ON r.requirement_id = q.id AND r.number = q.current
WHERE i.requirement_id = q.id AND q.id = ANY(%s) AND i.revision_id <> r.id
"""


@dataclass(frozen=True)
class Demand:
    """What a requirement is to say.

    content      as `actions.checked_content` gives it; what it leaves out is empty
    requirement  the one that says it from now on; None makes a new one
    """

    reference: str
    content: Mapping[str, Any]
    requirement: UUID | None = None


@dataclass(frozen=True)
class Target:
    """An aircraft model or one aircraft; the other is None."""

    aircraft_model_id: UUID | None = None
    aircraft_id: UUID | None = None


def enforce(
    demands: Sequence[Demand],
    targets: Collection[Target],
    *,
    retired: Collection[UUID] = (),
    kept_by: str,
    reason: str,
    acting_user: Actor,
) -> dict[str, UUID]:
    """Make the requirements say this, of these targets, and retire others. Returns requirements by reference.

    Events: requirement.added, .revised, .retired, .applied, due.state_changed. Raises RuleBroken for a reference that
    another requirement has.
    """
    stands = _locked([*(one.requirement for one in demands if one.requirement), *retired])
    made = _add(demands, kept_by, acting_user)
    now = made | {one.reference: stands[one.requirement] for one in demands if one.requirement}
    revised = _revise([one for one in demands if one.requirement], stands, reason, acting_user)
    _retire([stands[id] for id in retired if not stands[id].retired_at], reason, acting_user)
    _apply(list(now.values()), targets, acting_user)
    watch_calendar(current_account())
    apply_and_announce(requirement_ids=[*(one.id for one in now.values()), *retired], acting_user=acting_user)
    _renew_terms(revised, acting_user)
    return {reference: one.id for reference, one in now.items()}


def apply_to(requirement_ids: Collection[UUID], target: Target, *, acting_user: Actor) -> None:
    """Demand all of these of a model or an aircraft. Events: requirement.applied, due.state_changed."""
    _apply(list(_locked(requirement_ids).values()), [target], acting_user)
    apply_and_announce(requirement_ids=requirement_ids, acting_user=acting_user)


def withdraw_from(requirement_ids: Collection[UUID], target: Target, *, reason: str, acting_user: Actor) -> None:
    """Demand none of these of it by itself any more. Events: requirement.withdrawn, due.state_changed."""
    held = _locked(requirement_ids)
    rows = Applicability.objects.filter(requirement_id__in=held, **vars(target))
    withdrawn = list(rows.values_list("requirement_id", flat=True))
    rows.delete()
    apply_and_announce(requirement_ids=withdrawn, acting_user=acting_user)
    record_many(
        entry(acting_user, held[id], "withdrawn", old=_shown(target), new={"reason": reason}) for id in withdrawn
    )
    announce_many(events.RequirementWithdrawn(id, target.aircraft_model_id, target.aircraft_id) for id in withdrawn)


def _locked(ids: Iterable[UUID]) -> dict[UUID, Requirement]:
    found = Requirement.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {one.pk: one for one in found}


def _add(demands: Sequence[Demand], kept_by: str, acting_user: Actor) -> dict[str, Requirement]:
    account = current_account()
    new = [one for one in demands if not one.requirement]
    taken = Requirement.objects.filter(reference__in=[one.reference for one in new]).order_by("reference").first()
    if taken:
        raise RuleBroken(
            f"There is a requirement {taken} already that this programme does not keep. Retire or rename it, or choose "
            "another reference for the task.",
            field="reference",
        )
    made = {one.reference: Requirement(account=account, reference=one.reference, kept_by=kept_by) for one in new}
    Requirement.objects.bulk_create(made.values())
    RequirementRevision.objects.bulk_create(
        RequirementRevision(
            account=account, requirement=made[one.reference], number=1, made_by=acting_user.id, **one.content
        )
        for one in new
    )
    record_many(
        entry(acting_user, made[one.reference], "added", new={"reference": one.reference, **one.content}) for one in new
    )
    announce_many(events.RequirementAdded(one.id) for one in made.values())
    return made


def _revise(
    demands: Sequence[Demand], stands: Mapping[UUID, Requirement], reason: str, acting_user: Actor
) -> list[Requirement]:
    """New revisions of those that say something else now; those that were retired are demanded again."""
    current = _current(list(stands.values()))
    rows, entries, changed = [], [], []
    for one in demands:
        requirement = stands[one.requirement] if one.requirement else None
        if requirement is None:
            continue
        values, before = _whole(one.content), current[requirement.id]
        differing = {name: value for name, value in values.items() if getattr(before, name) != value}
        if not differing and not requirement.retired_at:
            continue
        requirement.retired_at = None
        if differing:
            requirement.current += 1
            rows.append(
                RequirementRevision(
                    account=current_account(),
                    requirement=requirement,
                    number=requirement.current,
                    reason=reason,
                    made_by=acting_user.id,
                    **values,
                )
            )
        old = {name: getattr(before, name) for name in differing}
        new = {**differing, "revision": requirement.current, "reason": reason}
        entries.append(entry(acting_user, requirement, "revised", old=old, new=new))
        changed.append(requirement)
    RequirementRevision.objects.bulk_create(rows)
    Requirement.objects.bulk_update(changed, ["current", "retired_at"], batch_size=1_000)
    record_many(entries)
    announce_many(events.RequirementRevised(one.id, one.current) for one in changed)
    return changed


def _renew_terms(revised: Sequence[Requirement], acting_user: Actor) -> None:
    """Items of revised requirements stand under the new revision, their terms worked out anew."""
    items = list(DueItem.objects.filter(requirement__in=revised, closed_at__isnull=True).order_by("id"))
    lock_aircraft({one for item in items for one in item.flown_on})
    ids = [item.id for item in items]
    with announcing_changes(ids):
        with connection.cursor() as cursor:
            cursor.execute(_TURN, [[one.id for one in revised]])
        note_effective_dates(items, _current(revised), acting_user=acting_user)
        rewrite_terms(ids)


def _retire(requirements: Sequence[Requirement], reason: str, acting_user: Actor) -> None:
    Requirement.objects.filter(pk__in=[one.pk for one in requirements]).update(retired_at=timezone.now())
    record_many(entry(acting_user, one, "retired", new={"reason": reason}) for one in requirements)
    announce_many(events.RequirementRetired(one.id) for one in requirements)


def _apply(requirements: Sequence[Requirement], targets: Collection[Target], acting_user: Actor) -> None:
    known = {
        (one.requirement_id, Target(one.aircraft_model_id, one.aircraft_id))
        for one in Applicability.objects.filter(requirement__in=requirements)
    }
    new = [(one, to) for one in requirements for to in targets if (one.id, to) not in known]
    account = current_account()
    Applicability.objects.bulk_create(Applicability(account=account, requirement=one, **vars(to)) for one, to in new)
    record_many(entry(acting_user, one, "applied", new=_shown(to)) for one, to in new)
    announce_many(events.RequirementApplied(one.id, to.aircraft_model_id, to.aircraft_id) for one, to in new)


def _current(requirements: Sequence[Requirement]) -> dict[UUID, RequirementRevision]:
    numbers = {one.id: one.current for one in requirements}
    rows = RequirementRevision.objects.filter(requirement__in=requirements)
    return {row.requirement_id: row for row in rows if row.number == numbers[row.requirement_id]}


def _whole(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with what it leaves out empty: a document says all of a requirement, not a part of it."""
    empty = RequirementRevision()
    return {name: getattr(empty, name) for name in Content.__annotations__ if name not in NEEDED} | dict(content)


def _shown(target: Target) -> dict[str, Any]:
    return {name: str(value) for name, value in vars(target).items() if value}
