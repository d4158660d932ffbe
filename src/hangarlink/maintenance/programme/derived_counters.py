"""Counters that follow from others by a formula: their totals now and at moments of the past. Domain rule 1.2.7.

A present total is kept on the counter, in the transaction that moved what it follows from. A total of the past is
worked out where it is asked. An accomplishment counts from just after its moment: at the moment itself the inspection
that is being done is not counted yet, which gives the lower total and so the earlier due point.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from hangarlink.fleet.derived import UsageChange
from hangarlink.fleet.models import Counter
from hangarlink.fleet.queries import totals_at
from hangarlink.maintenance.programme.models import Accomplishment, DueItem
from hangarlink.maintenance.programme.rules.formulas import (
    Formula,
    counters_in,
    evaluate,
    from_json,
    requirements_in,
)

Moment = tuple[UUID, datetime]


class Derived:
    """Some derived counters with what their formulas need. A fixed number of statements, however many."""

    def __init__(self, counters: Iterable[Counter]) -> None:
        self.counters = {counter.id: counter for counter in counters}
        self.formulas = {counter.id: from_json(counter.formula) for counter in self.counters.values()}

    @cached_property
    def _done(self) -> Mapping[tuple[UUID, UUID], list[datetime]]:
        """When each requirement was accomplished, by aircraft, in order."""
        wanted = {UUID(one) for formula in self.formulas.values() for one in requirements_in(formula)}
        found: dict[tuple[UUID, UUID], list[datetime]] = defaultdict(list)
        if not wanted:
            return found
        rows = Accomplishment.objects.filter(
            item__requirement_id__in=wanted,
            item__aircraft_id__in={counter.of_aircraft for counter in self.counters.values()},
            item__component__isnull=True,
            superseded_at__isnull=True,
            is_withdrawn=False,
        ).order_by("due_reference")
        for aircraft_id, requirement_id, at in rows.values_list(
            "item__aircraft_id", "item__requirement_id", "due_reference"
        ):
            found[aircraft_id, requirement_id].append(at)
        return found

    def at(self, moments: Collection[Moment]) -> dict[Moment, int | None]:
        """Totals at moments; a moment of a counter that is not derived is left out."""
        ours = [(counter, at) for counter, at in moments if counter in self.formulas]
        needed = sorted({(UUID(one), at) for counter, at in ours for one in counters_in(self.formulas[counter])})
        known = dict(zip(needed, totals_at(needed), strict=True)) if needed else {}
        return {(counter, at): self._worked_out(counter, at, known) for counter, at in ours}

    def now(self, added: Mapping[UUID, int] | None = None) -> dict[UUID, int | None]:
        """Present totals, from the present totals of the others; `added`: as if these had grown by so much."""
        needed = {UUID(one) for formula in self.formulas.values() for one in counters_in(formula)}
        rows = Counter.objects.filter(pk__in=needed).values_list("id", "total")
        more = added or {}
        totals = {str(pk): None if total is None else total + more.get(pk, 0) for pk, total in rows}
        return {
            pk: evaluate(formula, totals, self._counts(self.counters[pk], formula, None))
            for pk, formula in self.formulas.items()
        }

    def _worked_out(self, counter_id: UUID, at: datetime, known: Mapping[Moment, int | None]) -> int | None:
        formula = self.formulas[counter_id]
        totals = {one: known.get((UUID(one), at)) for one in counters_in(formula)}
        return evaluate(formula, totals, self._counts(self.counters[counter_id], formula, at))

    def _counts(self, counter: Counter, formula: Formula, before: datetime | None) -> dict[str, int]:
        counts = {}
        for one in requirements_in(formula):
            done = self._done.get((counter.of_aircraft, UUID(one)), [])
            counts[one] = len(done) if before is None else bisect_left(done, before)
        return counts


def derived_at(moments: Collection[Moment]) -> dict[Moment, int | None]:
    """The totals of those of these counters that are derived. One statement when none is."""
    counters = Counter.objects.filter(pk__in={counter for counter, _ in moments}, formula__isnull=False)
    found = Derived(counters)
    return found.at(moments) if found.counters else {}


def follow(changes: Sequence[UsageChange], counter_ids: Collection[UUID]) -> list[UsageChange]:
    """Move those of these derived counters that follow from what changed, and say what moved."""
    moved = {str(change.counter_id): change for change in changes}
    counters = [
        counter
        for counter in Counter.objects.filter(pk__in=counter_ids, formula__isnull=False)
        if counters_in(from_json(counter.formula)) & moved.keys()
    ]
    since = {
        counter.id: _earliest(moved[one] for one in counters_in(from_json(counter.formula)) & moved.keys())
        for counter in counters
    }
    return refresh(counters, since)


def counted(item: DueItem, since: datetime) -> list[UsageChange]:
    """Move the derived counters that count this requirement on its aircraft: its records changed from a moment on."""
    if item.component_id is not None or item.aircraft_id is None:
        return []
    counters = [
        counter
        for counter in Counter.objects.filter(aircraft_id=item.aircraft_id, formula__isnull=False)
        if str(item.requirement_id) in requirements_in(from_json(counter.formula))
    ]
    return refresh(counters, {counter.id: since for counter in counters})


def refresh(counters: Collection[Counter], since: Mapping[UUID, datetime | None]) -> list[UsageChange]:
    """Write where derived counters stand, and say what changed.

    since  the earliest moment at which the total of a counter may differ from what it was
    """
    if not counters:
        return []
    derived = Derived(counters)
    now, changes = derived.now(), []
    _write_recent(derived)
    for counter in counters:
        changes.append(
            UsageChange(counter.id, counter.of_aircraft, counter.total, now[counter.id], since.get(counter.id))
        )
        counter.total = now[counter.id]
    Counter.objects.bulk_update(counters, ["total", "total_at", "recent_days", "recent_amount", "recent_as_of"])
    return changes


def _write_recent(derived: Derived) -> None:
    """As fresh as the oldest counter it follows from, and its use over the same days."""
    needed = {UUID(one) for formula in derived.formulas.values() for one in counters_in(formula)}
    sources = Counter.objects.in_bulk(list(needed))
    asked: set[Moment] = set()
    for pk, counter in derived.counters.items():
        own = [sources[UUID(one)] for one in counters_in(derived.formulas[pk]) if UUID(one) in sources]
        moments = [one.total_at for one in own]
        counter.total_at = None if None in moments else min(filter(None, moments), default=None)
        counter.recent_as_of = min((one.recent_as_of for one in own if one.recent_as_of), default=None)
        counter.recent_days = min((one.recent_days for one in own), default=0)
        asked |= {(pk, at) for at in _window(counter)}
    known = derived.at(asked)
    for pk, counter in derived.counters.items():
        values = [known[pk, at] for at in _window(counter)]
        used = None if None in values or not values else (values[1] or 0) - (values[0] or 0)
        counter.recent_amount = max(0, used or 0)
        counter.recent_days = 0 if used is None else counter.recent_days


def _window(counter: Counter) -> list[datetime]:
    if counter.recent_as_of is None or not counter.recent_days:
        return []
    end = datetime.combine(counter.recent_as_of, time(), UTC)
    return [end - timedelta(days=counter.recent_days), end]


def _earliest(changes: Iterable[UsageChange]) -> datetime | None:
    return min((change.recompute_from for change in changes if change.recompute_from), default=None)
