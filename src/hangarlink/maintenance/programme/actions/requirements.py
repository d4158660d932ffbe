"""Requirements: added, revised, retired, applied to aircraft models and aircraft."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, ExpectedCounter
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.components.models import Component, Item
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.announcing import announcing_changes
from hangarlink.maintenance.programme.applying import apply_and_announce, note_effective_dates
from hangarlink.maintenance.programme.calendar import watch_calendar
from hangarlink.maintenance.programme.component_items import apply_to_components
from hangarlink.maintenance.programme.models import Applicability, DueItem, Requirement, RequirementRevision
from hangarlink.maintenance.programme.rules import alerts as alert_rules
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.codec import from_json, to_json
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.maintenance.programme.terms import rewrite_terms
from hangarlink.maintenance.programme.texts import line, reason_given
from hangarlink.maintenance.programme.tolerances import check_content
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_ATA = re.compile(r"\d{2}(-\d{2}){0,2}")
_LIMITS = {"title": 200, "source_document": 120, "source_paragraph": 120, "tolerance": 40, "tolerance_source": 120}
_REFERENCE = 60
NEEDED = ("title", "mandatory_class", "schedule")

Target = AircraftModel | Aircraft | Item | Component
_FIELDS: Mapping[type[Model], str] = {
    AircraftModel: "aircraft_model_id", Aircraft: "aircraft_id", Item: "part_id", Component: "component_id",
}  # fmt: skip


class Content(TypedDict, total=False):
    """What a requirement says. `title`, `mandatory_class` and `schedule` are needed at first.

    schedule  a Schedule or its JSON (`rules.codec`); it names counters by name or kind
    alerts    windows of "due soon" by counter (its unit) and `calendar` (days); others have a default
    effectivity  which of the aircraft it applies to are meant, as JSON (`rules.effectivity`); {}: all
    tolerance  code of the tolerance class that variations must keep to; "": none may be approved
    tolerance_source  where a directive's own text grants a tolerance
    """

    title: str
    mandatory_class: MandatoryClass | str
    schedule: Schedule | Mapping[str, Any]
    ata: str
    source_document: str
    source_paragraph: str
    effective_on: date | None
    alerts: Mapping[str, int]
    effectivity: Mapping[str, Any]
    tolerance: str
    tolerance_source: str


@transaction.atomic
def add_requirement(*, reference: str, acting_user: Actor, **content: Unpack[Content]) -> Requirement:
    """Add a requirement that applies to nothing yet. Event: requirement.added.

    Raises RuleBroken naming the field; ScheduleInvalid (a RuleBroken) with every problem of the schedule.
    """
    require(acting_user, "programme.edit")
    account = current_account()
    requirement = Requirement(account=account, reference=line("reference", reference, _REFERENCE))
    if not requirement.reference:
        raise RuleBroken("A requirement needs a reference, the name your programme gives it.", field="reference")
    values = checked_content(content, needed=NEEDED)
    try:
        with transaction.atomic():
            requirement.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(
            f"There is a requirement {requirement.reference} already. Revise it, or choose another reference.",
            field="reference",
        ) from error
    RequirementRevision.objects.create(
        account=account, requirement=requirement, number=1, made_by=acting_user.id, **values
    )
    watch_calendar(account)
    record(acting_user, requirement, "added", new={"reference": requirement.reference, **values})
    announce(events.RequirementAdded(requirement.id))
    return requirement


@transaction.atomic
def revise_requirement(
    requirement: Requirement, *, reason: str, acting_user: Actor, **content: Unpack[Content]
) -> RequirementRevision:
    """Make a new revision with the given changes; every item is worked out anew. Event: requirement.revised.

    What was accomplished keeps the due points it answered then. Nothing happens when nothing differs.
    """
    require(acting_user, "programme.edit")
    requirement = _open(requirement)
    stands = requirement.revisions.get(number=requirement.current)
    values = _values(stands)
    changed = {name: value for name, value in checked_content(content).items() if value != values[name]}
    if not changed:
        return stands
    check_content(values | changed)
    reason = reason_given(reason)
    revision = RequirementRevision.objects.create(
        account=current_account(), requirement=requirement, number=requirement.current + 1, reason=reason,
        made_by=acting_user.id, **(values | changed),
    )  # fmt: skip
    Requirement.objects.filter(pk=requirement.pk).update(current=revision.number)
    items = list(DueItem.objects.filter(requirement=requirement, closed_at__isnull=True))
    lock_aircraft({one for item in items for one in item.flown_on})
    with announcing_changes([item.id for item in items]):
        DueItem.objects.filter(requirement=requirement).update(revision=revision)
        note_effective_dates(items, {requirement.id: revision}, acting_user=acting_user)
        rewrite_terms([item.id for item in items])
    if "effectivity" in changed:
        _apply(requirement.id, acting_user)
    old = {name: values[name] for name in changed}
    record(acting_user, requirement, "revised", old=old, new={**changed, "revision": revision.number, "reason": reason})
    announce(events.RequirementRevised(requirement.id, revision.number))
    return revision


@transaction.atomic
def retire_requirement(requirement: Requirement, *, reason: str, acting_user: Actor) -> None:
    """Demand it no longer: its items are closed, its history stays. Event: requirement.retired."""
    require(acting_user, "programme.edit")
    requirement = _open(requirement)
    reason = reason_given(reason)
    Requirement.objects.filter(pk=requirement.pk).update(retired_at=timezone.now())
    _apply(requirement.id, acting_user)
    record(acting_user, requirement, "retired", new={"reason": reason})
    announce(events.RequirementRetired(requirement.id))


@transaction.atomic
def apply_requirement(requirement: Requirement, to: Target, *, acting_user: Actor) -> None:
    """Demand it of every aircraft of a model or unit of a part number, also of those added later, or of one of them.

    Event: requirement.applied. Nothing happens when it applies already.
    """
    require(acting_user, "programme.edit")
    requirement = _open(requirement)
    target = _target(to)
    if Applicability.objects.filter(requirement=requirement, **target).exists():
        return
    Applicability.objects.create(account=current_account(), requirement=requirement, **target)
    _apply(requirement.id, acting_user)
    record(acting_user, requirement, "applied", new={"to": str(to)})
    announce(events.RequirementApplied(requirement.id, **_ids(target)))


@transaction.atomic
def withdraw_requirement(requirement: Requirement, of: Target, *, reason: str, acting_user: Actor) -> None:
    """Demand it no longer of a model, aircraft, part or component; items that nothing else demands are closed.

    Event: requirement.withdrawn. Raises Missing when it does not apply to it by itself.
    """
    require(acting_user, "programme.edit")
    requirement = _open(requirement)
    reason = reason_given(reason)
    target = _target(of)
    deleted, _ = Applicability.objects.filter(requirement=requirement, **target).delete()
    if not deleted:
        raise Missing(f"{requirement} does not apply to {of} by itself, so there is nothing to withdraw.")
    _apply(requirement.id, acting_user)
    record(acting_user, requirement, "withdrawn", old={"from": str(of)}, new={"reason": reason})
    announce(events.RequirementWithdrawn(requirement.id, **_ids(target)))


def known_counters() -> set[str]:
    """What a schedule may name: every kind of counter, and the names in use on aircraft and expected by models."""
    named = Counter.objects.order_by().values_list("name", flat=True).distinct()
    expected = ExpectedCounter.objects.order_by().values_list("name", flat=True).distinct()
    return {kind.value for kind in CounterKind} | set(named) | set(expected)


def _apply(requirement_id: UUID, acting_user: Actor) -> None:
    apply_and_announce(requirement_ids=[requirement_id], acting_user=acting_user)
    apply_to_components(requirement_ids=[requirement_id])


def _open(requirement: Requirement) -> Requirement:
    """The requirement, held until the transaction ends so that two revisions cannot both be the next one."""
    found = Requirement.objects.select_for_update(no_key=True).filter(pk=requirement.pk).first()
    if found is None:
        raise Missing("There is no such requirement in this account.")
    if found.retired_at:
        raise RuleBroken(f"{found} was retired on {found.retired_at:%Y-%m-%d}. Add a new requirement instead.")
    if found.kept_by:
        raise RuleBroken(
            f"{found} is a task of a maintenance programme. Change it by a revision of the programme, so that what is "
            "demanded and what was approved stay the same."
        )
    return found


def _target(to: Target) -> dict[str, UUID]:
    found = type(to).objects.filter(pk=to.pk).exists()
    if not found:
        raise Missing(f"There is no such {to._meta.verbose_name} in this account.")
    return {_FIELDS[type(to)]: to.pk}


def _ids(target: Mapping[str, UUID]) -> dict[str, UUID | None]:
    return {name: target.get(name) for name in _FIELDS.values()}


def _values(revision: RequirementRevision) -> dict[str, Any]:
    return {name: getattr(revision, name) for name in Content.__annotations__}


def checked_content(
    content: Content, needed: tuple[str, ...] = (), *, counters: Collection[str] | None = None
) -> dict[str, Any]:
    """The content as it is stored. Raises RuleBroken naming the field.

    counters  what a schedule may name, where the caller asked already (`known_counters`)
    """
    given: dict[str, Any] = dict(content)
    for name in needed:
        if not given.get(name):
            raise RuleBroken(f"A requirement needs {name.replace('_', ' ')}.", field=name)
    counters = known_counters() if counters is None else counters
    for name, limit in _LIMITS.items():
        if name in given:
            given[name] = line(name, given[name], limit)
    if "title" in given and not given["title"]:
        raise RuleBroken("A requirement needs a title.", field="title")
    if "mandatory_class" in given:
        given["mandatory_class"] = _class(given["mandatory_class"])
    if given.get("ata") and not _ATA.fullmatch(given["ata"]):
        raise RuleBroken(f"{given['ata']!r} is not an ATA chapter. Write 32, 32-10 or 32-10-00.", field="ata")
    if "schedule" in given:
        said = given["schedule"]
        given["schedule"] = to_json(from_json(to_json(said) if isinstance(said, Schedule) else said, counters=counters))
    if found := alert_rules.problems(given.get("alerts", {}), counters):
        raise RuleBroken("; ".join(found), field="alerts")
    if "alerts" in given:
        given["alerts"] = dict(given["alerts"])
    if "effectivity" in given:
        given["effectivity"] = effectivity.to_json(effectivity.from_json(given["effectivity"]))
    check_content(given)
    return given


def _class(given: str) -> str:
    if given not in set(MandatoryClass):
        raise RuleBroken(
            f"{given!r} is not a class of requirement. Use one of {', '.join(MandatoryClass)}.", field="mandatory_class"
        )
    return MandatoryClass(given).value
