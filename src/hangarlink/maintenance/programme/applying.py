"""Which items there must be: one per requirement and aircraft it applies to. Brought about set-wise."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.programme.announcing import announce_changes
from hangarlink.maintenance.programme.days import start_of
from hangarlink.maintenance.programme.derivation import totals
from hangarlink.maintenance.programme.models import (
    Baseline,
    DueItem,
    Modification,
    RequirementRevision,
)
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.queries.states import states_of
from hangarlink.maintenance.programme.revisions import current_revisions
from hangarlink.maintenance.programme.rules import effectivity
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.maintenance.programme.terms import rewrite_terms
from hangarlink.maintenance.programme.versions import BaselineDraft, derived, write_baselines
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

Pair = tuple[UUID, UUID]

_DEMANDED = """
SELECT DISTINCT p.requirement_id, a.id
FROM applicability p
JOIN requirement q ON q.id = p.requirement_id AND q.retired_at IS NULL
JOIN aircraft a ON a.id = p.aircraft_id OR a.aircraft_model_id = p.aircraft_model_id
WHERE q.id = ANY(%(requirements)s) OR a.id = ANY(%(aircraft)s)
"""
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('programme.apply ' || %(account)s, 0))"


@dataclass(frozen=True)
class Applied:
    """Items that are new or open again, and those that were closed."""

    opened: list[UUID]
    closed: list[UUID]


def apply_and_announce(
    *, requirement_ids: Collection[UUID] = (), aircraft_ids: Collection[UUID] = (), acting_user: Actor
) -> Applied:
    """Open the items these requirements or aircraft lack, close those nothing demands any more, write their terms."""
    concerned = Q(requirement_id__in=requirement_ids) | Q(aircraft_id__in=aircraft_ids)
    before = states_of(list(DueItem.objects.filter(concerned).values_list("id", flat=True)))
    applied = _apply(concerned, requirement_ids, aircraft_ids, acting_user)
    announce_changes(before, states_of([*before, *applied.opened]))
    return applied


def _apply(
    concerned: Q, requirement_ids: Collection[UUID], aircraft_ids: Collection[UUID], acting_user: Actor
) -> Applied:
    demanded = _demanded_alone(requirement_ids, aircraft_ids)
    of_aircraft = DueItem.objects.filter(concerned, component__isnull=True)
    known = {_pair(item): item for item in of_aircraft}
    revisions = current_revisions({requirement for requirement, _ in demanded})
    left_out = reasons_to_leave_out(demanded, revisions)
    demanded -= left_out.keys()
    new = [_new_item(pair, revisions[pair[0]]) for pair in sorted(demanded - known.keys())]
    DueItem.objects.bulk_create(new)
    again = [item for pair, item in known.items() if pair in demanded and item.closed_at]
    for item in again:
        item.closed_at, item.left_out, item.revision = None, "", revisions[item.requirement_id]
    DueItem.objects.bulk_update(again, ["closed_at", "left_out", "revision"], batch_size=1_000)
    closed = [item.id for pair, item in known.items() if pair not in demanded and not item.closed_at]
    DueItem.objects.filter(id__in=closed).update(closed_at=timezone.now())
    _note_left_out(known, left_out, revisions)
    opened = [item.id for item in (*new, *again)]
    note_effective_dates([*new, *again], revisions, acting_user=acting_user)
    rewrite_terms([*opened, *closed])
    return Applied(opened, closed)


def reasons_to_leave_out(pairs: Collection[Pair], revisions: Mapping[UUID, RequirementRevision]) -> dict[Pair, str]:
    """Of these requirements on these aircraft, those whose effectivity does not mean the aircraft, and why."""
    narrowed = {id: effectivity.from_json(one.effectivity) for id, one in revisions.items() if one.effectivity}
    asked = {aircraft for requirement, aircraft in pairs if requirement in narrowed}
    if not asked:
        return {}
    serials = dict(Aircraft.objects.filter(id__in=asked).values_list("id", "serial_number"))
    embodied = embodied_in(asked)
    found = {
        (requirement, aircraft): effectivity.meant(narrowed[requirement], serials[aircraft], embodied.get(aircraft, ()))
        for requirement, aircraft in pairs
        if requirement in narrowed
    }
    return {pair: one.why for pair, one in found.items() if not one.is_meant}


def embodied_in(aircraft_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Codes of the modifications that are embodied now, by aircraft."""
    found: dict[UUID, list[str]] = {}
    rows = Modification.objects.filter(aircraft_id__in=aircraft_ids, removed_on__isnull=True)
    for aircraft, code in rows.values_list("aircraft_id", "code"):
        found.setdefault(aircraft, []).append(code)
    return found


