"""What the programme demands of an object because of a directive: brought about and taken away."""

from collections.abc import Iterable

from hangarlink.maintenance.compliance.actions.holding import for_programme
from hangarlink.maintenance.compliance.models import Amoc, Directive, DirectiveParagraph
from hangarlink.maintenance.compliance.rules.words import ParagraphKind
from hangarlink.maintenance.compliance.subjects import Subject
from hangarlink.maintenance.programme.actions import apply_requirement, withdraw_requirement
from hangarlink.maintenance.programme.models import Applicability, Requirement
from hangarlink.platform.people.permissions import Actor


def demand(requirements: Iterable[Requirement], of: Subject, *, acting_user: Actor) -> None:
    """Demand these of the object from now on."""
    for requirement in requirements:
        apply_requirement(requirement, of.object, acting_user=for_programme(acting_user))


def release(requirements: Iterable[Requirement], of: Subject, *, reason: str, acting_user: Actor) -> None:
    """Demand these of it no longer; those that were not demanded of it by themselves stay as they are."""
    demanded = set(Applicability.objects.filter(**of.columns).values_list("requirement_id", flat=True))
    for requirement in requirements:
        if requirement.retired_at is None and requirement.pk in demanded:
            withdraw_requirement(requirement, of.object, reason=reason, acting_user=for_programme(acting_user))


def limits_of(paragraphs: Iterable[DirectiveParagraph]) -> list[Requirement]:
    """The requirements behind paragraphs."""
    return [row.requirement for row in paragraphs if row.requirement is not None]


def actions_of(directive: Directive) -> list[DirectiveParagraph]:
    """The paragraphs that ask for something, in order."""
    found = directive.paragraphs.filter(retired_at=None, kind=ParagraphKind.ACTION.value)
    return list(found.select_related("requirement").order_by("position", "code"))


def everything_of(directive: Directive, of: Subject) -> list[Requirement]:
    """All that could be demanded of the object under a directive, AMOCs for it included."""
    amocs = Amoc.objects.filter(directive=directive, requirement__isnull=False, **of.columns).select_related(
        "requirement"
    )
    own = directive.paragraphs.filter(requirement__isnull=False).select_related("requirement")
    return [*limits_of(own), *(one.requirement for one in amocs if one.requirement is not None)]
