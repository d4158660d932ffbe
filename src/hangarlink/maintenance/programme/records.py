"""What the engine needs to know about items, read in a fixed number of statements however many items there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from hangarlink.fleet.models import Counter
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.programme.models import Accomplishment, Baseline, DueItem, RequirementRevision
from hangarlink.maintenance.programme.rules import dues
from hangarlink.maintenance.programme.rules.binding import CounterOnBoard, bind, bound, counters_named
from hangarlink.maintenance.programme.rules.limits import Schedule, Start
from hangarlink.maintenance.programme.rules.standing import Standing, standing


@dataclass
class OnRecord:
    """One item with everything its due points follow from. Counters stand under their ids, as text.

    history  current versions of its accomplishments that were not withdrawn, in order
    """

    item: DueItem
    counters: Mapping[str, Counter]
    history: list[Accomplishment] = field(default_factory=list)
    baselines: dict[Start, Baseline] = field(default_factory=dict)

    @cached_property
    def binding(self) -> dict[str, str]:
        """Which counter each name means on this aircraft: as it was bound before, else as it can be bound now."""
        revisions = [self.item.revision, *(one.revision for one in self.history)]
        names = {name for one in revisions for name in (*counters_named(one.rules), *one.alerts)}
        on_board = [CounterOnBoard(one.id, one.kind, one.name) for one in self.counters.values()]
        made: dict[str, str] = self.item.binding
        return bind(sorted(names - made.keys()), on_board) | made

    def schedule(self, revision: RequirementRevision | None = None) -> Schedule:
        """The limits of a revision, by default the one in force, on this aircraft's counters."""
        return bound((revision or self.item.revision).rules, self.binding)

    def standing(self) -> Standing:
        """Where the item stands now."""
        return standing(self.schedule(), [as_rule(one) for one in self.history], self.starts())

    def starts(self) -> dict[Start, dues.StartPoint]:
        """The moments its limits may count from."""
        return {
            start: dues.StartPoint(
                baseline.on, {str(value.counter_id): value.value for value in baseline.values.all()}, baseline.source
            )
            for start, baseline in self.baselines.items()
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
    )


def read_items(item_ids: Collection[UUID], *, lock: bool = False) -> list[OnRecord]:
    """The open items among these, in the order of their ids, with their records.

    lock  hold the items until the transaction ends: two actions must not work out one item's terms at once
    """
    rows = DueItem.objects.filter(id__in=item_ids, closed_at__isnull=True).order_by("id")
    rows = rows.select_related("revision", "requirement", "aircraft")
    items = list(rows.select_for_update(of=("self",)) if lock else rows)
    counters = _counters({item.aircraft_id for item in items})
    found = {item.id: OnRecord(item, counters[item.aircraft_id]) for item in items}
    for one in _current_accomplishments(found):
        found[one.item_id].history.append(one)
    _add_baselines(found.values())
    return list(found.values())


def _counters(aircraft_ids: Collection[UUID]) -> Mapping[UUID, dict[str, Counter]]:
    found: dict[UUID, dict[str, Counter]] = defaultdict(dict)
    for counter in Counter.objects.filter(aircraft_id__in=aircraft_ids).order_by("position", "name"):
        found[counter.aircraft_id][str(counter.id)] = counter
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
        of_aircraft[record.item.aircraft_id].append(record)
    rows = Baseline.objects.filter(aircraft_id__in=list(of_aircraft), superseded_at__isnull=True)
    for baseline in rows.prefetch_related("values"):
        for record in of_aircraft[baseline.aircraft_id]:
            if baseline.requirement_id == record.item.requirement_id:
                record.baselines[Start(baseline.start)] = baseline
            elif baseline.requirement_id is None:
                record.baselines.setdefault(Start(baseline.start), baseline)
