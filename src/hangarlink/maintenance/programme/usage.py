"""What usage does to what is due, in the transaction that recorded the usage.

A flight that crosses no line and comes in order costs one statement: index ranges between old and new totals, and
after the flight's moment among recorded values. How many items there are does not matter.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from hangarlink.fleet.derived import UsageChange
from hangarlink.maintenance.components.clocks import touched_since
from hangarlink.maintenance.programme.announcing import announce_changes, announcing_changes
from hangarlink.maintenance.programme.applying import apply_and_announce
from hangarlink.maintenance.programme.derived_counters import follow
from hangarlink.maintenance.programme.discrepancies import compare_with_usage
from hangarlink.maintenance.programme.happened import items_of_events
from hangarlink.maintenance.programme.models import Baseline, DueItem
from hangarlink.maintenance.programme.queries.statements import rows_of_prepared
from hangarlink.maintenance.programme.queries.states import states_of
from hangarlink.maintenance.programme.recompute import recompute, rederive_baselines, rederive_events
from hangarlink.maintenance.programme.records import read_items
from hangarlink.platform.people.permissions import Actor

REASON = "Usage up to then was recorded late or corrected."
BOUND = "The aircraft has a counter now that the limits name."
# Below any line: a counter of which nothing was known may have passed them all.
LOWEST = -(10**15)
Touched = dict[str, list[UUID]]

# The last three parts: a change that says where a counter begins makes totals known that nobody could derive before.
_TOUCHED = """
WITH change AS (
  SELECT * FROM unnest(%(counters)s::uuid[], %(low)s::bigint[], %(high)s::bigint[], %(since)s::timestamptz[])
    AS c (id, low, high, since)
)
SELECT 'crossed', t.item_id FROM change c CROSS JOIN LATERAL (
  SELECT item_id FROM due_term WHERE counter_id = c.id AND alert_value BETWEEN c.low AND c.high OFFSET 0) t
UNION
SELECT 'crossed', t.item_id FROM change c CROSS JOIN LATERAL (
  SELECT item_id FROM due_term WHERE counter_id = c.id AND limit_value BETWEEN c.low AND c.high OFFSET 0) t
UNION
SELECT v.source, CASE v.source WHEN 'read' THEN v.id ELSE a.item_id END
FROM change c
JOIN accomplishment_value v ON v.counter_id = c.id AND v.at >= c.since
JOIN accomplishment a ON a.id = v.accomplishment_id AND a.superseded_at IS NULL AND NOT a.is_withdrawn
UNION
SELECT 'derived', t.item_id
FROM change c
JOIN due_term t ON t.own_counter_id = c.id AND (t.framed_at IS NULL OR t.framed_at >= c.since)
UNION
SELECT 'baseline', b.id
FROM change c
JOIN baseline_value v ON v.counter_id = c.id AND v.at >= c.since AND v.source = 'derived'
JOIN baseline b ON b.id = v.baseline_id AND b.superseded_at IS NULL
UNION
SELECT 'event', e.id
FROM change c
JOIN event_value v ON v.counter_id = c.id AND v.at >= c.since AND v.source = 'derived'
JOIN event_record e ON e.id = v.event_id AND e.superseded_at IS NULL AND NOT e.is_withdrawn
UNION
SELECT 'derived', a.item_id
FROM change c JOIN counter k ON k.id = c.id AND k.known_from >= c.since
JOIN due_item i ON i.aircraft_id = k.aircraft_id AND i.component_id IS NULL AND i.closed_at IS NULL
JOIN accomplishment a ON a.item_id = i.id AND a.due_reference >= c.since
  AND a.superseded_at IS NULL AND NOT a.is_withdrawn
WHERE NOT EXISTS (SELECT FROM accomplishment_value v WHERE v.accomplishment_id = a.id AND v.counter_id = c.id)
UNION
SELECT 'baseline', b.id
FROM change c JOIN counter k ON k.id = c.id AND k.known_from >= c.since
JOIN baseline b ON b.aircraft_id = k.aircraft_id AND b.at >= c.since AND b.superseded_at IS NULL
WHERE NOT EXISTS (SELECT FROM baseline_value v WHERE v.baseline_id = b.id AND v.counter_id = c.id)
UNION
SELECT 'event', e.id
FROM change c JOIN counter k ON k.id = c.id AND k.known_from >= c.since
JOIN event_record e ON e.aircraft_id = k.aircraft_id AND e.at >= c.since
  AND e.superseded_at IS NULL AND NOT e.is_withdrawn
