"""Links between requirements: work under one satisfies another, from now on."""

from django.db import connection, transaction

from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.models import Requirement, Satisfaction
from hangarlink.maintenance.programme.rules.satisfying import circle
from hangarlink.maintenance.programme.satisfied import links
from hangarlink.maintenance.programme.texts import line
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def add_satisfaction(
    requirement: Requirement, satisfied: Requirement, *, acting_user: Actor, source: str = ""
) -> Satisfaction:
    """Work under `requirement` satisfies `satisfied` too, on the same aircraft and with the same stamp, from now on.

    What is on record already stays as it is. Event: requirement.satisfies. Raises RuleBroken for a circle, naming it.
    Nothing happens when the link is there.
    """
    require(acting_user, "programme.edit")
    _alone()
    there = Satisfaction.objects.filter(requirement=requirement, satisfied=satisfied).first()
    if there is not None:
        return there
    _check(requirement, satisfied)
    row = Satisfaction.objects.create(
        account=current_account(), requirement=requirement, satisfied=satisfied, source=line("source", source, 120)
    )
    record(acting_user, requirement, "satisfies", new={"satisfied": satisfied.reference, "source": row.source})
    announce(events.RequirementSatisfies(requirement.id, satisfied.id))
    return row


@transaction.atomic
def remove_satisfaction(requirement: Requirement, satisfied: Requirement, *, acting_user: Actor) -> None:
    """Each has to be recorded by itself from now on. Event: requirement.no_longer_satisfies."""
    require(acting_user, "programme.edit")
    deleted, _ = Satisfaction.objects.filter(requirement=requirement, satisfied=satisfied).delete()
    if not deleted:
        raise Missing(f"{requirement} does not satisfy {satisfied} by a link of its own.")
    record(acting_user, requirement, "no longer satisfies", old={"satisfied": satisfied.reference})
    announce(events.RequirementNoLongerSatisfies(requirement.id, satisfied.id))


def _alone() -> None:
    """Two links added at once must not close a circle that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('programme.satisfies ' || %s, 0))",
            [str(current_account().id)],
        )


def _check(requirement: Requirement, satisfied: Requirement) -> None:
    for one in (requirement, satisfied):
        found = Requirement.objects.filter(pk=one.pk).first()
        if found is None:
            raise Missing("There is no such requirement in this account.")
        if found.retired_at:
            raise RuleBroken(f"{found} was retired. Work under it is recorded no more.", field="satisfied")
    way = circle(links(), requirement.pk, satisfied.pk)
    if way is not None:
        names = dict(Requirement.objects.filter(pk__in=way).values_list("pk", "reference"))
        said = " satisfies ".join(names[one] for one in way)
        raise RuleBroken(f"This would close a circle: {said}. A requirement cannot satisfy itself.", field="satisfied")
