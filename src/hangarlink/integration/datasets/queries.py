"""What the pages of a connection show: which aircraft match and why not, which log feeds what. Set-wise."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.integration.connections.models import Connection, Link, LinkState
from hangarlink.integration.contract import Dataset, LogKind, by_source
from hangarlink.integration.datasets.linking import aircraft_of, logs_of, our_fleet
from hangarlink.integration.datasets.mapping import FLIGHTS, LANDINGS, NOTHING, name_of, unit_of
from hangarlink.integration.datasets.matching import Code, Fleet
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.platform.people.permissions import Actor, require

FEEDABLE = frozenset({*LogKind, CounterKind.LANDINGS, CounterKind.CYCLES})


@dataclass(frozen=True)
class Fed:
    """A counter and the mapping that feeds it."""

    counter: Counter
    mapping: CounterMapping


@dataclass(frozen=True)
class Source:
    """Something the partner counts on an aircraft: one line of the mapping page.

    slot, measure  of a log; "" for landings and flights
    fed            the counters it feeds
    is_ignored     feeds none on purpose; with neither `fed` nor this, flights that have it are refused
    choices        counters of the aircraft that it could feed
    """

    source: str
    name: str
    slot: str
    measure: str
    fed: tuple[Fed, ...]
    is_ignored: bool
    choices: tuple[Counter, ...]

    @property
    def is_open(self) -> bool:
        """Somebody has to decide. Landings and flights that feed nothing harm nobody."""
        return not self.fed and not self.is_ignored and self.source not in {LANDINGS, FLIGHTS}


@dataclass(frozen=True)
class Matched:
    """One of the partner's aircraft: one line of the matching report.

    aircraft  ours, or None; then `reason` says why and what to do
    sources   its lines of the mapping page; empty without an aircraft
    unfed     counters of ours that a partner could feed and nothing does: they stand still while the aircraft flies
    """

    link: Link
    aircraft: Aircraft | None
    reason: str
    sources: tuple[Source, ...]
    unfed: tuple[Counter, ...]

    @property
    def needs_attention(self) -> bool:
        is_open = bool(self.unfed) or any(source.is_open for source in self.sources)
        return self.link.state == LinkState.UNMATCHED or is_open


def matching_report(connection: Connection, *, acting_user: Actor) -> list[Matched]:
    """Every aircraft the partner has shown, those that need somebody first. Six queries; needs integrations.view."""
    require(acting_user, "integrations.view")
    links = list(Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT).order_by("label"))
    aircraft = Aircraft.objects.select_related("aircraft_model").in_bulk(
        [link.internal_id for link in links if link.internal_id]
    )
    counters = _counters(aircraft)
    mappings = _mappings(links)
    # By whatever connection, and also where somebody decided that nothing should.
    fed = set(CounterMapping.objects.filter(counter_id__isnull=False).values_list("counter_id", flat=True))
    fleet = our_fleet()
    report = [
        Matched(
            link,
            aircraft.get(link.internal_id) if link.internal_id else None,
            _reason(link, fleet),
            _sources(link, counters[link.internal_id], mappings[link.id]) if link.internal_id else (),
            _unfed(counters[link.internal_id], fed) if link.internal_id else (),
        )
        for link in links
    ]
    return sorted(report, key=lambda row: (not row.needs_attention, row.link.state, row.link.label))


def link_of(connection: Connection, external_id: str) -> Link | None:
    return Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT, external_id=external_id).first()


@dataclass(frozen=True)
class Offer:
    """A total that may be adopted: `opening` is `partner_total` less what was imported, in the counter's unit."""

    counter: Counter
    partner_total: int
    partner_total_at: datetime
    opening: int

    @property
    def registration(self) -> str:
        """Of the aircraft: a partner's total is never of a component."""
        return self.counter.aircraft.registration if self.counter.aircraft else ""


def opening_offers(connection: Connection, *, acting_user: Actor) -> list[Offer]:
    """Counters whose total is unknown here and known at the partner. Needs integrations.view."""
    require(acting_user, "integrations.view")
    rows = list(CounterMapping.objects.filter(link__connection=connection, opening_offer__isnull=False))
    counters = Counter.objects.select_related("aircraft").in_bulk([row.counter_id for row in rows if row.counter_id])
    return [
        Offer(counters[row.counter_id], row.partner_total, row.partner_total_at, row.opening_offer)
        for row in rows
        if row.counter_id in counters
        and row.partner_total is not None
        and row.partner_total_at is not None
        and row.opening_offer is not None
        and counters[row.counter_id].total is None
    ]


def _reason(link: Link, fleet: Fleet) -> str:
    """As things are now: what was mended since the last sync shows at once."""
    if link.state == LinkState.LINKED:
        return "" if link.is_listed else "The partner no longer lists this aircraft."
    if link.is_pinned:
        return "Ignored: somebody chose so."
    match = fleet.match(aircraft_of(link))
    if match.aircraft_id is not None and link.code == Code.TAKEN:
        return f"{fleet.by_id[match.aircraft_id].registration} is linked to another aircraft of the partner."
    if match.aircraft_id is not None:
        return f"Matches {fleet.by_id[match.aircraft_id].registration} now; the next sync links it."
    return match.reason


def _unfed(counters: Sequence[Counter], fed: set[UUID | None]) -> tuple[Counter, ...]:
    return tuple(counter for counter in counters if counter.kind in FEEDABLE and counter.id not in fed)


def _counters(aircraft: Iterable[UUID]) -> defaultdict[UUID | None, list[Counter]]:
    found: defaultdict[UUID | None, list[Counter]] = defaultdict(list)
    for counter in Counter.objects.filter(aircraft_id__in=list(aircraft)).order_by("position", "name"):
        found[counter.aircraft_id].append(counter)
    return found


def _mappings(links: Sequence[Link]) -> defaultdict[UUID, list[CounterMapping]]:
    found: defaultdict[UUID, list[CounterMapping]] = defaultdict(list)
    for mapping in CounterMapping.objects.filter(link__in=links).exclude(source=NOTHING).order_by("source"):
        found[mapping.link_id].append(mapping)
    return found


def _sources(link: Link, counters: Sequence[Counter], mappings: Sequence[CounterMapping]) -> tuple[Source, ...]:
    logs = by_source(logs_of(link))
    names = list(dict.fromkeys([*logs, *(mapping.source for mapping in mappings), LANDINGS, FLIGHTS]))
    names.sort(key=lambda name: (name in {LANDINGS, FLIGHTS}, name == FLIGHTS, name not in logs))
    by_id = {counter.id: counter for counter in counters}
    return tuple(
        Source(
            source=name,
            name=name_of(name),
            slot=logs[name].slot.value if name in logs else "",
            measure=logs[name].measure.value if name in logs else "",
            fed=tuple(
                Fed(by_id[mapping.counter_id], mapping)
                for mapping in mappings
                if mapping.source == name and mapping.counter_id in by_id
            ),
            is_ignored=any(mapping.source == name and mapping.counter_id is None for mapping in mappings),
            choices=tuple(counter for counter in counters if counter.unit == unit_of(name).value),
        )
        for name in names
    )
