"""A revision's tasks become what is demanded."""

from hangarlink.maintenance.amp.contents import content_of, requirement_reference, requirements_of, tasks_of
from hangarlink.maintenance.amp.models import Assignment, Programme, Revision, TaskRequirement
from hangarlink.maintenance.programme.enforcing import Demand, Target, enforce
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

KEPT_BY = "amp"


def put_in_force(revision: Revision, *, acting_user: Actor) -> None:
    """Make the programme's requirements say what the revision says, and retire those it has no task for.

    Also what the report does and undoes. A minimum programme demands nothing. Raises RuleBroken.
    """
    programme = revision.programme
    if programme.is_minimum:
        return
    known = requirements_of(programme)
    tasks = tasks_of(revision)
    demands = [
        Demand(requirement_reference(programme, reference), content_of(task), known.get(reference))
        for reference, task in tasks.items()
    ]
    made = enforce(
        demands,
        targets_of(programme),
        retired=[id for reference, id in known.items() if reference not in tasks],
        kept_by=KEPT_BY,
        reason=f"{programme.code} {revision}: {revision.summary or 'no summary'}"[:300],
        acting_user=acting_user,
    )
    TaskRequirement.objects.bulk_create(
        TaskRequirement(
            account=current_account(), programme=programme, reference=reference,
            requirement_id=made[requirement_reference(programme, reference)],
        )
        for reference in tasks.keys() - known.keys()
    )  # fmt: skip


def targets_of(programme: Programme) -> list[Target]:
    """What the programme is assigned to."""
    rows = Assignment.objects.filter(programme=programme).order_by("created_at", "id")
    return [Target(one.aircraft_model_id, one.aircraft_id) for one in rows]
