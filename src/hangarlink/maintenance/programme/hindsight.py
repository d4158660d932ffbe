"""An item as it was: what had happened by a day, as far as it was on record at a moment.

Two times, kept apart. A flight of May that was typed in June is missing in May's answer "as known on" the last of May,
and present in the answer for May as it is known now. Records are never changed, only replaced by new versions, so both
questions have one answer for ever: the versions of then are read, and everything is worked out from them by the rules.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from hangarlink.fleet.models import Counter
from hangarlink.fleet.queries.past import Stood, stood
from hangarlink.fleet.rules.recent import window
from hangarlink.maintenance.programme.days import day_of, start_of, today
from hangarlink.maintenance.programme.derivation import totals
from hangarlink.maintenance.programme.models import (
    Accomplishment,
    Baseline,
    DueItem,
    EventRecord,
    RequirementRevision,
    Variation,
)
from hangarlink.maintenance.programme.records import OnRecord
from hangarlink.maintenance.programme.rules.limits import Start
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.tenancy.context import current_account


@dataclass(frozen=True)
class Seen:
    """From where a question looks back.

    as_of     the day it asks about: what happened later is left out
    known_at  the moment whose records answer: what was recorded or corrected later is left out
    """

    as_of: date
    known_at: datetime

    @property
    def until(self) -> datetime:
        """The last moment of the day asked about."""
        return start_of(self.as_of + timedelta(days=1)) - timedelta(microseconds=1)


def seen_from(as_of: date | None, known_at: datetime | None) -> Seen | None:
    """Where a question looks back from; None when it asks about the present or the future as known now.

    Raises RuleBroken for knowledge of the future.
    """
    if known_at is None:
        return None if as_of is None or as_of >= today() else Seen(as_of, timezone.now())
    if known_at > timezone.now():
        raise RuleBroken(
            f"known_at: {known_at:%Y-%m-%d %H:%M} UTC is in the future. Nobody knows then yet; leave it out for now.",
            field="known_at",
        )
    return Seen(as_of or day_of(known_at), known_at)


def record_then(item_id: UUID, seen: Seen) -> OnRecord:
    """One item with everything its due points followed from then. A fixed number of statements.

    Raises Missing for an item that nothing demanded, as far as was known then; RuleBroken for a component's item, whose
    past placements are not read as they were known.
    """
    rows = DueItem.objects.select_related("requirement", "aircraft", "revision")
    still_open = Q(closed_at__isnull=True) | Q(closed_at__gt=seen.known_at)
    item = rows.filter(still_open, pk=item_id, created_at__lte=seen.known_at).first()
    if item is None:
        raise Missing("There is no such due item in this account, or nothing demanded it at that time.")
    if item.component_id is not None:
        raise RuleBroken(
            "Looking back is for items of an aircraft. This one is a component's: its page shows where it was when.",
            field="as_of",
        )
    item.revision = _revision(item, seen)
    record = OnRecord(item, _counters(item))
    record.history += _history(item, seen)
    record.baselines.update(_baselines(item, seen))
    record.events += _events(item, seen)
    record.variations += _variations(item, seen)
    _set_back(record, seen)
    return record


def _revision(item: DueItem, seen: Seen) -> RequirementRevision:
    """The one in force: the last that was made by then. Before the first, the first."""
    made = RequirementRevision.objects.filter(requirement=item.requirement_id, made_at__lte=seen.known_at)
    return (
        made.filter(made_at__lte=seen.until).order_by("-number").first()
        or made.order_by("number").first()
        or (item.revision)
    )


def _history(item: DueItem, seen: Seen) -> list[Accomplishment]:
    """The last version of each that was on record. By number, so that none is missed between two versions."""
    rows = Accomplishment.objects.filter(item=item, recorded_at__lte=seen.known_at)
    last = rows.order_by("chain", "-version").distinct("chain").select_related("revision").prefetch_related("values")
    happened = [one for one in last if not one.is_withdrawn and one.due_reference <= seen.until]
    return sorted(happened, key=lambda one: (one.due_reference, one.chain))


def _events(item: DueItem, seen: Seen) -> list[EventRecord]:
    rows = EventRecord.objects.filter(aircraft=item.aircraft_id, recorded_at__lte=seen.known_at)
    last = rows.order_by("chain", "-version").distinct("chain").prefetch_related("values")
    happened = [one for one in last if not one.is_withdrawn and one.at <= seen.until]
    return sorted(happened, key=lambda one: (one.at, one.chain))


def _baselines(item: DueItem, seen: Seen) -> Mapping[Start, Baseline]:
    """The last one said of each start; one for the requirement itself comes before one of the whole aircraft."""
    mine = Q(requirement=item.requirement_id) | Q(requirement__isnull=True)
    rows = Baseline.objects.filter(mine, aircraft=item.aircraft_id, recorded_at__lte=seen.known_at)
    said = {
        (one.start, one.requirement_id): one for one in rows.order_by("recorded_at", "id").prefetch_related("values")
    }
    found: dict[Start, Baseline] = {}
    for (start, requirement), one in sorted(said.items(), key=lambda pair: pair[0][1] is None):
        if one.on <= seen.as_of and (requirement or Start(start) not in found):
            found[Start(start)] = one
    return found


def _variations(item: DueItem, seen: Seen) -> Iterable[Variation]:
    rows = Variation.objects.filter(item=item, recorded_at__lte=seen.known_at, approved_on__lte=seen.as_of)
    return rows.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=seen.known_at)).order_by("recorded_at", "id")


def _counters(item: DueItem) -> dict[str, Counter]:
    rows = Counter.objects.filter(aircraft=item.aircraft_id).order_by("position", "name")
    return {str(counter.pk): counter for counter in rows}


def _set_back(record: OnRecord, seen: Seen) -> None:
    """Put the counters that matter where they stood. A planned rate has no past: then its average of then counts."""
    measured = {UUID(name) for name in record.binding.values()} & {one.pk for one in record.counters.values()}
    days = window(min(seen.until, seen.known_at), current_account().utilisation_days)
    found = stood(measured, at=seen.until, known_at=seen.known_at, window=days)
    # What follows from other counters has no entries of its own.
    other = totals({(counter, seen.until) for counter in measured - found.keys()})
    record.counters = {
        name: _as_it_stood(counter, found.get(counter.pk, Stood(other.get((counter.pk, seen.until)))))
        for name, counter in record.counters.items()
    }


def _as_it_stood(counter: Counter, then: Stood) -> Counter:
    set_back = copy(counter)
    set_back.total, set_back.total_at, set_back.daily_rate = then.total, then.total_at, None
    set_back.recent_amount, set_back.recent_days = then.used, then.days
    return set_back