WHERE NOT EXISTS (SELECT FROM event_value v WHERE v.event_id = e.id AND v.counter_id = c.id)
UNION
SELECT 'follows', d.id
FROM change c JOIN counter k ON k.id = c.id JOIN counter d ON d.aircraft_id = k.aircraft_id AND d.formula IS NOT NULL
"""


def on_usage(changes: Sequence[UsageChange], *, acting_user: Actor) -> None:
    """Announce the items whose state changed; recompute what late or corrected usage changed (domain rule 1.5)."""
    if not changes:
        return
    touched = _touched(changes, touched_since(changes))
    if touched["follows"]:
        changes, touched = _with_derived(changes, touched)
    if not any(touched.values()):
        return
    events = touched["event"]
    stale = [*touched["derived"], *_items_of_baselines(touched["baseline"]), *items_of_events(events)]
    looked_at = {*touched["crossed"], *stale}
    before = states_of(looked_at, totals={change.counter_id: change.old_total for change in changes})
    if stale:
        rederive_baselines(touched["baseline"], acting_user=acting_user)
        rederive_events(events, reason=REASON, acting_user=acting_user)
        recompute(stale, reason=REASON, acting_user=acting_user)
    announce_changes(before, states_of(looked_at))
    if touched["read"]:
        compare_with_usage(touched["read"])


def _with_derived(changes: Sequence[UsageChange], touched: Touched) -> tuple[Sequence[UsageChange], Touched]:
    """The same with the derived counters that follow from what changed."""
    derived = follow(changes, touched.pop("follows"))
    for kind, found in _touched(derived, {}).items():
        if kind != "follows":
            touched[kind] += [one for one in found if one not in touched[kind]]
    return [*changes, *derived], touched


def on_aircraft(aircraft_ids: Collection[UUID], *, acting_user: Actor) -> None:
    """An aircraft is new, of another model, or has other counters: demand what applies, bind limits to its counters."""
    apply_and_announce(aircraft_ids=aircraft_ids, acting_user=acting_user)
    open_items = DueItem.objects.filter(aircraft_id__in=aircraft_ids, closed_at__isnull=True)
    records = read_items(list(open_items.values_list("id", flat=True)))
    bound = [record.item.id for record in records if record.binding != record.item.binding]
    if bound:
        with announcing_changes(bound):
            recompute(bound, reason=BOUND, acting_user=acting_user)


def _touched(changes: Iterable[UsageChange], own: Mapping[UUID, datetime]) -> Touched:
    """What the changes touch, by what they do to it.

    own  counters of components whose totals move with them, each with the moment from which a total may differ
    """
    found: Touched = defaultdict(list)
    ranges = _ranges(changes)
    for counter, since in own.items():
        # Their lines lie on the counters that drive them, so here nothing is crossed.
        ranges["counters"].append(counter)
        ranges["low"].append(0)
        ranges["high"].append(-1)
        ranges["since"].append(since)
    for kind, subject in rows_of_prepared(_TOUCHED, ranges):
        found[kind].append(subject)
    return found


def _ranges(changes: Iterable[UsageChange]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"counters": [], "low": [], "high": [], "since": []}
    for change in changes:
        old, new = change.old_total, change.new_total
        low, high = (0, -1) if new is None else (LOWEST, new) if old is None else (min(old, new), max(old, new))
        found["counters"].append(change.counter_id)
        found["low"].append(low)
        found["high"].append(high)
        found["since"].append(change.recompute_from)
    return found


def _items_of_baselines(baseline_ids: Collection[UUID]) -> list[UUID]:
    """Items that may count from these baselines: of the one requirement, or all of the aircraft."""
    if not baseline_ids:
        return []
    concerned = Q()
    for one in Baseline.objects.filter(id__in=baseline_ids):
        of_one = {} if one.requirement_id is None else {"requirement_id": one.requirement_id}
        concerned |= Q(aircraft_id=one.aircraft_id, component__isnull=True, **of_one)
    return list(DueItem.objects.filter(concerned, closed_at__isnull=True).values_list("id", flat=True))
