"""The annual review of a programme."""

from datetime import date

from django.db import IntegrityError, transaction

from hangarlink.maintenance.amp import events
from hangarlink.maintenance.amp.actions.programmes import locked_programme
from hangarlink.maintenance.amp.contents import active_revision
from hangarlink.maintenance.amp.models import Programme, Review
from hangarlink.maintenance.amp.reviewing import facts_of
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.rules.dates import add_months
from hangarlink.maintenance.programme.texts import text
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def record_review(
    programme: Programme,
    *,
    held_on: date,
    remains_fit: bool,
    conclusion: str,
    acting_user: Actor,
    next_on: date | None = None,
) -> Review:
    """Record that the active revision was reviewed, with the figures of the year before. Event: programme.reviewed.

    next_on  when it is to be reviewed again; else twelve months on. Raises RuleBroken naming the field.
    """
    require(acting_user, "amp.approve")
    programme = locked_programme(programme)
    active = active_revision(programme)
    if active is None:
        raise RuleBroken(f"{programme} has no active revision to review.")
    if held_on > today():
        raise RuleBroken(f"{held_on} is in the future. Record a review when it was held.", field="held_on")
    following = next_on or add_months(held_on, 12)
    if not held_on < following <= add_months(held_on, 12):
        raise RuleBroken(
            f"The next review on {following} is not within twelve months after {held_on}.", field="next_on"
        )
    said = text("conclusion", conclusion)
    if not said:
        raise RuleBroken("Say what was found and what follows from it.", field="conclusion")
    row = Review(
        account=current_account(), programme=programme, revision_number=active.number, held_on=held_on,
        next_on=following, remains_fit=remains_fit, conclusion=said, facts=facts_of(programme, held_on),
        recorded_by=acting_user.id, recorded_by_label=acting_user.label[:200],
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(f"A review of {held_on} is on record already.", field="held_on") from error
    record(
        acting_user, programme, "reviewed", new={"held_on": held_on, "remains_fit": remains_fit, "next_on": following}
    )
    announce(events.ProgrammeReviewed(programme.id, row.id, held_on, following, remains_fit))
    return row
