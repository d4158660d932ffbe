"""What the pages of requirements read."""

from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from hangarlink.maintenance.programme.models import Requirement, RequirementRevision
from hangarlink.platform.errors import Missing


def requirements() -> QuerySet[Requirement]:
    """All requirements with what their revision in force says, and on how many aircraft they hold."""
    return Requirement.objects.filter(revisions__number=F("current")).annotate(
        title=F("revisions__title"),
        mandatory_class=F("revisions__mandatory_class"),
        ata=F("revisions__ata"),
        schedule=F("revisions__schedule"),
        source_document=F("revisions__source_document"),
        source_paragraph=F("revisions__source_paragraph"),
        item_count=Count("items", filter=Q(items__closed_at__isnull=True), distinct=True),
    )


def find_requirement(requirement_id: UUID) -> Requirement:
    """One requirement. Raises Missing."""
    found = Requirement.objects.filter(pk=requirement_id).first()
    if found is None:
        raise Missing("There is no such requirement in this account.")
    return found


def current_revision(requirement: Requirement) -> RequirementRevision:
    """What it says now."""
    return requirement.revisions.get(number=requirement.current)
