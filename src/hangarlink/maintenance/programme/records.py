"""What the engine needs to know about items, read in a fixed number of statements however many items there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from hangarlink.fleet.models import Counter
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.components.clocks import Frame
from hangarlink.maintenance.programme.component_facts import ComponentFacts, facts_of
from hangarlink.maintenance.programme.models import (
    Accomplishment,
    Baseline,
    DueItem,
    EventRecord,
    RequirementRevision,
    Variation,
    VariationUnit,
)
from hangarlink.maintenance.programme.rules import dues
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.rules.binding import (
    CounterOnBoard,
    bind,
    bound,
    counters_named,
    events_named,
)
from hangarlink.maintenance.programme.rules.limits import Basis, Schedule, Start
from hangarlink.maintenance.programme.rules.standing import Standing, standing
from hangarlink.maintenance.programme.rules.tolerance import why_never


@dataclass
class OnRecord:
    """One item with everything its due points follow from. Counters stand under their ids, as text.

    history     current versions of its accomplishments that were not withdrawn, in order
    events      what happened to the aircraft that its limits, of any revision used, name
    facts       of a component's item: how its counters move and what it was through
    variations  approved and not withdrawn, also those that are spent
    """

    item: DueItem
    counters: Mapping[str, Counter]
    history: list[Accomplishment] = field(default_factory=list)
    baselines: dict[Start, Baseline] = field(default_factory=dict)
    events: list[EventRecord] = field(default_factory=list)
    variations: list[Variation] = field(default_factory=list)
    facts: ComponentFacts | None = None

    @cached_property
    def binding(self) -> dict[str, str]:
        """Which counter each name means here: as it was bound before, else as it can be bound now."""
        revisions = [self.item.revision, *(one.revision for one in self.history)]
        names = {name for one in revisions for name in (*counters_named(one.rules), *one.alerts)}
        on_board = [CounterOnBoard(one.id, one.kind, one.name) for one in self.counters.values()]
        made: dict[str, str] = self.item.binding
        return bind(sorted(names - made.keys()), on_board) | made

    def schedule(self, revision: RequirementRevision | None = None) -> Schedule:
        """The limits of a revision, by default the one in force, on the counters of what it is on."""
        return bound((revision or self.item.revision).rules, self.binding)

    def standing(self) -> Standing:
        """Where the item stands now."""
        return self.stood([as_rule(one) for one in self.history])

    def stood(
        self,
        history: Sequence[dues.Accomplishment],
        *,
        revision: RequirementRevision | None = None,
        at: datetime | None = None,
    ) -> Standing:
        """Where it stood after this history, under a revision; with the events up to a moment, if one is given."""
        known = [*(as_happening(one) for one in self.events), *(self.facts.happenings if self.facts else ())]
        events = [one for one in known if at is None or one.at <= at]
        return standing(self.schedule(revision), history, self.starts(), events, self.holding())

    def holding(self) -> list[dues.Variation]:
        """The variations as the engine sees them. One that is still to be used holds only where one may be approved."""
        revision, last = self.item.revision, self.history[-1].chain if self.history else None
        never = why_never(MandatoryClass(revision.mandatory_class), revision.tolerance_source)
        return [as_variation(one) for one in self.variations if not (never and one.after == last)]

    def starts(self) -> dict[Start, dues.StartPoint]:
        """The moments its limits may count from. What a person said comes before what is on file."""
        given = self.facts.starts_under(self.item.revision.effective_on) if self.facts else {}
        return given | {
            start: dues.StartPoint(
                baseline.on, {str(value.counter_id): value.value for value in baseline.values.all()}, baseline.source
            )
            for start, baseline in self.baselines.items()
        }

    def line(self, counter: str) -> Frame | None:
        """How a component's counter follows the one that drives it; None for an aircraft's counter."""
        return self.facts.frames.get(UUID(counter)) if self.facts else None

    def driving(self) -> Mapping[str, Counter]:
        """The aircraft's counter behind each counter that one moves, under that counter's id as text."""
        if self.facts is None:
            return self.counters
        drivers = self.facts.drivers
        lines = {name: line for name in self.counters if (line := self.line(name)) is not None}
        return {
            name: drivers[line.driver_id]
            for name, line in lines.items()
            if line.driver_id is not None and line.driver_id in drivers
        }

    def alert_windows(self) -> dict[str, int]:
        """The planner's alert windows, by counter id and `calendar`."""
        chosen: dict[str, int] = self.item.revision.alerts
        return {self.binding.get(name, name): window for name, window in chosen.items()}

    def timed(self) -> set[str]:
        """The counters that count seconds."""
        return {name for name, counter in self.counters.items() if counter.unit == Unit.SECONDS}


