"""Discrepancies between read values and usage, settled by a person."""

from django.db import transaction
from django.utils import timezone

from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.models import ValueDiscrepancy
from hangarlink.maintenance.programme.texts import reason_given
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require


@transaction.atomic
def settle_value_discrepancy(discrepancy: ValueDiscrepancy, *, note: str, acting_user: Actor) -> None:
    """Somebody found out why usage and the value differ. The same difference is not raised again.

    Event: accomplishment.value_settled.
    """
    require(acting_user, "programme.record")
    note = reason_given(note)
    found = ValueDiscrepancy.objects.select_for_update().filter(pk=discrepancy.pk, settled_at__isnull=True).first()
    if found is None:
        raise Missing("This discrepancy is settled already.")
    found.settled_at, found.note = timezone.now(), note
    found.settled_by, found.settled_by_label = acting_user.id, acting_user.label[:200]
    found.save(update_fields=["settled_at", "note", "settled_by", "settled_by_label"])
    record(acting_user, found, "settled", new={"note": note})
    announce(events.ValueSettled(found.id))
