"""Items of components: which there must be, and what an installation, a removal or shop work does to them."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from hangarlink.maintenance.components.facts import read_facts
from hangarlink.maintenance.programme.announcing import announce_changes, announcing_changes
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.queries.states import states_of
from hangarlink.maintenance.programme.recompute import recompute
from hangarlink.maintenance.programme.revisions import current_revisions
from hangarlink.maintenance.programme.terms import rewrite_terms
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

REASON = "The component was moved, or what its counters follow from was recorded or corrected."

_DEMANDED = """
SELECT DISTINCT p.requirement_id, c.id
FROM applicability p
JOIN requirement q ON q.id = p.requirement_id AND q.retired_at IS NULL
JOIN component c ON c.id = p.component_id
  OR c.serialised_item_id IN (SELECT s.id FROM serialised_item s WHERE s.item_id = p.part_id)
WHERE q.id = ANY(%(requirements)s) OR c.id = ANY(%(components)s)
"""
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('programme.apply ' || %(account)s, 0))"


def apply_to_components(*, requirement_ids: Collection[UUID] = (), component_ids: Collection[UUID] = ()) -> None:
    """Open the items these requirements or components lack, and close those nothing demands any more."""
    concerned = Q(requirement_id__in=requirement_ids) | Q(component_id__in=component_ids)
    rows(_ALONE, {"account": str(current_account().id)})
    wanted = {"requirements": list(requirement_ids), "components": list(component_ids)}
    demanded = {(requirement, component) for requirement, component in rows(_DEMANDED, wanted)}
    known = {
        (item.requirement_id, item.component_id): item
        for item in DueItem.objects.filter(concerned, component__isnull=False)
    }
    before = states_of([item.id for item in known.values()])
    revisions = current_revisions({requirement for requirement, _ in demanded})
    on = _aircraft_of({component for _, component in demanded})
    new = [
        DueItem(
            account=current_account(), requirement_id=requirement, component_id=component, aircraft_id=on[component],
            revision=revisions[requirement],
        )
        for requirement, component in sorted(demanded - known.keys())
    ]  # fmt: skip
    DueItem.objects.bulk_create(new)
    again = [item for pair, item in known.items() if pair in demanded and item.closed_at]
    for item in again:
        item.closed_at, item.revision = None, revisions[item.requirement_id]
    DueItem.objects.bulk_update(again, ["closed_at", "revision"], batch_size=1_000)
    closed = [item.id for pair, item in known.items() if pair not in demanded and not item.closed_at]
    DueItem.objects.filter(id__in=closed).update(closed_at=timezone.now())
    changed = [*(item.id for item in (*new, *again)), *closed]
    if changed:
        rewrite_terms(changed)
        announce_changes(before, states_of([*before, *changed]))


def on_components(component_ids: Collection[UUID], *, acting_user: Actor) -> None:
    """A listener of components: their items follow them to where they are, and everything is worked out anew."""
    apply_to_components(component_ids=component_ids)
    items = list(DueItem.objects.filter(component_id__in=component_ids, closed_at__isnull=True))
    if not items:
        return
    on = _aircraft_of(component_ids)
    for item in items:
        item.aircraft_id = on.get(item.component_id) if item.component_id else item.aircraft_id
    ids = [item.id for item in items]
    with announcing_changes(ids):
        DueItem.objects.bulk_update(items, ["aircraft"], batch_size=1_000)
        recompute(ids, reason=REASON, acting_user=acting_user)


def _aircraft_of(component_ids: Collection[UUID]) -> Mapping[UUID, UUID | None]:
    if not component_ids:
        return {}
    known = read_facts(component_ids)
    return {component: known.aircraft_of(component) for component in component_ids}
