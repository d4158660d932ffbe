"""Where counters stood at a moment of the past, with what was on record at another one: folded from the entries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from hangarlink.fleet.rules.fold import UsageEvent, fold, order
from hangarlink.fleet.rules.recent import Window
from hangarlink.fleet.vocabulary import EntryKind


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a counter stood.

    total     seconds or counts; None: unknown then
    total_at  moment of the last entry, None when there was none
    source    who told that entry, "" when there was none
    used      in the `days` whole days of the window; fewer days for a counter that was younger
    """

    total: int | None = None
    total_at: datetime | None = None
    source: str = ""
    used: int = 0
    days: int = 0


# Entries are never changed, only superseded, so what was on record at a moment is what was recorded and not yet
# superseded then. Two branches, because open entries and superseded ones each have an index of their own.
_ENTRIES = """
SELECT counter_id, kind, at, amount, stated, reading, new_start, sequence, id, source
FROM usage_entry WHERE counter_id = ANY(%(counters)s) AND superseded_at IS NULL
  AND at <= %(at)s AND recorded_at <= %(known_at)s
UNION ALL
SELECT counter_id, kind, at, amount, stated, reading, new_start, sequence, id, source
FROM usage_entry WHERE counter_id = ANY(%(counters)s) AND superseded_at > %(known_at)s
  AND at <= %(at)s AND recorded_at <= %(known_at)s
"""


def stood(counter_ids: Collection[UUID], *, at: datetime, known_at: datetime, window: Window) -> Mapping[UUID, Stood]:
    """Where these counters stood at a moment, flights of that very instant included. One statement.

    known_at  what was recorded after this moment is left out, what was corrected after it is as it was before
    window    the days whose use makes the average of then

    Counters without an entry then are missing.
    """
    found: dict[UUID, list[tuple[UsageEvent, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"counters": list(counter_ids), "at": at, "known_at": known_at})
        for counter, kind, when, amount, stated, reading, new_start, sequence, ref, source in cursor.fetchall():
            event = UsageEvent(EntryKind(kind), when, amount, stated, reading, new_start, sequence, ref)
            found[counter].append((event, source))
    return {counter: _stood(rows, window) for counter, rows in found.items()}


def _stood(rows: Iterable[tuple[UsageEvent, str]], window: Window) -> Stood:
    listed = sorted(rows, key=lambda row: order(row[0]))
    events = [event for event, _ in listed]
    folded = fold(events)
    added = {anchor.ref: anchor.added for anchor in folded.anchors}
    inside = [event for event in events if window.start <= event.at < window.end]
    used = sum(event.amount or added.get(event.ref, 0) for event in inside)
    age = (window.as_of - events[0].at.astimezone(UTC).date()).days
    last, source = listed[-1]
    return Stood(folded.state.total, last.at, source, used, max(0, min(window.days, age)))
