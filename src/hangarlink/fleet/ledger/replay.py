"""Totals computed again from the nearest opening, reading or replacement before a late or corrected event."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hangarlink.fleet.ledger.arrays import literal, walled_cursor
from hangarlink.fleet.rules.fold import Contradiction, Derived, State, UsageEvent, fold
from hangarlink.fleet.vocabulary import EntryKind


class _Anchor(NamedTuple):
    """An opening, reading or replacement, what is derived on it now, and what was flown since the one before."""

    counter_id: UUID
    id: UUID
    kind: str
    at: datetime
    sequence: int
    stated: int | None
    reading: int | None
    new_start: int | None
    total_after: int | None
    offset_after: int | None
    added: int | None
    flown: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """One counter after its replay.

    known_from      moment of its first anchor; anchored_at: of its last; None without any
    anchors         ids of the anchors that were replayed
    rewritten       how many of them are not what they were
    """

    state: State
    known_from: datetime | None
    anchored_at: datetime | None
    anchors: tuple[UUID, ...]
    contradictions: tuple[Contradiction, ...]
    rewritten: int


_STARTS = """
SELECT w.counter_id, s.at, s.total_after, s.offset_after, l.at,
       coalesce((SELECT sum(f.amount) FROM usage_entry f
                 WHERE f.counter_id = w.counter_id AND f.superseded_at IS NULL AND f.at > l.at), 0)::bigint,
       (SELECT min(e.at) FROM usage_entry e
        WHERE e.counter_id = w.counter_id AND e.superseded_at IS NULL AND e.kind <> 'flight')
FROM unnest(%s::uuid[], %s::timestamptz[]) AS w (counter_id, since)
LEFT JOIN LATERAL (
  SELECT e.at, e.total_after, e.offset_after FROM usage_entry e
  WHERE e.counter_id = w.counter_id AND e.superseded_at IS NULL AND e.kind <> 'flight' AND e.at < w.since
  ORDER BY e.at DESC, e.sequence DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (
  SELECT e.at FROM usage_entry e
  WHERE e.counter_id = w.counter_id AND e.superseded_at IS NULL AND e.kind <> 'flight'
  ORDER BY e.at DESC, e.sequence DESC LIMIT 1) l ON true
"""

# Between two anchors there are only flights, and only flights have an amount. What was flown before the first anchor of
# all is in it already.
_ANCHORS = """
SELECT a.counter_id, a.id, a.kind, a.at, a.sequence, a.stated, a.reading, a.new_start,
       a.total_after, a.offset_after, a.added,
       CASE WHEN a.before IS NULL THEN 0 ELSE coalesce((
         SELECT sum(f.amount) FROM usage_entry f
         WHERE f.counter_id = a.counter_id AND f.superseded_at IS NULL
           AND f.at > a.before AND f.at <= a.at), 0) END::bigint
FROM (SELECT e.*, coalesce(lag(e.at) OVER (PARTITION BY e.counter_id ORDER BY e.at, e.sequence), w.start) AS before
      FROM unnest(%s::uuid[], %s::timestamptz[]) AS w (counter_id, start)
      JOIN usage_entry e ON e.counter_id = w.counter_id AND e.superseded_at IS NULL AND e.kind <> 'flight'
       AND (w.start IS NULL OR e.at > w.start)) a
"""

_REWRITE = """
UPDATE usage_entry e SET total_after = w.total_after, offset_after = w.offset_after, added = w.added
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[]) AS w (id, total_after, offset_after, added)
WHERE e.id = w.id
"""


def replay(since: Mapping[UUID, datetime]) -> dict[UUID, Replayed]:
    """Recompute these counters from these moments on, and write what is derived on their anchors.

    Three statements and the fold, however many counters and entries.
    """
    if not since:
        return {}
    with walled_cursor() as cursor:
        cursor.execute(_STARTS, [literal(since), literal(since.values())])
        starts = cursor.fetchall()
        cursor.execute(_ANCHORS, [literal(row[0] for row in starts), literal(row[1] for row in starts)])
        anchors: defaultdict[UUID, list[_Anchor]] = defaultdict(list)
        for row in cursor.fetchall():
            anchors[row[0]].append(_Anchor(*row))
    results, rewritten = {}, []
    for counter_id, start_at, total, offset, last_at, tail, first_at in starts:
        start = State() if start_at is None else State(total, offset)
        found = anchors[counter_id]
        folded = fold(_events(found), start)
        state = folded.state if last_at is None else fold([_flown(last_at, tail)], folded.state).state
        changed = _changed(found, folded.anchors)
        rewritten += changed
        results[counter_id] = Replayed(
            state, first_at, last_at, tuple(a.id for a in found), folded.contradictions, len(changed)
        )
    _write(rewritten)
    return results


def _events(anchors: Sequence[_Anchor]) -> list[UsageEvent]:
    """The anchors, with all flights between two of them as one: flights only add, so their sum is enough."""
    events = []
    for a in anchors:
        anchor = UsageEvent(
            EntryKind(a.kind), a.at, None, a.stated, a.reading, a.new_start, sequence=a.sequence, ref=a.id
        )
        events += [_flown(a.at, a.flown), anchor]
    return events


def _flown(at: datetime, amount: int) -> UsageEvent:
    return UsageEvent(EntryKind.FLIGHT, at, amount)


def _changed(anchors: Sequence[_Anchor], derived: Sequence[Derived]) -> list[Derived]:
    stood: dict[UUID | None, tuple[int | None, int | None, int | None]] = {
        a.id: (a.total_after, a.offset_after, a.added) for a in anchors
    }
    return [d for d in derived if stood[d.ref] != (d.state.total, d.state.offset, d.added)]


def _write(derived: Sequence[Derived]) -> None:
    if not derived:
        return
    columns = [
        literal(d.ref for d in derived),
        literal(d.state.total for d in derived),
        literal(d.state.offset for d in derived),
        literal(d.added for d in derived),
    ]
    with walled_cursor() as cursor:
        cursor.execute(_REWRITE, columns)
