"""What a programme is assigned to."""

from uuid import UUID

from django.db import transaction

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.amp import events
from hangarlink.maintenance.amp.actions.programmes import locked_programme
from hangarlink.maintenance.amp.contents import active_revision, requirements_of, tasks_of
from hangarlink.maintenance.amp.models import Assignment, Programme
from hangarlink.maintenance.programme.enforcing import Target, apply_to, withdraw_from
from hangarlink.maintenance.programme.texts import reason_given
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def assign_programme(programme: Programme, to: AircraftModel | Aircraft, *, acting_user: Actor) -> Assignment:
    """Let it hold for every aircraft of a model, also later ones, or for one aircraft. Event: programme.assigned.

    What the active revision demands is due there from now on. Nothing happens when it is assigned already.
    """
    require(acting_user, "amp.approve")
    programme = locked_programme(programme)
    if programme.is_minimum:
        raise RuleBroken(f"{programme} is a minimum programme: others are compared with it, it demands nothing itself.")
    target = _target(to)
    known = Assignment.objects.filter(programme=programme, **vars(target)).first()
    if known:
        return known
    row = Assignment.objects.create(account=current_account(), programme=programme, **vars(target))
    apply_to(_in_force(programme), target, acting_user=acting_user)
    record(acting_user, programme, "assigned", new={"to": str(to)})
    announce(events.ProgrammeAssigned(programme.id, target.aircraft_model_id, target.aircraft_id))
    return row


@transaction.atomic
def unassign_programme(programme: Programme, of: AircraftModel | Aircraft, *, reason: str, acting_user: Actor) -> None:
    """Let it hold there no longer: due items that nothing else demands are closed. Event: programme.unassigned."""
    require(acting_user, "amp.approve")
    programme = locked_programme(programme)
    reason = reason_given(reason)
    target = _target(of)
    deleted, _ = Assignment.objects.filter(programme=programme, **vars(target)).delete()
    if not deleted:
        raise Missing(f"{programme} is not assigned to {of} by itself, so there is nothing to take back.")
    withdraw_from(list(requirements_of(programme).values()), target, reason=reason, acting_user=acting_user)
    record(acting_user, programme, "unassigned", old={"from": str(of)}, new={"reason": reason})
    announce(events.ProgrammeUnassigned(programme.id, target.aircraft_model_id, target.aircraft_id))


def _in_force(programme: Programme) -> list[UUID]:
    known, tasks = requirements_of(programme), tasks_of(active_revision(programme))
    return [known[reference] for reference in tasks]


def _target(to: AircraftModel | Aircraft) -> Target:
    if not type(to).objects.filter(pk=to.pk).exists():
        raise Missing(f"There is no such {to._meta.verbose_name} in this account.")
    return Target(aircraft_model_id=to.pk) if isinstance(to, AircraftModel) else Target(aircraft_id=to.pk)
