"""One item explained as of a past day, or as known on a past moment, and when what is known of it changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from hangarlink.fleet.models import Correction, Counter
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.maintenance.programme.days import fresh_since
from hangarlink.maintenance.programme.hindsight import Seen, record_then, seen_from
from hangarlink.maintenance.programme.models import (
    Accomplishment,
    Baseline,
    DueItem,
    EventRecord,
    RequirementRevision,
    Variation,
)
from hangarlink.maintenance.programme.queries.item import ItemDetail, item_detail
from hangarlink.maintenance.programme.records import OnRecord
from hangarlink.maintenance.programme.rules.alerts import windows
from hangarlink.maintenance.programme.rules.explain import explain
from hangarlink.maintenance.programme.rules.forecast import Rate, forecast
from hangarlink.maintenance.programme.rules.status import Usage, status
from hangarlink.maintenance.programme.words import CounterWords, written

MOST_CHANGES = 30


def explained(item_id: UUID, *, as_of: date | None, known_at: datetime | None) -> tuple[ItemDetail, Seen | None]:
    """One item explained as of a day (default today) with what was on record at a moment (default now).

    The second part says from where it looks back; None for the present. Raises Missing, RuleBroken.
    """
    seen = seen_from(as_of, known_at)
    return (item_detail(item_id, as_of=as_of) if seen is None else item_detail_then(item_id, seen)), seen


def item_detail_then(item_id: UUID, seen: Seen) -> ItemDetail:
    """One item as it was, explained. The same question gives the same answer for ever. Raises Missing.

    The forecast goes by the average use of then. Whether the aircraft was in service then is not on record: it is taken
    to have been what it is now.
    """
    record = record_then(item_id, seen)
    standing = record.standing()
    alerts = windows(standing, record.alert_windows(), record.timed())
    found = status(standing, _usage(record, seen), seen.as_of, alerts)
    rates = {name: _rate(counter) for name, counter in record.counters.items()}
    revision = record.item.revision
    source = ", ".join(part for part in (revision.source, f"revision {revision.number}") if part)
    return ItemDetail(
        item=record.item,
        status=found,
        forecast=forecast(found, rates),
        explanation=explain(found, rates, CounterWords(record.counters), source=source),
        counters=dict(record.counters),
        history=record.history[::-1],
    )


@dataclass(frozen=True)
class LearnedChange:
    """A moment at which what is known of an item became something else.

    kind  accomplishment, baseline, revision, event, variation or usage
    what  of which one, in words that hold no personal data
    by    who recorded it, "" when that is not kept
    """

    at: datetime
    kind: str
    what: str
    reason: str = ""
    by: str = ""


def learned_changes(item: DueItem) -> list[LearnedChange]:
    """When knowledge of an item changed, latest first: at most `MOST_CHANGES`. One statement per kind of record.

    Flights told in their turn are left out: they are what is meant by another day.
    """
    found = [
        *_versions(Accomplishment.objects.filter(item=item), "accomplishment", "Work of"),
        *_revisions(item),
        *_variations(item),
    ]
    if item.component_id is None:
        events = EventRecord.objects.filter(aircraft=item.aircraft_id)
        found += [*_versions(events, "event", "Event of"), *_baselines(item), *_corrections(item)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_CHANGES]


def _usage(record: OnRecord, seen: Seen) -> Mapping[str, Usage]:
    fresh, craft = fresh_since(seen.as_of), record.item.aircraft
    serves = craft is not None and craft.status == AircraftStatus.IN_SERVICE
    return {
        name: Usage(one.total, stale=serves and (one.total_at is None or one.total_at < fresh))
        for name, one in record.counters.items()
    }


def _rate(counter: Counter) -> Rate:
    return Rate(counter.recent_amount, counter.recent_days) if counter.recent_days else Rate(0)


def _versions(rows: Iterable[Accomplishment | EventRecord], kind: str, word: str) -> Iterable[LearnedChange]:
    for one in rows:
        verb = "withdrawn" if one.is_withdrawn else "recorded" if one.version == 1 else "corrected"
        yield LearnedChange(
            one.recorded_at, kind, f"{word} {written(one.on)} {verb}", one.reason, one.recorded_by_label
        )


def _baselines(item: DueItem) -> Iterable[LearnedChange]:
    mine = Q(requirement=item.requirement_id) | Q(requirement__isnull=True)
    for one in Baseline.objects.filter(mine, aircraft=item.aircraft_id):
        what = f"Starting point {one.start.replace('_', ' ')} of {written(one.on)} set"
        yield LearnedChange(one.recorded_at, "baseline", what, one.source)


def _revisions(item: DueItem) -> Iterable[LearnedChange]:
    for one in RequirementRevision.objects.filter(requirement=item.requirement_id):
        yield LearnedChange(one.made_at, "revision", f"Revision {one.number} of the requirement", one.reason)


def _variations(item: DueItem) -> Iterable[LearnedChange]:
    for one in Variation.objects.filter(item=item):
        yield LearnedChange(
            one.recorded_at, "variation", f"Variation {one.reference} approved", by=one.recorded_by_label
        )
        if one.withdrawn_at:
            what = f"Variation {one.reference} withdrawn"
            yield LearnedChange(one.withdrawn_at, "variation", what, one.withdrawn_reason, one.withdrawn_by_label)


def _corrections(item: DueItem) -> Iterable[LearnedChange]:
    of_aircraft = Q(flight__aircraft=item.aircraft_id) | Q(entry__counter__aircraft=item.aircraft_id)
    rows = Correction.objects.filter(of_aircraft).select_related("flight", "entry").order_by("-made_at")
    for one in rows[:MOST_CHANGES]:
        day = one.flight.ended_at if one.flight else one.entry.at if one.entry else None
        what = (
            f"Usage of {written(day)} {'cancelled' if one.new is None else 'corrected'}" if day else "Usage corrected"
        )
        yield LearnedChange(one.made_at, "usage", what, one.reason, one.made_by_label)
