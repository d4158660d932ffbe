"""One component with its whole life: where it was, what it ran there, what was done, and whether that is all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.components.clocks import Frame, frames, standings_at
from hangarlink.maintenance.components.facts import read_facts
from hangarlink.maintenance.components.lives import Bound, PartLife, bounds, lives
from hangarlink.maintenance.components.models import (
    Clock,
    ClockEntry,
    Component,
    PastRecord,
    Placement,
    RatingChange,
    Work,
)
from hangarlink.maintenance.components.queries.rows import where_words
from hangarlink.maintenance.components.rules.clock import Contradiction
from hangarlink.maintenance.components.rules.history import Finding, Graph, Stretch, breaks, graph
from hangarlink.maintenance.components.vocabulary import Place, WorkKind

M = TypeVar("M", Placement, Work, PastRecord, RatingChange)


@dataclass(frozen=True)
class CounterView:
    """One counter of the component. All amounts in its unit; None: unknown, or there was none.

    total           since new (TSN, CSN)
    since_overhaul  since the last overhaul (TSO, CSO); None without one
    since_installed since it came to where it is installed now (TSI, CSI)
    frame           how it goes on there
    contradictions  what was told and is below what ran by then; the higher total counts until somebody finds out
    driver          the aircraft's counter that drives it
    """

    counter: Counter
    clock: Clock
    total: int | None
    since_overhaul: int | None
    since_installed: int | None
    frame: Frame | None
    driver: Counter | None
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True)
class Period:
    """One placement of its life, with the totals of its counters at both ends, in the counters' order."""

    placement: Placement
    words: str
    begun: tuple[int | None, ...]
    ended: tuple[int | None, ...]


@dataclass(frozen=True)
class LifeView:
    """Everything on record of one component.

    here      where it is now; aircraft: the one it is on, through whatever carries it
    bounds    per kind of counter, the part inside that limits it
    periods   latest first
    breaks    what keeps its history from being back-to-birth; empty: it is whole
    """

    component: Component
    here: Placement
    aircraft: Aircraft | None
    counters: tuple[CounterView, ...]
    lives: tuple[PartLife, ...]
    bounds: tuple[Bound, ...]
    periods: tuple[Period, ...]
    work: tuple[Work, ...]
    entries: tuple[ClockEntry, ...]
    past: tuple[PastRecord, ...]
    ratings: tuple[RatingChange, ...]
    stretches: tuple[Stretch, ...]
    breaks: tuple[Finding, ...]
    graph: Graph

    @property
    def overhauled(self) -> Work | None:
        """The last overhaul."""
        return next((one for one in self.work if one.kind == WorkKind.OVERHAUL), None)


def life_of(component: Component, *, now: datetime | None = None) -> LifeView:
    """One component with its whole life. A fixed number of statements."""
    moment = now or timezone.now()
    counters = list(Counter.objects.filter(component_id=component.id).order_by("position", "name"))
    clocks = {clock.counter_id: clock for clock in Clock.objects.filter(component=component)}
    kept = _current(Placement.objects.filter(component=component)).select_related("aircraft", "parent")
    placements = list(kept.order_by("since"))
    work = list(_current(Work.objects.filter(component=component)).prefetch_related("values").order_by("-at"))
    overhaul = next((one for one in work if one.kind == WorkKind.OVERHAUL), None)
    here = placements[-1]
    moments = {moment, *(p.since for p in placements), *(p.until for p in placements if p.until), *(w.at for w in work)}
    stands = standings_at([(counter.id, at) for counter in counters for at in moments]) if counters else {}
    totals = {asked: found.whole for asked, found in stands.items()}
    lines = frames([component.id], now=moment)
    drivers = Counter.objects.in_bulk([line.driver_id for line in lines.values() if line.driver_id])
    past = list(_current(PastRecord.objects.filter(component=component)).order_by("since"))
    stretches = [*_of_papers(past), *_of_placements(placements, counters, totals)]
    unit = component.serialised_item
    made_on = unit.manufactured_on if unit else None
    at_overhaul = {v.counter_id: v.value for v in overhaul.values.all()} if overhaul else {}

    def view(counter: Counter) -> CounterView:
        total, line = totals[counter.id, moment], lines.get(counter.id)
        done = None if overhaul is None else at_overhaul.get(counter.id, totals[counter.id, overhaul.at])
        installed = totals[counter.id, here.since] if Place(here.place).is_installed else None
        driver = drivers.get(line.driver_id) if line is not None and line.driver_id else None
        since = _since(total, done), _since(total, installed)
        against = stands[counter.id, moment].contradictions
        return CounterView(counter, clocks[counter.id], total, *since, line, driver, against)

    on = here.aircraft_id or (read_facts([component.id]).aircraft_of(component.id) if here.parent_id else None)
    return LifeView(
        component, here, Aircraft.objects.select_related("aircraft_model").filter(pk=on).first() if on else None,
        tuple(view(counter) for counter in counters), tuple(lives([component.id], at=moment).get(component.id, ())),
        tuple(bounds(component.id, at=moment)),
        tuple(_period(p, counters, totals, moment) for p in reversed(placements)),
        tuple(work), tuple(_entries(counters)), tuple(past),
        tuple(_current(RatingChange.objects.filter(component=component)).order_by("-at")),
        tuple(stretches), tuple(breaks(stretches, made_on, moment.astimezone(UTC).date())), graph(stretches, made_on),
    )  # fmt: skip


def _current(rows: "QuerySet[M]") -> "QuerySet[M]":
    return rows.filter(superseded_at__isnull=True)


def _entries(counters: Sequence[Counter]) -> "QuerySet[ClockEntry]":
    rows = ClockEntry.objects.filter(counter__in=counters, superseded_at__isnull=True)
    return rows.select_related("counter").order_by("-at", "-sequence")


def _since(total: int | None, then: int | None) -> int | None:
    return None if total is None or then is None else total - then


def _period(
    placement: Placement, counters: Sequence[Counter], totals: dict[tuple[UUID, datetime], int | None], now: datetime
) -> Period:
    end = placement.until or now
    return Period(
        placement,
        where_words(placement),
        tuple(totals[counter.id, placement.since] for counter in counters),
        tuple(totals[counter.id, end] for counter in counters),
    )


def _of_papers(past: Sequence[PastRecord]) -> list[Stretch]:
    return [Stretch(str(p.id), p.since, p.until, p.holder, False, p.begun, p.ended) for p in past]


def _of_placements(
    placements: Sequence[Placement], counters: Sequence[Counter], totals: dict[tuple[UUID, datetime], int | None]
) -> list[Stretch]:
    """Our own records, but for times at which it was not with us: those are for papers to cover."""
    return [
        Stretch(
            str(p.id), _day(p.since), _day(p.until) if p.until else None, where_words(p), True,
            _known(counters, totals, p.since), _known(counters, totals, p.until) if p.until else {},
        )
        for p in placements
        if p.place != Place.SENT_ON or p.until is None
    ]  # fmt: skip


def _known(
    counters: Sequence[Counter], totals: dict[tuple[UUID, datetime], int | None], at: datetime
) -> dict[str, int]:
    found = {str(counter.id): totals[counter.id, at] for counter in counters}
    return {counter: total for counter, total in found.items() if total is not None}


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
