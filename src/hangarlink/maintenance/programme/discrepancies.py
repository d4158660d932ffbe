"""Values that a person read and usage does not agree with: raised, brought up to date, settled by themselves.

Two values agree when the counter's display could not tell them apart. A difference that a person settled is accepted.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils import timezone

from hangarlink.maintenance.programme.derivation import totals
from hangarlink.maintenance.programme.events import ValueDisputed, ValueSettled
from hangarlink.maintenance.programme.models import AccomplishmentValue, ValueDiscrepancy, ValueSource
from hangarlink.maintenance.programme.words import step
from hangarlink.platform.events.actions import announce_many
from hangarlink.platform.events.registry import Event
from hangarlink.platform.tenancy.context import current_account

GONE = "No longer contradicted."


def compare_with_usage(value_ids: Collection[UUID]) -> None:
    """Raise, update or settle the discrepancies of these values. A fixed number of statements."""
    values = _read_values(value_ids)
    known = totals({(value.counter_id, value.at) for value in values})
    usage = {value.id: known[value.counter_id, value.at] for value in values}
    on_record = list(ValueDiscrepancy.objects.filter(value_id__in=value_ids))
    accepted = {(one.value_id, one.expected) for one in on_record if one.settled_by is not None}
    disputed = {
        value.id: expected
        for value in values
        if (expected := usage[value.id]) is not None
        and _differ(value, expected)
        and (value.id, expected) not in accepted
    }
    still_open = {one.value_id: one for one in on_record if one.settled_at is None}
    new = [
        ValueDiscrepancy(account=current_account(), value_id=value, expected=expected)
        for value, expected in disputed.items()
        if value not in still_open
    ]
    moved = [one for value, one in still_open.items() if value in disputed]
    gone = [one for value, one in still_open.items() if value not in disputed]
    for one in moved:
        one.expected = disputed[one.value_id]
    for one in gone:
        one.settled_at, one.note = timezone.now(), GONE
    ValueDiscrepancy.objects.bulk_create(new)
    ValueDiscrepancy.objects.bulk_update([*moved, *gone], ["expected", "settled_at", "note"])
    counters = {value.id: value.counter_id for value in values}
    facts: list[Event] = [ValueDisputed(one.id, counters[one.value_id]) for one in new]
    announce_many([*facts, *(ValueSettled(one.id) for one in gone)])


def _read_values(value_ids: Collection[UUID]) -> Sequence[AccomplishmentValue]:
    return list(
        AccomplishmentValue.objects.filter(
            id__in=value_ids,
            source=ValueSource.READ,
            accomplishment__superseded_at__isnull=True,
            accomplishment__is_withdrawn=False,
        ).select_related("counter")
    )


def _differ(value: AccomplishmentValue, usage: int) -> bool:
    return abs(value.value - usage) >= step(value.counter)
