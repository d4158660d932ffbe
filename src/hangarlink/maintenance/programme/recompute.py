"""Keeps what follows from usage and from earlier records true: derived values, due points answered, terms.

Nothing is patched in place. What is not what it was becomes a new version with its reason, and the terms of the items
are worked out anew (domain rule 1.5). Values a person read stay; where usage disagrees, a discrepancy is raised.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from hangarlink.fleet.models import Counter
from hangarlink.maintenance.programme.derivation import Moment, totals
from hangarlink.maintenance.programme.events import AccomplishmentCorrected
from hangarlink.maintenance.programme.models import (
    Accomplishment,
    Baseline,
    DueTerm,
    EventRecord,
    ValueSource,
)
from hangarlink.maintenance.programme.records import OnRecord, as_rule, read_items
from hangarlink.maintenance.programme.rules import dues
from hangarlink.maintenance.programme.terms import write_terms
from hangarlink.maintenance.programme.versions import (
    Draft,
    EventDraft,
    Readings,
    derived,
    next_event,
    next_version,
    readings_of,
    renewed,
    write_baselines,
    write_events,
    write_versions,
)
from hangarlink.maintenance.programme.watching import note_items
from hangarlink.platform.audit.actions import entry, record_many
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.people.permissions import Actor


def recompute(item_ids: Collection[UUID], *, reason: str, acting_user: Actor) -> None:
    """Work these items out anew from their records, correcting what was derived, and write their terms."""
    records = read_items(item_ids, lock=True)
    known = totals({moment for record in records for one in record.history for moment in _asked(one, _own(record))})
    drafts = [draft for record in records for draft in _Replay(record, known, reason, acting_user).drafts()]
    if drafts:
        write_versions(drafts)
        _tell(drafts, acting_user)
        records = read_items(item_ids)
    note_items(item_ids)
    DueTerm.objects.filter(item_id__in=item_ids).delete()
    write_terms(records)


def rederive_baselines(baseline_ids: Collection[UUID], *, acting_user: Actor) -> None:
    """Ask usage again for the derived values of these baselines and renew those that changed."""
    stands = list(Baseline.objects.filter(id__in=baseline_ids, superseded_at__isnull=True).prefetch_related("values"))
    on_board = _counters_of(stands)
    known = totals({moment for one in stands for moment in _asked(one, on_board[one.aircraft_id])})
    fresh = {one.id: _new(one, known, on_board[one.aircraft_id]) for one in stands}
    drafts = {one.id: renewed(one, fresh[one.id], acting_user) for one in stands if fresh[one.id] != readings_of(one)}
    write_baselines(list(drafts.values()), replaces=drafts)


def rederive_events(event_ids: Collection[UUID], *, reason: str, acting_user: Actor) -> None:
    """Ask usage again for the derived values of these events; those that changed become new versions."""
    stands = list(EventRecord.objects.filter(id__in=event_ids, superseded_at__isnull=True).prefetch_related("values"))
    on_board = _counters_of(stands)
    known = totals({moment for one in stands for moment in _asked(one, on_board[one.aircraft_id])})
    asked = {one.id: _new(one, known, on_board[one.aircraft_id]) for one in stands}
    fresh = {one.id: asked[one.id] for one in stands if asked[one.id] != readings_of(one)}
    write_events(
        [
            EventDraft(next_event(one, reason=reason, acting_user=acting_user), fresh[one.id], replaces=one)
            for one in stands
            if one.id in fresh
        ]
    )


def _own(record: OnRecord) -> Sequence[UUID]:
    return [counter.id for counter in record.counters.values()]


def _counters_of(rows: Iterable[Baseline | EventRecord]) -> Mapping[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    aircraft = {row.aircraft_id for row in rows}
    for craft, counter in Counter.objects.filter(aircraft_id__in=aircraft).values_list("aircraft_id", "id"):
        if craft is not None:
            found[craft].append(counter)
    return found


def _asked(row: Accomplishment | Baseline | EventRecord, counters: Iterable[UUID]) -> set[Moment]:
    """What usage is asked for: every counter that nobody read then, also one whose total was not known so far."""
    read = {value.counter_id for value in row.values.all() if value.source == ValueSource.READ}
    at = row.due_reference if isinstance(row, Accomplishment) else row.at
    return {(counter, at) for counter in counters if counter not in read}


def _new(
    row: Accomplishment | Baseline | EventRecord, known: Mapping[Moment, int | None], counters: Iterable[UUID]
) -> Readings:
    """Values read by a person as they are, the others as usage says now."""
    read = {counter: one for counter, one in readings_of(row).items() if one.source is ValueSource.READ}
    return read | {c: r for counter, at in _asked(row, counters) for c, r in derived([counter], known, at).items()}


@dataclass
class _Replay:
    """One item's history gone through again, from the first accomplishment to the last."""

    record: OnRecord
    known: Mapping[Moment, int | None]
    reason: str
    acting_user: Actor

    def drafts(self) -> Iterable[Draft]:
        """New versions of the accomplishments that are not what they were."""
        so_far = list[dues.Accomplishment]()
        for one in self.record.history:
            readings = _new(one, self.known, _own(self.record))
            before = self.record.stood(so_far, revision=one.revision, at=one.due_reference)
            was_due = one.was_due if one.was_due_stated else due_points(before.dues())
            if readings != readings_of(one) or was_due != one.was_due:
                yield Draft(self._version(one, was_due), readings, replaces=one)
            so_far.append(_with(as_rule(one), readings, was_due))

    def _version(self, one: Accomplishment, was_due: Mapping[str, Any]) -> Accomplishment:
        row = next_version(one, reason=self.reason, acting_user=self.acting_user, was_due=was_due)
        row.item = self.record.item
        return row


def due_points(found: Mapping[str, dues.Due]) -> dict[str, Any]:
    """Due points by path as a record keeps them."""
    return {path: dues.due_to_json(due) for path, due in found.items()}


def _with(one: dues.Accomplishment, readings: Readings, was_due: Mapping[str, Any]) -> dues.Accomplishment:
    values = {str(counter): reading.value for counter, reading in readings.items()}
    return replace(one, values=values, was_due={path: dues.due_from_json(due) for path, due in was_due.items()})


def _tell(drafts: Collection[Draft], acting_user: Actor) -> None:
    record_many(
        entry(
            acting_user, draft.row, "recomputed", old=summary(draft.replaces), new=_summary(draft.row, draft.readings)
        )
        for draft in drafts
        if draft.replaces
    )
    announce_many(
        AccomplishmentCorrected(
            draft.row.chain, draft.row.item.requirement_id, draft.row.item.aircraft_id, draft.row.version
        )
        for draft in drafts
    )


def summary(row: Accomplishment) -> dict[str, Any]:
    """What the audit trail keeps of a version."""
    return _summary(row, readings_of(row))


def _summary(row: Accomplishment, readings: Readings) -> dict[str, Any]:
    return {
        "version": row.version,
        "on": row.on,
        "reason": row.reason,
        "values": {str(counter): reading.value for counter, reading in readings.items()},
        "was_due": row.was_due,
    }
