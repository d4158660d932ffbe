"""Paragraphs of a directive, and their limits: requirements of the programme, changed through the directive."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hangarlink.maintenance.compliance.actions.holding import for_programme, hold, revision_of
from hangarlink.maintenance.compliance.models import Directive, DirectiveParagraph
from hangarlink.maintenance.compliance.rules.words import ParagraphKind
from hangarlink.maintenance.programme.actions import add_requirement, retire_requirement, revise_requirement
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.rules.limits import Schedule
from hangarlink.maintenance.programme.texts import line, reason_given
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

Limits = Schedule | Mapping[str, Any]


@transaction.atomic
def add_paragraph(
    directive: Directive,
    *,
    title: str,
    acting_user: Actor,
    code: str = "",
    kind: ParagraphKind = ParagraphKind.ACTION,
    schedule: Limits | None = None,
) -> DirectiveParagraph:
    """Add a paragraph. Objects that the directive was assessed for before are not asked for it until assessed again.

    schedule  its limits, when they are known by now; without them the directive cannot be found applicable

    Raises RuleBroken naming the field; ScheduleInvalid with every problem of the limits.
    """
    require(acting_user, "compliance.edit")
    directive = hold(directive)
    kind = ParagraphKind(kind)
    if kind is ParagraphKind.TERMINATING and schedule is not None:
        raise RuleBroken(
            "A terminating action has no limits of its own here. Enter limits as an action, and name this one beside "
            "it as what ends it.",
            field="schedule",
        )
    row = DirectiveParagraph(
        account=current_account(), directive=directive, code=line("code", code, 20), title=_title(title),
        kind=kind.value, position=directive.paragraphs.count(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        said = f"a paragraph {row.code}" if row.code else "a paragraph without a code"
        raise RuleBroken(f"{directive} has {said} already. Give this one another code.", field="code") from error
    if schedule is not None:
        _add_limits(directive, row, schedule, acting_user)
    record(acting_user, row, "added", new={"directive": str(directive), "code": row.code, "title": row.title})
    return row


@transaction.atomic
def change_paragraph(paragraph: DirectiveParagraph, *, title: str, acting_user: Actor) -> DirectiveParagraph:
    """Word it better."""
    require(acting_user, "compliance.edit")
    row = _open(paragraph)
    title, old = _title(title), row.title
    if title == old:
        return row
    row.title = title
    row.save(update_fields=["title"])
    if row.requirement is not None:
        revise_requirement(
            row.requirement, title=_requirement_title(row.directive, row), reason="The paragraph is worded anew.",
            acting_user=for_programme(acting_user),
        )  # fmt: skip
    record(acting_user, row, "changed", old={"title": old}, new={"title": title})
    return row


@transaction.atomic
def change_limits(
    paragraph: DirectiveParagraph, *, schedule: Limits, reason: str, acting_user: Actor
) -> DirectiveParagraph:
    """Enter or correct the limits of a paragraph: every item under it is worked out anew.

    Raises ScheduleInvalid with every problem of the limits; RuleBroken for a terminating action.
    """
    require(acting_user, "compliance.edit")
    row = _open(paragraph)
    if row.kind == ParagraphKind.TERMINATING:
        raise RuleBroken("A terminating action has no limits of its own.", field="schedule")
    if row.requirement is None:
        _add_limits(row.directive, row, schedule, acting_user)
        record(acting_user, row, "limited", new={"requirement": str(row.requirement)})
        return row
    revise_requirement(
        row.requirement, schedule=schedule, reason=reason_given(reason), acting_user=for_programme(acting_user)
    )
    return row


@transaction.atomic
def retire_paragraph(paragraph: DirectiveParagraph, *, reason: str, acting_user: Actor) -> None:
    """It is not in the directive any more: its items are closed, their history stays."""
    require(acting_user, "compliance.edit")
    row = _open(paragraph)
    reason = reason_given(reason)
    row.retired_at = timezone.now()
    row.save(update_fields=["retired_at"])
    if row.requirement is not None:
        retire_requirement(row.requirement, reason=reason, acting_user=for_programme(acting_user))
    record(acting_user, row, "retired", new={"directive": str(row.directive), "reason": reason})


def follow_revision(directive: Directive, *, reason: str, acting_user: Actor) -> None:
    """Let the requirements say what the revision in force says: effective day, ATA chapter, where it is written."""
    for row in directive.paragraphs.filter(retired_at=None, requirement__isnull=False).select_related("requirement"):
        if row.requirement is not None and row.requirement.retired_at is None:
            content = _content(directive, row)
            revise_requirement(row.requirement, reason=reason, acting_user=for_programme(acting_user), **content)


def _add_limits(directive: Directive, row: DirectiveParagraph, schedule: Limits, acting_user: Actor) -> None:
    row.requirement = add_requirement(
        reference=_reference(directive, row), schedule=schedule, mandatory_class=directive.mandatory_class,
        acting_user=for_programme(acting_user), **_content(directive, row),
    )  # fmt: skip
    row.save(update_fields=["requirement"])


def _content(directive: Directive, row: DirectiveParagraph) -> Any:
    stands = revision_of(directive)
    return {
        "title": _requirement_title(directive, row),
        "ata": stands.ata,
        "source_document": " ".join(part for part in (directive.issuer, str(directive), stands.label) if part)[:120],
        "source_paragraph": row.code,
        "effective_on": stands.effective_on,
    }


def _requirement_title(directive: Directive, row: DirectiveParagraph) -> str:
    return row.title or revision_of(directive).subject


def _reference(directive: Directive, row: DirectiveParagraph) -> str:
    """As people call it; with the issuer where that name is taken."""
    parts = [str(directive), row.code]
    short = " ".join(part for part in parts if part)
    if not Requirement.objects.filter(reference=short).exists():
        return short[:60]
    return " ".join([directive.issuer, short])[:60]


def _title(said: str) -> str:
    title = line("title", said, 200)
    if not title:
        raise RuleBroken("Say in a few words what the paragraph asks for.", field="title")
    return title


def _open(paragraph: DirectiveParagraph) -> DirectiveParagraph:
    found = DirectiveParagraph.objects.filter(pk=paragraph.pk).select_related("requirement", "directive").first()
    if found is None:
        raise Missing("There is no such paragraph in this account.")
    found.directive = hold(found.directive)
    if found.retired_at:
        raise RuleBroken(f"Paragraph {found} is not in {found.directive} any more.")
    return found
