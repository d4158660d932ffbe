"""What people type about a counter: its opening balance, readings, changed instruments. And taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet import events
from hangarlink.fleet.actions.anchors import Desk
from hangarlink.fleet.models import Counter, UsageEntry
from hangarlink.fleet.rules.readings import check_amount, check_moment, check_reason
from hangarlink.fleet.vocabulary import EntryKind, Unit
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.people.permissions import Actor, require


@transaction.atomic
def set_opening(
    counter: Counter, *, total: int, at: datetime, acting_user: Actor, reading: int | None = None, reason: str = ""
) -> UsageEntry:
    """Say where a counter stood at a moment; flights before it are in that total already.

    total    whole seconds or counts
    reading  what the instrument showed then, when that is not the total
    reason   needed when an opening is changed: that is a correction, and the old one is kept

    Raises RuleBroken for a total that an earlier or later entry contradicts. Events: opening.set, usage.corrected.
    """
    require(acting_user, "fleet.record_usage")
    unit = Unit(counter.unit)
    check_moment(at, timezone.now())
    check_amount(total, unit, field="total")
    if reading is not None:
        check_amount(reading, unit, field="reading")
    desk = Desk(counter.id, acting_user)
    opening = UsageEntry(kind=EntryKind.OPENING, at=at, stated=total, reading=reading, source="manual")
    stood = desk.opening()
    if stood is None:
        desk.add(opening)
    elif (stood.at, stood.stated, stood.reading) == (at, total, reading):
        return stood
    else:
        require(acting_user, "fleet.correct_usage")
        desk.replace(stood, opening, reason=check_reason(reason))
    return desk.close(opening, events.OpeningSet(counter.id, counter.of_aircraft), field="total")


@transaction.atomic
def record_reading(
    counter: Counter, *, reading: int, at: datetime, acting_user: Actor, source: str = "manual"
) -> UsageEntry:
    """Record what an instrument showed at a moment, in whole seconds or counts. What it shows beyond the flights is
    added to the total.

    Raises RuleBroken for a reading in the future, or one below what is known by then. The same reading told twice is
    recorded once. Events: reading.recorded, usage.corrected.
    """
    require(acting_user, "fleet.record_usage")
    check_moment(at, timezone.now())
    check_amount(reading, Unit(counter.unit), field="reading")
    desk = Desk(counter.id, acting_user)
    if told := desk.same_reading(reading, at):
        return told
    entry = UsageEntry(kind=EntryKind.READING, at=at, reading=reading, source=source)
    desk.add(entry)
    return desk.close(entry, events.ReadingRecorded(counter.id, counter.of_aircraft, entry.id), field="reading")


@transaction.atomic
def replace_instrument(
    counter: Counter, *, at: datetime, last_reading: int | None, new_start: int, acting_user: Actor
) -> UsageEntry:
    """Record that the instrument was changed: the total goes on, and readings are of the new one from then on.

    last_reading  what the old instrument showed last, None when nobody knows: then what the flights add up to counts
    new_start     what the new one showed when it went in

    Raises RuleBroken while the total is unknown. Events: instrument.replaced, usage.corrected.
    """
    require(acting_user, "fleet.record_usage")
    check_moment(at, timezone.now())
    unit = Unit(counter.unit)
    check_amount(new_start, unit, field="new_start")
    if last_reading is not None:
        check_amount(last_reading, unit, field="last_reading")
    desk = Desk(counter.id, acting_user)
    entry = UsageEntry(kind=EntryKind.REPLACEMENT, at=at, reading=last_reading, new_start=new_start, source="manual")
    desk.add(entry)
    event = events.InstrumentReplaced(counter.id, counter.of_aircraft, entry.id)
    return desk.close(entry, event, field="last_reading")


@transaction.atomic
def correct_reading(entry: UsageEntry, *, reading: int, reason: str, acting_user: Actor) -> UsageEntry:
    """Put another value in the place of a reading that was typed wrongly. Returns the entry that counts from now on.

    Raises RuleBroken when the new value contradicts what is recorded. Events: reading.recorded, usage.corrected.
    """
    require(acting_user, "fleet.correct_usage")
    reason = check_reason(reason)
    desk = Desk(entry.counter_id, acting_user)
    stood = desk.standing(entry, EntryKind.READING)
    check_amount(reading, desk.unit, field="reading")
    if stood.reading == reading:
        return stood
    corrected = UsageEntry(kind=EntryKind.READING, at=stood.at, reading=reading, source="manual")
    desk.replace(stood, corrected, reason=reason)
    event = events.ReadingRecorded(desk.counter.id, desk.counter.of_aircraft, corrected.id)
    return desk.close(corrected, event, field="reading")


@transaction.atomic
def correct_replacement(
    entry: UsageEntry, *, last_reading: int | None, new_start: int, reason: str, acting_user: Actor
) -> UsageEntry:
    """Put other readings in the place of an instrument change that was recorded wrongly."""
    require(acting_user, "fleet.correct_usage")
    reason = check_reason(reason)
    desk = Desk(entry.counter_id, acting_user)
    stood = desk.standing(entry, EntryKind.REPLACEMENT)
    check_amount(new_start, desk.unit, field="new_start")
    if last_reading is not None:
        check_amount(last_reading, desk.unit, field="last_reading")
    if (stood.reading, stood.new_start) == (last_reading, new_start):
        return stood
    corrected = UsageEntry(
        kind=EntryKind.REPLACEMENT, at=stood.at, reading=last_reading, new_start=new_start, source="manual"
    )
    desk.replace(stood, corrected, reason=reason)
    event = events.InstrumentReplaced(desk.counter.id, desk.counter.of_aircraft, corrected.id)
    return desk.close(corrected, event, field="last_reading")


@transaction.atomic
def withdraw_entry(entry: UsageEntry, *, reason: str, acting_user: Actor) -> None:
    """Take back an opening, a reading or an instrument change that should not be there. The row stays, superseded.

    Raises RuleBroken when what is left contradicts itself. Events: usage.corrected.
    """
    require(acting_user, "fleet.correct_usage")
    reason = check_reason(reason)
    if entry.kind == EntryKind.FLIGHT:
        raise RuleBroken("This is what a flight added. Correct or cancel the flight instead.")
    desk = Desk(entry.counter_id, acting_user)
    desk.replace(desk.standing(entry, EntryKind(entry.kind)), None, reason=reason)
    desk.close_without()
