"""New versions of accomplishments and baselines: the row that stood is superseded, never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from hangarlink.maintenance.programme.models import (
    Accomplishment,
    AccomplishmentValue,
    Baseline,
    BaselineValue,
    EventRecord,
    EventValue,
    ValueSource,
)
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import new_id

_COPIED = (
    "account_id", "chain", "item_id", "revision_id", "performed_at", "released_at", "due_reference", "on",
    "certificate", "note", "was_due", "was_due_stated", "is_withdrawn", "finding", "satisfied_by",
)  # fmt: skip
_COPIED_EVENT = ("account_id", "chain", "aircraft_id", "code", "at", "on", "source", "note", "is_withdrawn")
_COPIED_BASELINE = ("account_id", "aircraft_id", "requirement_id", "start", "on", "at", "source")


@dataclass(frozen=True)
class Reading:
    """The total of a counter at a moment, and who says so."""

    value: int
    source: ValueSource


Readings = Mapping[UUID, Reading]
ValueRow = TypeVar("ValueRow", AccomplishmentValue, BaselineValue)


@dataclass
class Draft:
    """An accomplishment's version that is about to be written. `replaces` is None for the first one."""

    row: Accomplishment
    readings: Readings
    replaces: Accomplishment | None = None


def next_version(stands: Accomplishment, *, reason: str, acting_user: Actor, **changes: object) -> Accomplishment:
    """An unsaved copy of the version that stands, with changes."""
    row = Accomplishment(**{name: getattr(stands, name) for name in _COPIED} | changes)
    row.version, row.reason = stands.version + 1, reason[:300]
    return signed(row, acting_user)


def signed(row: Accomplishment, acting_user: Actor) -> Accomplishment:
    """Say who records it."""
    row.recorded_by, row.recorded_by_label = acting_user.id, acting_user.label[:200]
    return row


def readings_of(row: Accomplishment | Baseline | EventRecord) -> dict[UUID, Reading]:
    """The values on record."""
    return {value.counter_id: Reading(value.value, ValueSource(value.source)) for value in row.values.all()}


def write_versions(drafts: Sequence[Draft]) -> None:
    """Supersede what is replaced and write the new versions with their values: three statements."""
    replaced = [draft.replaces.id for draft in drafts if draft.replaces]
    Accomplishment.objects.filter(id__in=replaced).update(superseded_at=timezone.now())
    Accomplishment.objects.bulk_create([draft.row for draft in drafts])
    AccomplishmentValue.objects.bulk_create(
        AccomplishmentValue(
            account_id=draft.row.account_id,
            accomplishment=draft.row,
            counter_id=counter_id,
            value=reading.value,
            source=reading.source,
            at=draft.row.due_reference,
        )
        for draft in drafts
        for counter_id, reading in draft.readings.items()
    )


@dataclass
class BaselineDraft:
    """A baseline that is about to be written."""

    row: Baseline
    readings: Readings = field(default_factory=dict)


def renewed(stands: Baseline, readings: Readings, acting_user: Actor) -> BaselineDraft:
    """The same baseline with other values."""
    row = Baseline(id=new_id(), **{name: getattr(stands, name) for name in _COPIED_BASELINE})
    row.recorded_by = acting_user.id
    return BaselineDraft(row, readings)


def write_baselines(drafts: Sequence[BaselineDraft], *, replaces: Iterable[UUID]) -> None:
    """Supersede what is replaced and write the new baselines with their values."""
    Baseline.objects.filter(id__in=list(replaces)).update(superseded_at=timezone.now())
    Baseline.objects.bulk_create([draft.row for draft in drafts])
    BaselineValue.objects.bulk_create(
        BaselineValue(
            account_id=draft.row.account_id,
            baseline=draft.row,
            counter_id=counter_id,
            value=reading.value,
            source=reading.source,
            at=draft.row.at,
        )
        for draft in drafts
        for counter_id, reading in draft.readings.items()
    )


@dataclass
class EventDraft:
    """An event's version that is about to be written. `replaces` is None for the first one."""

    row: EventRecord
    readings: Readings = field(default_factory=dict)
    replaces: EventRecord | None = None


def next_event(stands: EventRecord, *, reason: str, acting_user: Actor, **changes: object) -> EventRecord:
    """An unsaved copy of the version of an event that stands, with changes."""
    row = EventRecord(id=new_id(), **{name: getattr(stands, name) for name in _COPIED_EVENT} | changes)
    row.version, row.reason = stands.version + 1, reason[:300]
    row.recorded_by, row.recorded_by_label = acting_user.id, acting_user.label[:200]
    return row


def write_events(drafts: Sequence[EventDraft]) -> None:
    """Supersede what is replaced and write the new versions of events with their values."""
    replaced = [draft.replaces.id for draft in drafts if draft.replaces]
    EventRecord.objects.filter(id__in=replaced).update(superseded_at=timezone.now())
    EventRecord.objects.bulk_create([draft.row for draft in drafts])
    EventValue.objects.bulk_create(
        EventValue(
            account_id=draft.row.account_id,
            event=draft.row,
            counter_id=counter_id,
            value=reading.value,
            source=reading.source,
            at=draft.row.at,
        )
        for draft in drafts
        for counter_id, reading in draft.readings.items()
    )


def derived(counter_ids: Iterable[UUID], totals: Mapping[tuple[UUID, datetime], int | None], at: datetime) -> Readings:
    """What usage says at a moment; a counter whose total was not known then has no reading."""
    found = {counter: totals.get((counter, at)) for counter in counter_ids}
    return {counter: Reading(value, ValueSource.DERIVED) for counter, value in found.items() if value is not None}
