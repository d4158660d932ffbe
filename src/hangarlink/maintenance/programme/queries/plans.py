"""What counters are expected to gain, read for the pure rules: paces, planned flights, days of standing.

The lists ask the same of the database in one statement (`gauges`); a test over random lives compares both.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from hangarlink.fleet.models import Counter, UseRatio
from hangarlink.maintenance.programme.days import day_of, start_of
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.pace import Pace, PaceSource, Rate, Ratio, Span, average, days_in, pace_of
from hangarlink.maintenance.programme.rules.plan import UsagePlan
from hangarlink.platform.tenancy.context import current_account

ONE_DAY = timedelta(days=1)

_DAYS = """
SELECT aircraft_id, starts_on, ends_on, true FROM parking WHERE aircraft_id = ANY(%(aircraft)s)
UNION ALL
SELECT aircraft_id, %(today)s, complete_until, false FROM flight_schedule
WHERE aircraft_id = ANY(%(aircraft)s) AND complete_until >= %(today)s
"""
_FLIGHTS = """
SELECT f.aircraft_id, f.starts_at,
       coalesce(jsonb_object_agg(u.counter_id, u.amount) FILTER (WHERE u.id IS NOT NULL), '{}')::text
FROM planned_flight f LEFT JOIN planned_use u ON u.flight_id = f.id
WHERE f.aircraft_id = ANY(%(aircraft)s) AND f.starts_at >= %(since)s
GROUP BY f.id
"""


@dataclass(frozen=True)
class Outlook:
    """How a counter is expected to go on.

    source          where its usual pace comes from
    complete_until  up to this day only planned flights are flown; None: every other day has the usual pace
    """

    plan: UsagePlan
    source: PaceSource
    parked: tuple[Span, ...] = ()
    complete_until: date | None = None


@dataclass
class _Aircraft:
    """What is planned of one aircraft from a day on."""

    parked: list[Span] = field(default_factory=list)
    complete_until: date | None = None
    flights: list[tuple[datetime, Mapping[UUID, int]]] = field(default_factory=list)


def outlooks(counters: Iterable[Counter], as_of: date) -> dict[UUID, Outlook]:
    """The outlook of each of these counters of aircraft, from a day on. Three statements, however many.

    A counter of a component has none of its own: its limits stand on the counter that drives it.
    """
    wanted = [counter for counter in counters if counter.aircraft_id is not None]
    aircraft_ids = {counter.of_aircraft for counter in wanted}
    if not aircraft_ids:
        return {}
    planned = _planned(aircraft_ids, as_of)
    ratios = {one.counter_id: one for one in UseRatio.objects.filter(counter__in=wanted).select_related("follows")}
    return {one.id: _outlook(one, planned[one.of_aircraft], ratios.get(one.id), as_of) for one in wanted}


def is_stale(used_until: datetime | None, parked: Collection[Span], as_of: date) -> bool:
    """Whether usage is too old to rely on, for an aircraft in service. Days on which it stands make nothing stale."""
    if used_until is None:
        return True
    used_on, allowed = day_of(used_until), current_account().stale_usage_days
    if used_on >= as_of:
        return False
    return (as_of - used_on).days - days_in(parked, used_on + ONE_DAY, as_of) > allowed


def _planned(aircraft_ids: Collection[UUID], as_of: date) -> dict[UUID, _Aircraft]:
    found: dict[UUID, _Aircraft] = defaultdict(_Aircraft)
    for aircraft_id, first, last, is_parked in rows(_DAYS, {"aircraft": list(aircraft_ids), "today": as_of}):
        if is_parked:
            found[aircraft_id].parked.append(Span(first, last))
        else:
            found[aircraft_id].complete_until = last
    for aircraft_id, starts_at, uses in rows(_FLIGHTS, {"aircraft": list(aircraft_ids), "since": start_of(as_of)}):
        amounts = {UUID(counter): amount for counter, amount in json.loads(uses).items()}
        found[aircraft_id].flights.append((starts_at, amounts))
    return found


def _outlook(counter: Counter, of: _Aircraft, ratio: UseRatio | None, as_of: date) -> Outlook:
    pace = _pace(counter, ratio, of.parked)
    told = [(starts, amount) for starts, uses in of.flights if (amount := _adds(counter, uses, ratio)) is not None]
    planned: dict[date, int] = defaultdict(int)
    for starts, amount in told:
        if counter.total_at is None or starts > counter.total_at:
            planned[day_of(starts)] += amount
    until = of.complete_until
    if until and any(day_of(starts) <= until for starts, _ in of.flights):
        # Flights are planned, and none of them says anything of this counter.
        until = until if any(day_of(starts) <= until for starts, _ in told) else None
    idle = [*of.parked, *([Span(as_of, until)] if until else [])]
    return Outlook(UsagePlan(pace.rate, dict(planned), idle, pace.source), pace.source, tuple(of.parked), until)


def _adds(counter: Counter, uses: Mapping[UUID, int], ratio: UseRatio | None) -> int | None:
    """What a planned flight adds to a counter: as it says, else by the ratio to a counter it names."""
    if counter.id in uses:
        return uses[counter.id]
    if ratio is not None and ratio.follows_id in uses:
        return Ratio(ratio.use, ratio.per).of_amount(uses[ratio.follows_id])
    return None


def _pace(counter: Counter, ratio: UseRatio | None, parked: Collection[Span]) -> Pace:
    if ratio is None:
        return pace_of(counter.daily_rate, _recent(counter, parked))
    other = ratio.follows
    followed = pace_of(other.daily_rate, _recent(other, parked))
    return pace_of(counter.daily_rate, _recent(counter, parked), (Ratio(ratio.use, ratio.per), followed))


def _recent(counter: Counter, parked: Collection[Span]) -> Rate | None:
    """The average of recent use, the days of standing left out; None when there is nothing to average."""
    if not counter.recent_days or counter.recent_as_of is None:
        return Rate(counter.recent_amount, counter.recent_days) if counter.recent_days else None
    first, last = counter.recent_as_of - timedelta(days=counter.recent_days), counter.recent_as_of - ONE_DAY
    return average(counter.recent_amount, counter.recent_days, days_in(parked, first, last))