def as_rule(one: Accomplishment) -> dues.Accomplishment:
    """An accomplishment as the engine sees it. Chains are ordered by time of first recording."""
    return dues.Accomplishment(
        id=str(one.chain),
        at=one.due_reference,
        on=one.on,
        values={str(value.counter_id): value.value for value in one.values.all()},
        was_due={path: dues.due_from_json(due) for path, due in one.was_due.items()},
        finding=one.finding,
    )


def as_happening(one: EventRecord) -> dues.Happening:
    """An event as the engine sees it."""
    values = {str(value.counter_id): value.value for value in one.values.all()}
    return dues.Happening(one.code, one.at, dues.StartPoint(one.on, values, one.source))


def as_variation(one: Variation) -> dues.Variation:
    """An approval as the engine sees it."""
    return dues.Variation(
        path=one.path,
        measure=str(one.counter_id) if one.counter_id else dues.CALENDAR,
        after=str(one.after) if one.after else "",
        amount=one.amount,
        months=one.unit == VariationUnit.MONTHS,
        basis=Basis(one.counts_from),
        reference=one.reference,
    )


def read_items(item_ids: Collection[UUID], *, lock: bool = False) -> list[OnRecord]:
    """The open items among these, in the order of their ids, with their records.

    lock  hold the items until the transaction ends: two actions must not work out one item's terms at once
    """
    rows = DueItem.objects.filter(id__in=item_ids, closed_at__isnull=True).order_by("id")
    rows = rows.select_related("revision", "requirement", "aircraft", "component")
    items = list(rows.select_for_update(of=("self",)) if lock else rows)
    counters = _counters({item.aircraft_id for item in items if item.aircraft_id and not item.component_id})
    facts = facts_of({item.component_id for item in items if item.component_id})
    found = {item.id: _on_record(item, counters, facts) for item in items}
    for one in _current_accomplishments(found):
        found[one.item_id].history.append(one)
    _add_baselines(found.values())
    _add_events(found.values())
    for approval in Variation.objects.filter(item_id__in=list(found), withdrawn_at__isnull=True).order_by("id"):
        found[approval.item_id].variations.append(approval)
    return list(found.values())


def _on_record(
    item: DueItem, counters: Mapping[UUID, dict[str, Counter]], facts: Mapping[UUID, ComponentFacts]
) -> OnRecord:
    if item.component_id:
        of_component = facts[item.component_id]
        return OnRecord(item, of_component.counters, facts=of_component)
    return OnRecord(item, counters[item.craft.id])


def _counters(aircraft_ids: Collection[UUID]) -> Mapping[UUID, dict[str, Counter]]:
    found: dict[UUID, dict[str, Counter]] = defaultdict(dict)
    for counter in Counter.objects.filter(aircraft_id__in=aircraft_ids).order_by("position", "name"):
        found[counter.of_aircraft][str(counter.id)] = counter
    return found


def _current_accomplishments(item_ids: Collection[UUID]) -> Iterable[Accomplishment]:
    return (
        Accomplishment.objects.filter(item_id__in=list(item_ids), superseded_at__isnull=True, is_withdrawn=False)
        .select_related("revision")
        .prefetch_related("values")
        .order_by("due_reference", "chain")
    )


def _add_baselines(records: Iterable[OnRecord]) -> None:
    """A baseline for the requirement itself comes before one of the whole aircraft."""
    of_aircraft: dict[UUID, list[OnRecord]] = defaultdict(list)
    for record in records:
        if record.item.aircraft_id and not record.item.component_id:
            of_aircraft[record.item.aircraft_id].append(record)
    rows = Baseline.objects.filter(aircraft_id__in=list(of_aircraft), superseded_at__isnull=True)
    for baseline in rows.prefetch_related("values"):
        for record in of_aircraft[baseline.aircraft_id]:
            if baseline.requirement_id == record.item.requirement_id:
                record.baselines[Start(baseline.start)] = baseline
            elif baseline.requirement_id is None:
                record.baselines.setdefault(Start(baseline.start), baseline)


def _add_events(records: Iterable[OnRecord]) -> None:
    """Events of the aircraft whose items name any; others cost no statement."""
    named = {record.item.id: (record, _events_named(record)) for record in records}
    wanted = [(record, codes) for record, codes in named.values() if codes and not record.item.component_id]
    if not wanted:
        return
    rows = EventRecord.objects.filter(
        aircraft_id__in={record.item.aircraft_id for record, _ in wanted},
        code__in=set().union(*(codes for _, codes in wanted)),
        superseded_at__isnull=True,
        is_withdrawn=False,
    )
    of_aircraft: dict[UUID, list[EventRecord]] = defaultdict(list)
    for event in rows.prefetch_related("values").order_by("at", "id"):
        of_aircraft[event.aircraft_id].append(event)
    for record, codes in wanted:
        record.events = [event for event in of_aircraft[record.item.craft.id] if event.code in codes]


def _events_named(record: OnRecord) -> set[str]:
    revisions = [record.item.revision, *(one.revision for one in record.history)]
    return {code for one in revisions for code in events_named(one.rules)}
