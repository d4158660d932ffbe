"""The mappings of linked aircraft, read and proposed a page at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.models import Counter, UsageEntry
from hangarlink.fleet.vocabulary import CounterKind, EntryKind
from hangarlink.integration.connections.models import Link
from hangarlink.integration.datasets.mapping import NOTHING, CounterView, Logs, propose
from hangarlink.integration.datasets.models import CounterMapping, Origin
from hangarlink.platform.tenancy.context import current_account

ByLink = dict[UUID, dict[str, tuple[UUID, ...]]]


def mappings_of(links: Iterable[Link]) -> ByLink:
    """Source -> counters for each link, in one query; an ignored source has no counters."""
    found: ByLink = {link.id: {} for link in links}
    rows = CounterMapping.objects.filter(link__in=list(found)).exclude(source=NOTHING).order_by("source", "id")
    for link_id, source, counter_id in rows.values_list("link_id", "source", "counter_id"):
        before = found[link_id].get(source, ())
        found[link_id][source] = before if counter_id is None else (*before, counter_id)
    return found


def propose_mappings(logs: Mapping[UUID, Logs], links: Mapping[UUID, Link], mapped: ByLink) -> bool:
    """Map what is plain for these links, and say whether anything was. Two queries and one write at most.

    Changes `mapped` too, so that it need not be read again.
    """
    counters = _free_counters({links[link_id].internal_id: link_id for link_id in logs})
    added = []
    for link_id, told in logs.items():
        for source, counter_id in propose(told, counters[link_id], mapped[link_id]):
            added.append(_row(links[link_id], source, counter_id))
            mapped[link_id][source] = (*mapped[link_id].get(source, ()), counter_id)
    CounterMapping.objects.bulk_create(added)
    return bool(added)


def _free_counters(aircraft: Mapping[UUID | None, UUID]) -> defaultdict[UUID, list[CounterView]]:
    """By link, the counters that nothing feeds. One that another connection feeds is not free: two partners would
    count the same flight twice."""
    rows = Counter.objects.filter(aircraft_id__in=[one for one in aircraft if one]).order_by("position", "name")
    taken = set(CounterMapping.objects.filter(counter_id__in=rows.values("id")).values_list("counter_id", flat=True))
    found: defaultdict[UUID, list[CounterView]] = defaultdict(list)
    for counter_id, aircraft_id, kind, name, slot in rows.values_list("id", "aircraft_id", "kind", "name", "slot"):
        if counter_id not in taken:
            found[aircraft[aircraft_id]].append(CounterView(counter_id, CounterKind(kind), name, slot))
    return found


def _row(link: Link, source: str, counter_id: UUID) -> CounterMapping:
    return CounterMapping(
        account=current_account(), link=link, source=source, counter_id=counter_id, origin=Origin.AUTOMATIC
    )


class Openings:
    """When each counter's opening balance was taken; asked once, and only if a flight lacks a log."""

    def __init__(self, mapped: ByLink) -> None:
        self._mapped = mapped
        self._found: dict[UUID, datetime] | None = None

    def __call__(self, counter_id: UUID) -> datetime | None:
        if self._found is None:
            counters = [one for sources in self._mapped.values() for fed in sources.values() for one in fed]
            rows = UsageEntry.objects.filter(
                counter_id__in=counters, kind=EntryKind.OPENING, superseded_at__isnull=True
            ).order_by("-at")
            self._found = dict(rows.values_list("counter_id", "at"))
        return self._found.get(counter_id)
