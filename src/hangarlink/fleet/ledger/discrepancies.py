"""Contradictions that a replay found, against the discrepancies that are on record."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.ledger.replay import Replayed
from hangarlink.fleet.models import Discrepancy
from hangarlink.fleet.rules.fold import Contradiction
from hangarlink.fleet.vocabulary import DiscrepancyCode
from hangarlink.platform.tenancy.context import current_account

GONE = "No longer contradicted."


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Discrepancies raised and settled by a page, and the contradictions nobody knew before."""

    raised: tuple[Discrepancy, ...] = ()
    settled: tuple[Discrepancy, ...] = ()
    new: tuple[Contradiction, ...] = ()


def reconcile(replayed: Mapping[UUID, Replayed], *, now: datetime) -> Reconciled:
    """Raise what is new, update what changed, settle what is gone. At most three statements."""
    found = {c.ref: (counter_id, c) for counter_id, result in replayed.items() for c in result.contradictions}
    rows = list(
        Discrepancy.objects.filter(counter_id__in=list(replayed), code=DiscrepancyCode.READING_BELOW_TOTAL)
        .select_related("entry")
        .order_by("raised_at")
    )
    latest = {row.entry_id: row for row in rows}
    raised = [
        Discrepancy(
            account=current_account(), counter_id=counter_id, entry_id=c.ref, code=DiscrepancyCode.READING_BELOW_TOTAL,
            expected=c.expected, found=c.found,
        )
        for ref, (counter_id, c) in found.items()
        if not _stands_for(latest.get(ref), c)
    ]  # fmt: skip
    replayed_entries = {entry for result in replayed.values() for entry in result.anchors}
    open_rows = [row for row in rows if row.settled_at is None]
    changed = [row for row in open_rows if row.entry_id in found and _update(row, found[row.entry_id][1])]
    gone = [row for row in open_rows if row.entry_id not in found and _is_gone(row, replayed_entries)]
    for row in gone:
        row.settled_at, row.note = now, GONE
    if raised:
        Discrepancy.objects.bulk_create(raised)
    if changed or gone:
        Discrepancy.objects.bulk_update([*changed, *gone], ["expected", "found", "settled_at", "note"])
    return Reconciled(tuple(raised), tuple(gone), tuple(found[row.entry_id][1] for row in raised))


def _stands_for(row: Discrepancy | None, found: Contradiction) -> bool:
    """Whether this row already speaks for the contradiction: it is open, or a person settled these very numbers."""
    if row is None:
        return False
    same = (row.expected, row.found) == (found.expected, found.found)
    return row.settled_at is None or (bool(row.settled_by_label) and same)


def _update(row: Discrepancy, found: Contradiction) -> bool:
    if (row.expected, row.found) == (found.expected, found.found):
        return False
    row.expected, row.found = found.expected, found.found
    return True


def _is_gone(row: Discrepancy, replayed: Collection[UUID]) -> bool:
    """A contradiction further back than the replay began still stands, unless its entry does not."""
    return row.entry_id in replayed or (row.entry is not None and row.entry.superseded_at is not None)
