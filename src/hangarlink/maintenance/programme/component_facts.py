"""What due logic asks of a component: its counters, how they move, and the moments its limits may count from.

For a component nothing has to be told to the programme: manufacture, overhaul, repair and installation are on file in
its own room, and the totals at those moments follow from its clocks.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.components.clocks import Frame, frames, totals_at
from hangarlink.maintenance.components.models import Component, Placement, Work
from hangarlink.maintenance.components.vocabulary import Place, WorkKind
from hangarlink.maintenance.programme.days import day_of, start_of
from hangarlink.maintenance.programme.rules.dues import Happening, StartPoint
from hangarlink.maintenance.programme.rules.limits import Start

_STARTS = {WorkKind.OVERHAUL: Start.OVERHAUL, WorkKind.REPAIR: Start.REPAIR}


@dataclass
class ComponentFacts:
    """One component as due logic sees it.

    counters    its own, by id as text
    frames      how each of them follows the aircraft's counter that drives it
    drivers     those counters of aircraft, by id
    starts      manufacture, last overhaul and repair, present installation
    latest      the latest moment whose totals any of these rest on
    happenings  work on file: a shop visit is an event that limits may name
    """

    counters: dict[str, Counter] = field(default_factory=dict)
    frames: Mapping[UUID, Frame] = field(default_factory=dict)
    drivers: Mapping[UUID, Counter] = field(default_factory=dict)
    starts: dict[Start, StartPoint] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)
    latest: datetime | None = None

    def starts_under(self, effective_on: date | None) -> dict[Start, StartPoint]:
        """Its starts, with the effective day of a directive and what its counters stood at then."""
        if effective_on is None:
            return dict(self.starts)
        moments = {UUID(name): start_of(effective_on) for name in self.counters}
        known = totals_at(list(moments.items()))
        return self.starts | {Start.EFFECTIVE_DATE: _point(effective_on, moments, known, "effective date")}


def facts_of(component_ids: Collection[UUID]) -> dict[UUID, ComponentFacts]:
    """The facts of these components. A fixed number of statements; none when there are none."""
    if not component_ids:
        return {}
    found = {component_id: ComponentFacts() for component_id in component_ids}
    for counter in Counter.objects.filter(component_id__in=component_ids).order_by("position", "name"):
        if counter.component_id:
            found[counter.component_id].counters[str(counter.id)] = counter
    _add_frames(found)
    _add_starts(found)
    return found


def _add_frames(found: Mapping[UUID, ComponentFacts]) -> None:
    lines = frames(list(found))
    drivers = Counter.objects.in_bulk({line.driver_id for line in lines.values() if line.driver_id})
    for facts in found.values():
        facts.frames = {UUID(name): lines[UUID(name)] for name in facts.counters if UUID(name) in lines}
        facts.drivers = drivers
        facts.latest = max((line.at for line in facts.frames.values() if line.at), default=None)


def _add_starts(found: Mapping[UUID, ComponentFacts]) -> None:
    work = list(_work(found))
    installed = list(
        Placement.objects.filter(
            component_id__in=found,
            until__isnull=True,
            superseded_at__isnull=True,
            place__in=[Place.AIRCRAFT, Place.COMPONENT],
        )
    )
    asked = [(one.component_id, one.at) for one in work] + [(one.component_id, one.since) for one in installed]
    for component_id, at in asked:
        facts = found[component_id]
        facts.latest = max(facts.latest or at, at)
    known = totals_at([(UUID(name), at) for component, at in asked for name in found[component].counters])
    for component in Component.objects.filter(id__in=found).select_related("serialised_item"):
        made = component.serialised_item.manufactured_on if component.serialised_item else None
        facts = found[component.id]
        facts.starts[Start.NEW] = StartPoint(made, dict.fromkeys(facts.counters, 0), "new")
    for one in installed:
        facts = found[one.component_id]
        facts.starts[Start.INSTALLATION] = _at(facts, one.since, known, "installation")
    for job in work:
        facts = found[job.component_id]
        point = _at(facts, job.at, known, job.certificate or WorkKind(job.kind).label)
        stated = {str(value.counter_id): value.value for value in job.values.all()}
        point = StartPoint(point.on, {**point.values, **stated}, point.source)
        facts.happenings.append(Happening(job.kind, job.at, point))
        if start := _STARTS.get(WorkKind(job.kind)):
            facts.starts[start] = point


def _work(component_ids: Collection[UUID]) -> Collection[Work]:
    rows = Work.objects.filter(component_id__in=component_ids, superseded_at__isnull=True)
    return rows.prefetch_related("values").order_by("at", "id")


def _at(
    facts: ComponentFacts, at: datetime, known: Mapping[tuple[UUID, datetime], int | None], source: str
) -> StartPoint:
    return _point(day_of(at), {UUID(name): at for name in facts.counters}, known, source)


def _point(
    on: date, moments: Mapping[UUID, datetime], known: Mapping[tuple[UUID, datetime], int | None], source: str
) -> StartPoint:
    values = {str(counter): total for counter, at in moments.items() if (total := known.get((counter, at))) is not None}
    return StartPoint(on, values, source)