def _note_left_out(
    known: Mapping[Pair, DueItem], left_out: Mapping[Pair, str], revisions: Mapping[UUID, RequirementRevision]
) -> None:
    """Closed items that say why the aircraft is not meant, so that nobody takes it for forgotten."""
    fresh = [_new_item(pair, revisions[pair[0]]) for pair in sorted(left_out.keys() - known.keys())]
    stands = [item for pair, item in known.items() if pair in left_out]
    for item in (*fresh, *stands):
        item.left_out = left_out[_pair(item)][:300]
    for item in fresh:
        item.closed_at = timezone.now()
    DueItem.objects.bulk_create(fresh)
    DueItem.objects.bulk_update(stands, ["left_out"], batch_size=1_000)
    no_longer = [item.id for pair, item in known.items() if item.left_out and pair not in left_out]
    DueItem.objects.filter(id__in=no_longer).update(left_out="")


def _demanded_alone(requirement_ids: Collection[UUID], aircraft_ids: Collection[UUID]) -> set[Pair]:
    """What is demanded, with the aircraft locked and nobody else in the account at it until the transaction ends.

    Otherwise an aircraft added here and a requirement applied to its model there would not see each other, and usage
    recorded meanwhile would be missing in derived baselines. Aircraft come first, as everywhere.
    """
    wanted = {"requirements": list(requirement_ids), "aircraft": list(aircraft_ids)}
    lock_aircraft({aircraft for _, aircraft in rows(_DEMANDED, wanted)})
    rows(_ALONE, {"account": str(current_account().id)})
    return {(requirement, aircraft) for requirement, aircraft in rows(_DEMANDED, wanted)}


def note_effective_dates(
    items: Collection[DueItem], revisions: Mapping[UUID, RequirementRevision], *, acting_user: Actor
) -> None:
    """Give items of a directive their baseline: totals at the start of its effective day, as far as usage knows them.

    The start of the day, because the lower total gives the earlier due point. One that a person set stays.
    """
    wanted = {
        item: day for item in items if (day := revisions[item.requirement_id].effective_on) and not item.component_id
    }
    if not wanted:
        return
    stands = _effective_baselines(wanted)
    missing = {item: day for item, day in wanted.items() if _differs(stands.get(_pair(item)), day)}
    counters = _counters_of({_aircraft(item) for item in missing})
    moments = {
        (counter, start_of(day)) for item, day in missing.items() for counter in counters.get(_aircraft(item), ())
    }
    known, drafts = totals(moments), []
    for item, day in missing.items():
        row = Baseline(
            account=current_account(), aircraft_id=_aircraft(item), requirement_id=item.requirement_id,
            start=Start.EFFECTIVE_DATE, on=day, at=start_of(day), source="effective date", recorded_by=acting_user.id,
        )  # fmt: skip
        drafts.append(BaselineDraft(row, derived(counters.get(_aircraft(item), ()), known, row.at)))
    replaced = [stands[_pair(item)].id for item in missing if _pair(item) in stands]
    write_baselines(drafts, replaces=replaced)


def _differs(stands: Baseline | None, day: object) -> bool:
    return stands is None or stands.on != day


def _pair(item: DueItem) -> Pair:
    return item.requirement_id, _aircraft(item)


def _aircraft(item: DueItem) -> UUID:
    """Of an item that is no component's."""
    return item.aircraft_id or item.craft.id


def _effective_baselines(items: Collection[DueItem]) -> dict[Pair, Baseline]:
    found = Baseline.objects.filter(
        requirement_id__in={item.requirement_id for item in items},
        aircraft_id__in={_aircraft(item) for item in items},
        start=Start.EFFECTIVE_DATE,
        superseded_at__isnull=True,
    )
    return {(one.requirement_id, one.aircraft_id): one for one in found if one.requirement_id}


def _counters_of(aircraft_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for aircraft_id, counter_id in Counter.objects.filter(aircraft_id__in=aircraft_ids).values_list(
        "aircraft_id", "id"
    ):
        found.setdefault(aircraft_id, []).append(counter_id)
    return found


def _new_item(pair: Pair, revision: RequirementRevision) -> DueItem:
    return DueItem(account=current_account(), requirement_id=pair[0], aircraft_id=pair[1], revision=revision)
