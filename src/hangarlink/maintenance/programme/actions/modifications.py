"""Modifications embodied in an aircraft: what is demanded of it follows at once."""

from datetime import date

from django.db import IntegrityError, transaction

from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.applying import apply_and_announce
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import Modification
from hangarlink.maintenance.programme.rules.checks import EARLIEST
from hangarlink.maintenance.programme.texts import line, reason_given
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def record_modification(
    aircraft: Aircraft, code: str, *, embodied_on: date, acting_user: Actor, title: str = "", approval: str = ""
) -> Modification:
    """Record that a modification is embodied. Pre- and post-modification tasks are asked for anew.

    Events: modification.embodied, due.state_changed. Raises RuleBroken naming the field.
    """
    require(acting_user, "programme.record")
    if not lock_aircraft([aircraft.pk]):
        raise Missing("There is no such aircraft in this account.")
    code = line("code", code, 60)
    if not code:
        raise RuleBroken("A modification needs its number, such as SB 32-01 or STC SA01234.", field="code")
    if not EARLIEST.date() <= embodied_on <= today():
        raise RuleBroken(f"{embodied_on} is in the future or before the first powered flight.", field="embodied_on")
    row = Modification(
        account=current_account(), aircraft=aircraft, code=code, title=line("title", title, 200),
        embodied_on=embodied_on, approval=line("approval", approval, 120), recorded_by=acting_user.id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(f"{code} is on record as embodied in {aircraft} already.", field="code") from error
    apply_and_announce(aircraft_ids=[aircraft.pk], acting_user=acting_user)
    record(acting_user, row, "embodied", new={"aircraft": str(aircraft), "on": embodied_on, "approval": row.approval})
    announce(events.ModificationEmbodied(row.id, aircraft.pk, embodied_on))
    return row


@transaction.atomic
def remove_modification(
    modification: Modification, *, removed_on: date, reason: str, acting_user: Actor
) -> Modification:
    """Record that it was taken out again. Events: modification.removed, due.state_changed."""
    require(acting_user, "programme.record")
    reason = reason_given(reason)
    lock_aircraft([modification.aircraft_id])
    row = Modification.objects.select_related("aircraft").filter(pk=modification.pk, removed_on__isnull=True).first()
    if row is None:
        raise Missing("This modification is not embodied any more.")
    if not row.embodied_on <= removed_on <= today():
        raise RuleBroken(f"{removed_on} is in the future or before it was embodied.", field="removed_on")
    row.removed_on = removed_on
    row.save(update_fields=["removed_on"])
    apply_and_announce(aircraft_ids=[row.aircraft_id], acting_user=acting_user)
    record(acting_user, row, "removed", new={"on": removed_on, "reason": reason})
    announce(events.ModificationRemoved(row.id, row.aircraft_id, removed_on))
    return row
