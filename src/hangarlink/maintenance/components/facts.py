"""Reads what clocks follow from, for any number of components in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import Q

from hangarlink.fleet.ledger.arrays import literal, walled_cursor
from hangarlink.maintenance.components.models import Clock, ClockEntry, ClockLink, Placement, RatingChange
from hangarlink.maintenance.components.rules.clock import Facts, Period, Told, Turn, rating_at
from hangarlink.maintenance.components.vocabulary import EntryKind, Place, Source

# Every component that any of these was ever installed on, itself included.
_ABOVE = """
WITH RECURSIVE above (id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    SELECT p.parent_id FROM above a JOIN placement p ON p.component_id = a.id AND p.parent_id IS NOT NULL
)
SELECT id FROM above
"""


@dataclass
class Known:
    """Placements and clocks of some components and of all they were ever installed on.

    clocks      by counter
    placements  by component, in order
    facts       by counter
    turns       by component, what it inherits included
    """

    clocks: dict[UUID, Clock] = field(default_factory=dict)
    placements: dict[UUID, list[Placement]] = field(default_factory=dict)
    links: dict[tuple[UUID, UUID], ClockLink] = field(default_factory=dict)
    facts: dict[UUID, Facts] = field(default_factory=dict)
    turns: dict[UUID, list[Turn]] = field(default_factory=dict)

    def now_at(self, component_id: UUID) -> Placement | None:
        """The open placement."""
        periods = self.placements.get(component_id)
        return periods[-1] if periods and periods[-1].until is None else None

    def aircraft_of(self, component_id: UUID) -> UUID | None:
        """The aircraft it is on now, through whatever it is installed on."""
        at: UUID | None = component_id
        while at is not None:
            here = self.now_at(at)
            if here is None:
                return None
            if here.aircraft_id is not None:
                return here.aircraft_id
            at = here.parent_id
        return None


def above(component_ids: Collection[UUID]) -> list[UUID]:
    """These components and all they were ever installed on."""
    with walled_cursor() as cursor:
        cursor.execute(_ABOVE, [literal(component_ids)])
        return [row[0] for row in cursor.fetchall()]


def read_facts(component_ids: Collection[UUID], *, known_at: datetime | None = None) -> Known:
    """What the clocks of these components follow from. Six statements.

    known_at  what was on record at that moment; by default what is on record now
    """
    known = Known()
    ids = above(component_ids)
    if not ids:
        return known
    recorded = _on_record(known_at)
    placements = Placement.objects.filter(recorded, component_id__in=ids).order_by("since")
    by_component: defaultdict[UUID, list[Placement]] = defaultdict(list)
    for placement in placements:
        by_component[placement.component_id].append(_as_known(placement, known_at))
    known.placements = dict(by_component)
    known.clocks = {clock.counter_id: clock for clock in Clock.objects.filter(component_id__in=ids)}
    known.links = {
        (link.placement_id, link.counter_id): link
        for link in ClockLink.objects.filter(counter_id__in=list(known.clocks))
    }
    told = _told(list(known.clocks), recorded)
    changes: defaultdict[UUID, list[Turn]] = defaultdict(list)
    for change in RatingChange.objects.filter(recorded, component_id__in=ids).order_by("at"):
        changes[change.component_id].append(Turn(change.at, change.rating))
    for component_id in ids:
        _turns(component_id, known, changes)
    for counter_id, clock in known.clocks.items():
        known.facts[counter_id] = Facts(
            _periods(known, clock), told.get(counter_id, ()), known.turns.get(clock.component_id, ())
        )
    return known


def _on_record(known_at: datetime | None) -> Q:
    if known_at is None:
        return Q(superseded_at__isnull=True)
    return Q(recorded_at__lte=known_at) & (Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at))


def _as_known(placement: Placement, known_at: datetime | None) -> Placement:
    """Its end, if that was told by then."""
    if known_at is not None and placement.told_until_at is not None and placement.told_until_at > known_at:
        placement.until = None
    return placement


def _told(counter_ids: Collection[UUID], recorded: Q) -> Mapping[UUID, Sequence[Told]]:
    found: defaultdict[UUID, list[Told]] = defaultdict(list)
    for row in ClockEntry.objects.filter(recorded, counter_id__in=counter_ids).order_by("at", "sequence"):
        found[row.counter_id].append(
            Told(EntryKind(row.kind), row.at, row.value, row.last, row.by_rating, row.sequence, row.id)
        )
    return found


def _periods(known: Known, clock: Clock) -> tuple[Period, ...]:
    return tuple(_period(known, clock, placement) for placement in known.placements.get(clock.component_id, ()))


def _period(known: Known, clock: Clock, placement: Placement) -> Period:
    """How the counter moves there. Sent on, or installed without anybody having said what drives it: unknown."""
    place = Place(placement.place)
    since, until = placement.since, placement.until
    if place is Place.SENT_ON:
        return Period(since, until, is_known=until is None)
    if clock.source == Source.METER or not place.is_installed:
        return Period(since, until)
    link = known.links.get((placement.id, clock.counter_id))
    if link is None:
        return Period(since, until, is_known=False)
    return Period(since, until, link.driver_id, Fraction(link.numerator, link.denominator))


def _turns(component_id: UUID, known: Known, changes: Mapping[UUID, list[Turn]]) -> list[Turn]:
    """Its own ratings; before the first of them, those of what it was installed on."""
    if component_id in known.turns:
        return known.turns[component_id]
    own = changes.get(component_id, [])
    known.turns[component_id] = own
    inherited: list[Turn] = []
    for placement in known.placements.get(component_id, ()):
        if placement.parent_id is None:
            inherited.append(Turn(placement.since, ""))
            continue
        carrier = _turns(placement.parent_id, known, changes)
        inherited.append(Turn(placement.since, rating_at(carrier, placement.since)))
        inherited += [
            t for t in carrier if t.at > placement.since and (placement.until is None or t.at < placement.until)
        ]
    before = [t for t in inherited if not own or t.at < own[0].at]
    known.turns[component_id] = [*before, *own]
    return known.turns[component_id]
