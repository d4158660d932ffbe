"""Totals of components' counters at any moment, and how to read a limit of theirs on the counter that drives them.

Nothing here is stored. `totals_at` answers for components as `fleet.queries.totals_at` does for aircraft, and takes
counters of both. `frames` says where the line between a component's counter and its aircraft's counter runs now, so
that a limit of the component can stand as an absolute limit of the aircraft. `touched` says which counters a change of
usage reaches.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from uuid import UUID

from django.utils import timezone

from hangarlink.fleet import queries as fleet
from hangarlink.fleet.derived import UsageChange
from hangarlink.fleet.ledger.arrays import literal, walled_cursor
from hangarlink.fleet.models import Counter
from hangarlink.maintenance.components.facts import Known, read_facts
from hangarlink.maintenance.components.models import Clock
from hangarlink.maintenance.components.rules.clock import Standing, moments_asked, standing
from hangarlink.maintenance.components.vocabulary import Source

Moment = tuple[UUID, datetime]


@dataclass(frozen=True, slots=True)
class Frame:
    """How one counter of a component goes on from `at`, as long as nothing is moved or told.

    driver_id    the aircraft's counter that drives it, through everything between; None: nothing does
    aircraft_id  the aircraft it is on now; None: on none
    own_at       its exact total at `at`; None: unknown
    driver_at    the driver's total at `at`; None: unknown, or no driver
    ratio        what one unit of the driver adds
    at           the latest moment at which something on the way was installed or told: totals before it may be
                 corrected without moving this line only if neither own_at nor driver_at changes
    """

    driver_id: UUID | None
    aircraft_id: UUID | None
    own_at: Fraction | None
    driver_at: int | None
    ratio: Fraction
    at: datetime | None

    @property
    def is_driven(self) -> bool:
        """Whether anything drives it now."""
        return self.driver_id is not None

    @property
    def whole(self) -> int | None:
        """Its total at `at`, rounded up as everywhere; None: unknown."""
        return None if self.own_at is None else ceil(self.own_at)

    def to_driver(self, own: int) -> int | None:
        """The highest total of the driver at which the counter has not passed `own`; None where that is unknown."""
        if self.driver_id is None or self.own_at is None or self.driver_at is None:
            return None
        return self.driver_at + floor((own - self.own_at) / self.ratio)

    def to_own(self, driver: int) -> Fraction | None:
        """Where the counter stands, exactly, when the driver stands at `driver`."""
        if self.own_at is None or self.driver_at is None:
            return self.own_at
        return self.own_at + (driver - self.driver_at) * self.ratio


def totals_at(moments: Collection[Moment], *, known_at: datetime | None = None) -> dict[Moment, int | None]:
    """The total of each counter at each moment, in seconds or counts; None: unknown.

    Counters of components and of aircraft may be mixed. What ended at that very instant is in it. A component's total
    is rounded up, so that life used is never told as less than it was.
    """
    return {moment: found.whole for moment, found in standings_at(moments, known_at=known_at).items()}


def standings_at(moments: Collection[Moment], *, known_at: datetime | None = None) -> dict[Moment, Standing]:
    """The same exactly, with what ran at which rating."""
    return _reader({counter for counter, _ in moments}, known_at).standings(moments)


def frames(component_ids: Collection[UUID], *, now: datetime | None = None) -> dict[UUID, Frame]:
    """The line of every counter of these components, by counter. A fixed number of statements."""
    known = read_facts(component_ids)
    asked = set(component_ids)
    chains = {
        counter_id: _chain(known, counter_id)
        for counter_id, clock in known.clocks.items()
        if clock.component_id in asked
    }
    moment = now or timezone.now()
    wanted = {(counter_id, chain.at or moment) for counter_id, chain in chains.items()}
    drivers = {(c.driver_id, c.at) for c in chains.values() if c.driver_id is not None and c.at is not None}
    found = _Reader(known).standings([*wanted, *drivers])
    return {
        counter_id: _frame(known, counter_id, chain, chain.at or moment, found) for counter_id, chain in chains.items()
    }


# Following the links upwards from the counters that moved. A period that ended before the change is not reached by it.
# By index, whatever the planner thinks of the tables: every recorded flight asks this.
_TOUCHED = """
WITH RECURSIVE touched (id, since) AS (
    SELECT * FROM unnest(%s::uuid[], %s::timestamptz[])
    UNION
    SELECT l.counter_id, greatest(t.since, p.since)
    FROM touched t
    CROSS JOIN LATERAL (SELECT counter_id, placement_id FROM clock_link WHERE driver_id = t.id OFFSET 0) l
    CROSS JOIN LATERAL (
        SELECT since, until FROM placement WHERE id = l.placement_id AND superseded_at IS NULL OFFSET 0) p
    WHERE p.until IS NULL OR p.until >= t.since
)
SELECT t.id, min(t.since) FROM touched t JOIN component_clock k ON k.counter_id = t.id GROUP BY t.id
"""


def touched(changes: Sequence[UsageChange]) -> set[UUID]:
    """The components' counters whose totals, of now or of the past, these changes may have changed. One statement."""
    return set(touched_since(changes))


