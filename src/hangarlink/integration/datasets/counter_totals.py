"""Adapter: the partner's own totals, to compare with ours and to offer an opening balance. It never writes a total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Sum

from hangarlink.fleet import events
from hangarlink.fleet.models import Counter, Discrepancy, UsageEntry
from hangarlink.fleet.vocabulary import CounterKind, DiscrepancyCode, EntryKind
from hangarlink.integration.connections.models import LinkState
from hangarlink.integration.contract import CounterTotals, Dataset, by_source
from hangarlink.integration.datasets.gaps import judge
from hangarlink.integration.datasets.mapping import LANDINGS, NOTHING
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.platform.audit.actions import entry, record_many
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.tenancy.context import current_account


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
    _keep_discrepancies(compared, context)
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


def _keep_discrepancies(compared: Sequence[Compared], context: Context) -> None:
    """Raise what is new, follow what changed, settle what is gone. Events: discrepancy.raised, discrepancy.settled."""
    rows = Discrepancy.objects.filter(
        counter__in=[one.counter.id for one in compared], code=DiscrepancyCode.PARTNER_TOTAL
    ).order_by("raised_at")
    latest = {row.counter_id: row for row in rows}
    raised, changed, told = [], [], list[Event]()
    for one in compared:
        row = latest.get(one.counter.id)
        is_open = row is not None and row.settled_at is None
        if row is not None and is_open and one.mapping.gap == 0:
            row.settled_at, row.note = context.now, "The totals agree again."
            changed.append(row)
            told.append(events.DiscrepancySettled(row.id, row.counter_id, row.code))
        elif row is not None and is_open:
            row.expected, row.found = one.counter.total, one.mapping.partner_total
            changed.append(row)
        elif one.is_discrepancy and not _is_accepted(row, one.mapping.gap):
            new = _discrepancy(one)
            raised.append(new)
            told.append(events.DiscrepancyRaised(new.id, new.counter_id, new.code))
    Discrepancy.objects.bulk_create(raised)
    Discrepancy.objects.bulk_update(changed, ["settled_at", "note", "expected", "found"])
    values = ("code", "expected", "found")
    record_many(
        entry(context.actor, row, "raised", new={name: getattr(row, name) for name in values}) for row in raised
    )
    if told:
        announce_many(told)


def _is_accepted(row: Discrepancy | None, gap: int | None) -> bool:
    """A person has looked at this very difference and settled it."""
    return row is not None and row.settled_by is not None and (row.found or 0) - (row.expected or 0) == gap


def _discrepancy(one: Compared) -> Discrepancy:
    return Discrepancy(
        account=current_account(),
        counter=one.counter,
        code=DiscrepancyCode.PARTNER_TOTAL,
        expected=one.counter.total,
        found=one.mapping.partner_total,
    )
