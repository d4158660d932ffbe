"""Credit: work done under something else that a directive accepts (domain rule 1.2.6)."""

from django.db import transaction

from hangarlink.maintenance.compliance import events
from hangarlink.maintenance.compliance.actions.holding import for_programme, hold_pair
from hangarlink.maintenance.compliance.models import Credit, Directive, DirectiveParagraph
from hangarlink.maintenance.compliance.subjects import Object, Subject
from hangarlink.maintenance.programme.actions import record_accomplishment
from hangarlink.maintenance.programme.models import Accomplishment, ValueSource
from hangarlink.maintenance.programme.texts import line
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def give_credit(
    paragraph: DirectiveParagraph, on: Object, earlier: Accomplishment, *, reason: str, acting_user: Actor
) -> Credit:
    """Let work on record, done under a superseded directive or a bulletin, count for a paragraph.

    It is recorded with the moments, values and certificate of the earlier one, which stays. Event:
    directive.credit_given, and those of the accomplishment. Raises RuleBroken when the work was done on another object.
    """
    require(acting_user, "compliance.assess")
    directive, subject, _ = hold_pair(Directive(pk=paragraph.directive_id), on, "credit")
    if paragraph.requirement is None:
        raise RuleBroken(f"{paragraph} has no limits that the work could count for.", field="paragraph")
    stands = _earlier(earlier, subject)
    source = f"credit for {stands.item.requirement}, {stands.on:%Y-%m-%d}"
    given = record_accomplishment(
        paragraph.requirement, subject.object, acting_user=for_programme(acting_user),
        performed_at=stands.performed_at, released_at=stands.released_at, due_reference=stands.due_reference,
        values={one.counter_id: one.value for one in stands.values.all() if one.source == ValueSource.READ},
        certificate=stands.certificate, note=f"{source}: {line('reason', reason, 300)}",
    )  # fmt: skip
    row = Credit.objects.create(
        account=current_account(), directive=directive, given=given.chain, earlier=stands.chain, source=source[:200],
        recorded_by=acting_user.id,
    )  # fmt: skip
    record(acting_user, row, "given", new={"directive": str(directive), "on": subject.name, "for": source})
    announce(events.CreditGiven(directive.id, given.chain))
    return row


def _earlier(accomplishment: Accomplishment, subject: Subject) -> Accomplishment:
    """The version that stands of the work to be credited."""
    found = Accomplishment.objects.filter(
        chain=accomplishment.chain, superseded_at__isnull=True, is_withdrawn=False
    ).select_related("item__requirement")
    row = found.prefetch_related("values").first()
    if row is None:
        raise Missing("The work to be credited was withdrawn, or is not in this account.")
    done_on = (None if row.item.component_id else row.item.aircraft_id, row.item.component_id)
    if done_on != (subject.columns["aircraft_id"], subject.columns["component_id"]):
        raise RuleBroken(f"The work of {row.on:%Y-%m-%d} was not done on {subject.name}.", field="earlier")
    return row