def touched_since(changes: Sequence[UsageChange]) -> dict[UUID, datetime]:
    """The same, each with the earliest moment from which its total may differ."""
    told = [(c.counter_id, c.recompute_from) for c in changes if c.recompute_from is not None]
    if not told:
        return {}
    with walled_cursor() as cursor:
        cursor.execute(_TOUCHED, [literal(c for c, _ in told), literal(at for _, at in told)])
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class _Chain:
    """The way from a counter to the aircraft's counter that drives it, as it is now. at: latest moment on the way."""

    driver_id: UUID | None
    ratio: Fraction
    at: datetime | None


def _chain(known: Known, counter_id: UUID) -> _Chain:
    ratio, at, counter = Fraction(1), None, counter_id
    while counter in known.facts:
        facts = known.facts[counter]
        last = facts.periods[-1] if facts.periods else None
        if last is None or last.until is not None or last.driver is None:
            return _Chain(None, Fraction(1), None)
        at = max(at or last.since, last.since, *(told.at for told in facts.told))
        ratio, counter = ratio * last.ratio, last.driver
    return _Chain(counter, ratio, at)


def _frame(known: Known, counter_id: UUID, chain: _Chain, at: datetime, found: dict[Moment, Standing]) -> Frame:
    component_id = known.clocks[counter_id].component_id
    driver_at = None if chain.driver_id is None else found[chain.driver_id, at].whole
    own_at = found[counter_id, at].total
    return Frame(chain.driver_id, known.aircraft_of(component_id), own_at, driver_at, chain.ratio, at)


def _reader(counter_ids: Iterable[UUID], known_at: datetime | None) -> "_Reader":
    components = Counter.objects.filter(id__in=list(counter_ids), component_id__isnull=False)
    ids = {one for one in components.values_list("component_id", flat=True) if one is not None}
    return _Reader(read_facts(ids, known_at=known_at))


class _Reader:
    """Evaluates clocks over facts that were read, asking the fleet once for all moments of aircraft's counters."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._found: dict[Moment, Standing] = {}

    def standings(self, moments: Collection[Moment]) -> dict[Moment, Standing]:
        asked = self._asked_of_aircraft(moments)
        wanted = sorted(asked)
        for moment, total in zip(wanted, fleet.totals_at(wanted), strict=True):
            self._found[moment] = Standing(None if total is None else Fraction(total))
        return {moment: self._standing(moment) for moment in moments}

    def _asked_of_aircraft(self, moments: Collection[Moment]) -> set[Moment]:
        seen: set[Moment] = set()
        todo, asked = list(set(moments)), set()
        while todo:
            counter_id, at = moment = todo.pop()
            if moment in seen:
                continue
            seen.add(moment)
            facts = self._known.facts.get(counter_id)
            if facts is None:
                asked.add(moment)
            else:
                todo += moments_asked(facts, at)
        return asked

    def _standing(self, moment: Moment) -> Standing:
        if moment not in self._found:
            counter_id, at = moment
            self._found[moment] = standing(self._known.facts[counter_id], at, self._total)
        return self._found[moment]

    def _total(self, driver: UUID, at: datetime) -> Fraction | None:
        return self._standing((driver, at)).total


def metered(counter_ids: Collection[UUID]) -> set[UUID]:
    """Those of these counters that an instrument of their own moves."""
    rows = Clock.objects.filter(counter_id__in=list(counter_ids), source=Source.METER)
    return set(rows.values_list("counter_id", flat=True))
