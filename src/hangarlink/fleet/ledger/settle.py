"""Brings totals, discrepancies and recent use up to date after a page of changes, and tells who has to know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hangarlink.fleet import events
from hangarlink.fleet.derived import UsageChange, usage_changed
from hangarlink.fleet.ledger import counters, discrepancies
from hangarlink.fleet.ledger.counters import Standing
from hangarlink.fleet.ledger.discrepancies import Reconciled
from hangarlink.fleet.ledger.movements import Movements, Touched
from hangarlink.fleet.ledger.replay import Replayed, replay
from hangarlink.fleet.rules.recent import window
from hangarlink.platform.events.registry import Event
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling a page found.

    announcements  events still to be announced, with those of the action itself, in one statement
    """

    changes: tuple[UsageChange, ...]
    reconciled: Reconciled
    announcements: tuple[Event, ...]


def settle(
    movements: Movements,
    standing: Mapping[UUID, Standing],
    *,
    now: datetime,
    acting_user: Actor,
    check: Callable[[Reconciled], None] = lambda _: None,
) -> Settled:
    """Bring everything derived from usage up to date. A constant number of statements.

    standing  at least the counters that were touched, as they stood before; their aircraft are locked
    check     may raise when it sees what the changes contradict; then the caller's transaction undoes it all
    """
    touched = movements.touched
    replayed = replay({i: t.since for i, t in touched.items() if _needs_replay(t, standing[i])})
    after = {i: _after(t, standing[i], replayed.get(i)) for i, t in touched.items()}
    counters.move(after.values(), window(now, current_account().utilisation_days))
    reconciled = discrepancies.reconcile(replayed, now=now) if replayed else Reconciled()
    check(reconciled)
    changes = tuple(
        UsageChange(i, standing[i].aircraft_id, standing[i].total, after[i].total, t.since)
        for i, t in touched.items()
        if _changed_a_total(t, standing[i], after[i])
    )
    usage_changed(changes, acting_user=acting_user)
    corrected = [c for c in changes if _is_corrected(touched[c.counter_id], standing[c.counter_id])]
    return Settled(changes, reconciled, (*_corrections(corrected), *_disagreements(reconciled)))


def _needs_replay(touched: Touched, stood: Standing) -> bool:
    """Flights after the last anchor simply add, and those before the first one are in it already."""
    if touched.anchored:
        return True
    if stood.known_from is None or stood.anchored_at is None:
        return False
    return touched.since <= stood.anchored_at and touched.until > stood.known_from


def _after(touched: Touched, stood: Standing, replayed: Replayed | None) -> Standing:
    if replayed is not None:
        state = replayed.state
        return stood._replace(
            total=state.total,
            meter_offset=None if state.total is None else state.offset,
            known_from=replayed.known_from,
            anchored_at=replayed.anchored_at,
        )
    if stood.total is None or stood.known_from is None or touched.until <= stood.known_from:
        return stood
    return stood._replace(total=stood.total + touched.amount)


def _changed_a_total(touched: Touched, stood: Standing, after: Standing) -> bool:
    """What happened before anything was known of the counter changed no total, then or now."""
    if touched.anchored or stood.total != after.total:
        return True
    return after.known_from is not None and touched.until > after.known_from


def _is_corrected(touched: Touched, stood: Standing) -> bool:
    """Whether totals that somebody may have relied on are not what they were; appending at the end changes none."""
    return touched.corrected or (stood.anchored_at is not None and touched.since <= stood.anchored_at)


def _corrections(changes: list[UsageChange]) -> list[Event]:
    return [
        events.UsageCorrected(c.counter_id, c.aircraft_id, c.recompute_from, c.old_total, c.new_total)
        for c in changes
        if c.recompute_from is not None
    ]


def _disagreements(reconciled: Reconciled) -> list[Event]:
    raised: list[Event] = [events.DiscrepancyRaised(d.id, d.counter_id, d.code) for d in reconciled.raised]
    return raised + [events.DiscrepancySettled(d.id, d.counter_id, d.code) for d in reconciled.settled]
