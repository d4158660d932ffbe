"""Two facts that disagree: a person says what holds."""

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet import events
from hangarlink.fleet.actions.anchors import Desk
from hangarlink.fleet.actions.refusing import existing
from hangarlink.fleet.models import Discrepancy, UsageEntry
from hangarlink.fleet.rules.readings import check_reason
from hangarlink.fleet.vocabulary import DiscrepancyCode, EntryKind
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require


@transaction.atomic
def settle_discrepancy(discrepancy: Discrepancy, *, reason: str, acting_user: Actor) -> Discrepancy:
    """Say that the total stands although a reading is below it. Event: discrepancy.settled.

    From that reading on the instrument is taken to show too little by the difference, so that later readings fit. If
    a flight or the reading is wrong instead, correct that one: the discrepancy then settles by itself.
    """
    require(acting_user, "fleet.correct_usage")
    reason = check_reason(reason)
    desk = Desk(discrepancy.counter_id, acting_user)
    discrepancy = existing(
        Discrepancy.objects.select_related("entry", "counter").filter(pk=discrepancy.pk), "discrepancy"
    )
    if discrepancy.settled_at is not None:
        raise RuleBroken("This discrepancy is settled already.")
    discrepancy.settled_at, discrepancy.note = timezone.now(), reason
    discrepancy.settled_by, discrepancy.settled_by_label = acting_user.id, acting_user.label[:200]
    discrepancy.save(update_fields=["settled_at", "note", "settled_by", "settled_by_label"])
    new = {"expected": discrepancy.expected, "found": discrepancy.found, "reason": reason}
    record(acting_user, discrepancy.counter, "discrepancy settled", new=new)
    announce(events.DiscrepancySettled(discrepancy.id, discrepancy.counter_id, discrepancy.code))
    _align(desk, discrepancy)
    return discrepancy


def _align(desk: Desk, discrepancy: Discrepancy) -> None:
    """The instrument as if set anew at its reading: the same step as when one instrument takes over from another."""
    reading = discrepancy.entry
    if discrepancy.code != DiscrepancyCode.READING_BELOW_TOTAL or reading is None or reading.kind != EntryKind.READING:
        return
    entry = UsageEntry(
        kind=EntryKind.REPLACEMENT, at=reading.at, new_start=reading.reading, source="settled discrepancy"
    )
    desk.add(entry)
    event = events.InstrumentReplaced(desk.counter.id, desk.counter.of_aircraft, entry.id)
    desk.close(entry, event, field="")
