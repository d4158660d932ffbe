"""A partner's own total of a counter, held against ours: it never changes ours, it only raises a question."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet import events
from hangarlink.fleet.models import Counter, Discrepancy
from hangarlink.fleet.vocabulary import DiscrepancyCode
from hangarlink.platform.audit.actions import entry, record_many
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@dataclass(frozen=True, slots=True)
class PartnerTotal:
    """What a partner says of a counter whose total is known here.

    gap           theirs less ours, in the counter's unit
    is_doubtful   it differs for so long, or in such a way, that somebody has to look
    """

    counter: Counter
    theirs: int
    gap: int
    is_doubtful: bool


@transaction.atomic
def compare_partner_totals(told: Sequence[PartnerTotal], *, acting_user: Actor) -> None:
    """Raise what is new, follow what changed, settle what agrees again. A difference that a person settled is not
    raised again while it stays the same. Five statements at most. Events: discrepancy.raised, discrepancy.settled."""
    require(acting_user, "fleet.record_usage")
    rows = Discrepancy.objects.filter(
        counter__in=[one.counter.id for one in told], code=DiscrepancyCode.PARTNER_TOTAL
    ).order_by("raised_at")
    latest = {row.counter_id: row for row in rows}
    raised, changed, facts = list[Discrepancy](), list[Discrepancy](), list[Event]()
    for one in told:
        row = latest.get(one.counter.id)
        if row is not None and row.settled_at is None:
            changed.append(row)
            if one.gap == 0:
                row.settled_at, row.note = timezone.now(), "The totals agree again."
                facts.append(events.DiscrepancySettled(row.id, row.counter_id, row.code))
            else:
                row.expected, row.found = one.counter.total, one.theirs
        elif one.is_doubtful and not _is_accepted(row, one.gap):
            new = _discrepancy(one)
            raised.append(new)
            facts.append(events.DiscrepancyRaised(new.id, new.counter_id, new.code))
    Discrepancy.objects.bulk_create(raised)
    Discrepancy.objects.bulk_update(changed, ["settled_at", "note", "expected", "found"])
    values = ("code", "expected", "found")
    record_many(entry(acting_user, row, "raised", new={name: getattr(row, name) for name in values}) for row in raised)
    announce_many(facts)


def _is_accepted(row: Discrepancy | None, gap: int) -> bool:
    """A person has looked at this very difference and settled it."""
    return row is not None and row.settled_by is not None and (row.found or 0) - (row.expected or 0) == gap


def _discrepancy(one: PartnerTotal) -> Discrepancy:
    return Discrepancy(
        account=current_account(),
        counter=one.counter,
        code=DiscrepancyCode.PARTNER_TOTAL,
        expected=one.counter.total,
        found=one.theirs,
    )
