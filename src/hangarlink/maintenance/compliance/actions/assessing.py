"""The assessment of a directive on an object: applicable, not applicable with the reason, terminated, opened again."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from hangarlink.maintenance.compliance import events
from hangarlink.maintenance.compliance.actions.demanding import actions_of, demand, everything_of, limits_of, release
from hangarlink.maintenance.compliance.actions.holding import hold_pair, revision_of
from hangarlink.maintenance.compliance.models import Amoc, Decision, Directive, DirectiveParagraph
from hangarlink.maintenance.compliance.rules.words import Because, Verdict
from hangarlink.maintenance.compliance.subjects import Object, Subject
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.texts import line, reason_given
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def assess_applicable(
    directive: Directive,
    on: Object,
    *,
    acting_user: Actor,
    paragraphs: Collection[DirectiveParagraph] | None = None,
    method: str = "",
    reason: str = "",
) -> Decision:
    """It applies: its limits are due items of the object from now on. Event: directive.assessed.

    paragraphs  those that apply here; all of them when not given. Each needs its limits entered before
    method      how it will be complied with

    A directive that it supersedes ends on this object.
    """
    require(acting_user, "compliance.assess")
    directive, subject, _ = hold_pair(directive, on, "assess")
    chosen = _chosen(directive, paragraphs)
    row = _decide(
        directive, subject, Verdict.APPLICABLE, acting_user=acting_user,
        paragraphs=[str(one.pk) for one in chosen], method=line("method", method, 300),
        reason=line("reason", reason, 300),
    )  # fmt: skip
    _close_lapsed(directive, subject)
    replaced = _replaced_by_amoc(directive, subject)
    wanted = limits_of(one for one in chosen if str(one.pk) not in replaced)
    wanted += [one.requirement for one in _amocs(directive, subject) if one.requirement is not None]
    others = [one for one in everything_of(directive, subject) if one.pk not in {kept.pk for kept in wanted}]
    release(others, subject, reason=f"{directive}: assessed anew.", acting_user=acting_user)
    demand(wanted, subject, acting_user=acting_user)
    _end_superseded(directive, subject, acting_user)
    return row


@transaction.atomic
def assess_not_applicable(
    directive: Directive, on: Object, *, because: Because | str, reason: str, acting_user: Actor
) -> Decision:
    """It does not apply, and why; the status list shows the reason. Event: directive.assessed.

    What was demanded under it before, also under a directive that it supersedes, ends on this object.
    """
    require(acting_user, "compliance.assess")
    if because not in set(Because):
        raise RuleBroken(f"{because!r} is no reason. Use one of {', '.join(Because)}.", field="because")
    if not reason.strip():
        raise RuleBroken(
            "Say why it does not apply, as an auditor would read it: the serial number, the part, the modification.",
            field="reason",
        )
    directive, subject, _ = hold_pair(directive, on, "assess")
    row = _decide(
        directive, subject, Verdict.NOT_APPLICABLE, acting_user=acting_user, because=Because(because).value,
        reason=reason_given(reason),
    )  # fmt: skip
    gone = everything_of(directive, subject)
    release(gone, subject, reason=f"{directive} does not apply: {row.reason}"[:300], acting_user=acting_user)
    _end_superseded(directive, subject, acting_user)
    return row


@transaction.atomic
def terminate(
    directive: Directive, on: Object, *, reference: str, done_on: date, method: str, acting_user: Actor
) -> Decision:
    """A terminating action was done: nothing repeats any more. Event: directive.assessed.

    reference  of the modification, the repair or its release; method says what was done
    """
    require(acting_user, "compliance.assess")
    directive, subject, _ = hold_pair(directive, on, "terminate")
    reference, method = line("reference", reference, 120), line("method", method, 300)
    if not reference:
        raise RuleBroken("Give the reference of the release or the modification that ends it.", field="reference")
    if not method:
        raise RuleBroken("Say what was done, and under which paragraph it ends the directive.", field="method")
    if done_on > today():
        raise RuleBroken(f"{done_on} is in the future: what was not done ends nothing.", field="done_on")
    row = _decide(
        directive, subject, Verdict.TERMINATED, acting_user=acting_user, reference=reference, on=done_on, method=method
    )
    gone = everything_of(directive, subject)
    release(gone, subject, reason=f"{directive} is terminated by {reference}."[:300], acting_user=acting_user)
    return row


@transaction.atomic
def reopen(directive: Directive, on: Object, *, reason: str, acting_user: Actor) -> None:
    """The decision does not hold: it is not assessed again, and the aircraft unknown until it is.

    Event: directive.assessed with the verdict `withdrawn`.
    """
    require(acting_user, "compliance.assess")
    directive, subject, _ = hold_pair(directive, on, "reopen")
    reason = reason_given(reason)
    decided = Decision.objects.filter(directive=directive, superseded_at__isnull=True, **subject.columns)
    stands = decided.first()
    if stands is None:
        raise Missing("Nothing is decided here any more.")
    stands.superseded_at = timezone.now()
    stands.save(update_fields=["superseded_at"])
    record(acting_user, stands, "reopened", old={"verdict": stands.verdict}, new={"reason": reason})
    announce(events.DirectiveAssessed(directive.id, **subject.columns, verdict="withdrawn", because=""))


def _chosen(directive: Directive, paragraphs: Collection[DirectiveParagraph] | None) -> list[DirectiveParagraph]:
    known = actions_of(directive)
    wanted = known if paragraphs is None else [row for row in known if row.pk in {one.pk for one in paragraphs}]
    if paragraphs is not None and len(wanted) < len({one.pk for one in paragraphs}):
        raise RuleBroken(f"A paragraph given is no action of {directive}.", field="paragraphs")
    if not wanted:
        raise RuleBroken(
            f"{directive} has no paragraph with limits yet, so nothing could be due. Enter its limits first, then "
            "assess it.",
            field="paragraphs",
        )
    missing = [str(row) for row in wanted if row.requirement is None]
    if missing:
        raise RuleBroken(f"{directive} {', '.join(missing)}: enter the limits before assessing it.", field="paragraphs")
    return wanted


def _decide(
    directive: Directive, subject: Subject, verdict: Verdict, *, acting_user: Actor, **values: object
) -> Decision:
    """Write the decision that stands from now on, its audit row and its event."""
    Decision.objects.filter(directive=directive, superseded_at__isnull=True, **subject.columns).update(
        superseded_at=timezone.now()
    )
    row = Decision(
        account=current_account(), directive=directive, revision=revision_of(directive), verdict=verdict.value,
        serial_number=subject.serial_number, decided_by=acting_user.id, decided_by_label=acting_user.label,
        **subject.columns, **values,
    )  # fmt: skip
    row.save(force_insert=True)
    said = {name: value for name, value in values.items() if value not in ("", None)}
    said |= {"directive": str(directive), "on": subject.name, "verdict": verdict.value}
    record(acting_user, row, "assessed", new=said)
    announce(events.DirectiveAssessed(directive.id, **subject.columns, verdict=verdict.value, because=row.because))
    return row


def _end_superseded(directive: Directive, subject: Subject, acting_user: Actor) -> None:
    """What this one supersedes, also through others, ends on the object now that this one is decided there."""
    at, seen = [directive], {directive.pk}
    while at:
        old = [one for one in Directive.objects.filter(superseded_by__in=at) if one.pk not in seen]
        for one in old:
            _end_one(one, directive, subject, acting_user)
        seen |= {one.pk for one in old}
        at = old


def _end_one(old: Directive, new: Directive, subject: Subject, acting_user: Actor) -> None:
    ends = Decision.objects.filter(
        directive=old, superseded_at__isnull=True, verdict=Verdict.APPLICABLE.value, **subject.columns
    )
    if ends.exists():
        _decide(old, subject, Verdict.SUPERSEDED, acting_user=acting_user, reference=str(new))
        gone = everything_of(old, subject)
        release(gone, subject, reason=f"{old} is superseded by {new}.", acting_user=acting_user)


def _close_lapsed(directive: Directive, subject: Subject) -> None:
    """AMOCs whose last day has passed: assessing again puts them away, and the directive's own limits apply."""
    over = Amoc.objects.filter(
        directive=directive, withdrawn_at__isnull=True, valid_until__lt=today(), **subject.columns
    )
    over.update(withdrawn_at=timezone.now(), withdrawn_because="Its last day has passed.")


def _amocs(directive: Directive, subject: Subject) -> list[Amoc]:
    found = Amoc.objects.filter(directive=directive, withdrawn_at__isnull=True, **subject.columns)
    return [one for one in found.select_related("requirement") if one.valid_until is None or one.valid_until >= today()]


def _replaced_by_amoc(directive: Directive, subject: Subject) -> set[str]:
    """Paragraphs whose limits an AMOC in force replaces."""
    return {key for one in _amocs(directive, subject) if one.requirement_id for key in one.paragraphs}
