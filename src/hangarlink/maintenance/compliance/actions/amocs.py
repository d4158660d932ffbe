"""Alternative methods of compliance, each in its written scope (domain rule 1.8)."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from hangarlink.maintenance.compliance import events
from hangarlink.maintenance.compliance.actions.demanding import actions_of, demand, limits_of, release
from hangarlink.maintenance.compliance.actions.holding import for_programme, hold, hold_pair, revision_of
from hangarlink.maintenance.compliance.actions.paragraphs import Limits
from hangarlink.maintenance.compliance.models import Amoc, Decision, Directive, DirectiveParagraph
from hangarlink.maintenance.compliance.rules.words import Verdict
from hangarlink.maintenance.compliance.subjects import Object, Subject, find_subject
from hangarlink.maintenance.programme.actions import add_requirement, retire_requirement
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.texts import line, reason_given, text
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def record_amoc(
    directive: Directive,
    on: Object,
    *,
    reference: str,
    approved_by: str,
    approved_on: date,
    scope: str,
    acting_user: Actor,
    paragraphs: Collection[DirectiveParagraph] | None = None,
    valid_until: date | None = None,
    schedule: Limits | None = None,
    compensation: str = "",
) -> Amoc:
    """Record an approved alternative method for an object. Event: directive.amoc_recorded.

    paragraphs    those it is for; all that apply here when not given
    schedule      its own limits, in place of theirs: then `compensation` says what makes up for it, because more time
                  alone is no AMOC. Work done before keeps counting only when it is given as credit
    valid_until   after that day the directive is not assessed here any more, and the aircraft unknown
    """
    require(acting_user, "compliance.assess")
    directive, subject, _ = hold_pair(directive, on, "amoc")
    chosen = _chosen(directive, subject, paragraphs)
    row = Amoc(
        account=current_account(), directive=directive, reference=_needed("reference", reference, 60),
        approved_by=_needed("approved_by", approved_by, 120), approved_on=approved_on, valid_until=valid_until,
        paragraphs=[str(one.pk) for one in chosen], scope=text("scope", scope),
        compensation=text("compensation", compensation), recorded_by=acting_user.id,
        recorded_by_label=acting_user.label, **subject.columns,
    )  # fmt: skip
    _check(row, has_limits=schedule is not None)
    if schedule is not None:
        row.requirement = _limits(directive, row, chosen, schedule, acting_user)
        release(limits_of(chosen), subject, reason=f"{directive} is under AMOC {row}.", acting_user=acting_user)
        demand([row.requirement], subject, acting_user=acting_user)
    row.save(force_insert=True)
    said = {"directive": str(directive), "on": subject.name, "reference": row.reference, "scope": row.scope}
    record(acting_user, row, "recorded", new={**said, "approved_by": row.approved_by, "valid_until": valid_until})
    announce(events.AmocRecorded(row.id, directive.id, **subject.columns, valid_until=valid_until))
    return row


@transaction.atomic
def withdraw_amoc(amoc: Amoc, *, reason: str, acting_user: Actor) -> None:
    """It holds no longer: the directive's own limits apply again. Event: directive.amoc_withdrawn."""
    require(acting_user, "compliance.assess")
    row = Amoc.objects.filter(pk=amoc.pk).select_related("requirement", "directive").first()
    if row is None or row.withdrawn_at:
        raise Missing("This AMOC was withdrawn already, or is not in this account.")
    directive, reason = hold(row.directive), reason_given(reason)
    subject = find_subject(f"component-{row.component_id}" if row.component_id else f"aircraft-{row.aircraft_id}")
    row.withdrawn_at, row.withdrawn_because = timezone.now(), reason
    row.save(update_fields=["withdrawn_at", "withdrawn_because"])
    if row.requirement is not None:
        retire_requirement(row.requirement, reason=reason, acting_user=for_programme(acting_user))
        if _applies(directive, subject):
            own = [one for one in actions_of(directive) if str(one.pk) in row.paragraphs]
            demand(limits_of(own), subject, acting_user=acting_user)
    record(acting_user, row, "withdrawn", new={"reason": reason})
    announce(events.AmocWithdrawn(row.id, directive.id))


def _applies(directive: Directive, subject: Subject) -> bool:
    return Decision.objects.filter(
        directive=directive, verdict=Verdict.APPLICABLE.value, superseded_at__isnull=True, **subject.columns
    ).exists()


def _chosen(
    directive: Directive, subject: Subject, paragraphs: Collection[DirectiveParagraph] | None
) -> list[DirectiveParagraph]:
    decision = Decision.objects.filter(directive=directive, superseded_at__isnull=True, **subject.columns).first()
    apply = [one for one in actions_of(directive) if decision is not None and str(one.pk) in decision.paragraphs]
    wanted = apply if paragraphs is None else [one for one in apply if one.pk in {given.pk for given in paragraphs}]
    if not wanted or (paragraphs is not None and len(wanted) < len({one.pk for one in paragraphs})):
        raise RuleBroken(f"An AMOC is for paragraphs of {directive} that apply to {subject.name}.", field="paragraphs")
    taken = {
        key
        for one in Amoc.objects.filter(
            directive=directive, withdrawn_at__isnull=True, requirement__isnull=False, **subject.columns
        )
        for key in one.paragraphs
    }
    if twice := [str(one) for one in wanted if str(one.pk) in taken]:
        raise RuleBroken(
            f"{directive} {', '.join(twice)} is under an AMOC with limits of its own already. Withdraw that one first.",
            field="paragraphs",
        )
    return wanted


def _check(row: Amoc, *, has_limits: bool) -> None:
    if not row.scope:
        raise RuleBroken(
            "Write down its scope as it was approved: an AMOC is valid in it and nowhere else.", field="scope"
        )
    if row.approved_on > today():
        raise RuleBroken(f"{row.approved_on} is in the future.", field="approved_on")
    if row.valid_until and row.valid_until < today():
        raise RuleBroken(f"It ended on {row.valid_until}: an AMOC that is over changes nothing.", field="valid_until")
    if has_limits and not row.compensation:
        raise RuleBroken(
            "Its limits differ from the directive's: say what makes up for it. More time alone is no AMOC.",
            field="compensation",
        )


def _limits(
    directive: Directive, row: Amoc, chosen: Collection[DirectiveParagraph], schedule: Limits, acting_user: Actor
) -> Requirement:
    stands = revision_of(directive)
    codes = ", ".join(one.code for one in chosen if one.code)
    return add_requirement(
        reference=f"{directive} AMOC {row.reference}"[:60], title=f"{stands.subject}, by AMOC"[:200],
        mandatory_class=directive.mandatory_class, schedule=schedule, ata=stands.ata,
        source_document=f"AMOC {row.reference}, {row.approved_by}"[:120], source_paragraph=codes[:120],
        effective_on=stands.effective_on, acting_user=for_programme(acting_user),
    )  # fmt: skip


def _needed(field: str, said: str, limit: int) -> str:
    found = line(field, said, limit)
    if not found:
        raise RuleBroken(f"An AMOC needs {field.replace('_', ' ')}.", field=field)
    return found
