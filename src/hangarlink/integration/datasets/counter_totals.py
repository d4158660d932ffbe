"""Adapter: the partner's own totals, to compare with ours and to offer an opening balance. It never writes a total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Sum

from hangarlink.fleet.actions import PartnerTotal, compare_partner_totals
from hangarlink.fleet.models import Counter, UsageEntry
from hangarlink.fleet.vocabulary import CounterKind, EntryKind
from hangarlink.integration.connections.models import LinkState
from hangarlink.integration.contract import CounterTotals, Dataset, by_source
from hangarlink.integration.datasets.gaps import judge
from hangarlink.integration.datasets.mapping import LANDINGS, NOTHING
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.synclog.vocabulary import Verdict


@dataclass
class Compared:
    """A mapped counter beside the partner's total of the same thing."""

    mapping: CounterMapping
    counter: Counter
    is_discrepancy: bool = False


def apply(records: Sequence[CounterTotals], deleted: Sequence[str], context: Context) -> list[Outcome]:
    """Compare a page of totals. What differs for long is raised as a discrepancy of the counter, not as a record."""
    del deleted
    compared = _compared(records, context)
    imported = _imported([one.counter.id for one in compared if one.counter.total is None], context)
    for one in compared:
        _judge(one, imported, context)
    CounterMapping.objects.bulk_update(
        [one.mapping for one in compared],
        ["partner_total", "partner_total_at", "opening_offer", "gap", "gap_since"],
        batch_size=500,
    )
    compare_partner_totals([_told(one) for one in compared if one.counter.total is not None], acting_user=context.actor)
    return []


def failed(record: CounterTotals, reason: str) -> Outcome:
    return Outcome(record.external_id, Verdict.FAILED, record.external_id, code="internal", reason=reason)


def again(payload: Mapping[str, Any]) -> CounterTotals:
    del payload
    raise LookupError("Nothing of this dataset is kept for another try.")


def absent(seen: set[str], context: Context) -> list[Outcome]:
    del seen, context
    return []


def _compared(records: Sequence[CounterTotals], context: Context) -> list[Compared]:
    told = {totals.external_id: totals for totals in records}
    mappings = list(
        CounterMapping.objects.filter(
            link__connection=context.connection,
            link__dataset=Dataset.AIRCRAFT,
            link__state=LinkState.LINKED,
            link__external_id__in=list(told),
            counter_id__isnull=False,
        )
        .exclude(source=NOTHING)
        .select_related("link")
    )
    counters = Counter.objects.in_bulk([mapping.counter_id for mapping in mappings if mapping.counter_id])
    compared = []
    for mapping in mappings:
        counter = counters.get(mapping.counter_id) if mapping.counter_id else None
        totals = told[mapping.link.external_id]
        theirs = None if counter is None else _total_of(mapping.source, counter, totals)
        if counter is not None and theirs is not None:
            mapping.partner_total, mapping.partner_total_at = theirs, totals.as_of
            compared.append(Compared(mapping, counter))
    return compared


def _total_of(source: str, counter: Counter, totals: CounterTotals) -> int | None:
    """The partner counts landings, and time per log; it keeps no cycles."""
    if source == LANDINGS:
        return totals.total_landings if counter.kind == CounterKind.LANDINGS else None
    log = by_source(totals.logs).get(source)
    return None if log is None else log.total_seconds


def _imported(counter_ids: Sequence[UUID], context: Context) -> dict[UUID, int]:
    """What the flights of this partner add up to, per counter."""
    rows = (
        UsageEntry.objects.filter(
            counter_id__in=counter_ids,
            kind=EntryKind.FLIGHT,
            superseded_at__isnull=True,
            flight__source=context.connection.source,
            flight__cancelled_at__isnull=True,
        )
        .values_list("counter_id")
        .annotate(flown=Sum("amount"))
    )
    return dict(rows)


def _judge(one: Compared, imported: Mapping[UUID, int], context: Context) -> None:
    mapping, ours, theirs = one.mapping, one.counter.total, one.mapping.partner_total or 0
    if ours is None:
        mapping.gap, mapping.gap_since = None, None
        offer = theirs - imported.get(one.counter.id, 0)
        mapping.opening_offer = offer if offer >= 0 else None
        return
    judged = judge(ours=ours, theirs=theirs, was=mapping.gap, since=mapping.gap_since, now=context.now)
    mapping.gap, mapping.gap_since, mapping.opening_offer = judged.gap, judged.since, None
    one.is_discrepancy = judged.is_discrepancy


def _told(one: Compared) -> PartnerTotal:
    return PartnerTotal(one.counter, one.mapping.partner_total or 0, one.mapping.gap or 0, one.is_discrepancy)
