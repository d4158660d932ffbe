"""The revision in force of each requirement."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from hangarlink.maintenance.programme.models import RequirementRevision


def current_revisions(requirement_ids: Collection[UUID]) -> dict[UUID, RequirementRevision]:
    """By requirement."""
    found = RequirementRevision.objects.filter(requirement_id__in=requirement_ids, number=F("requirement__current"))
    return {one.requirement_id: one for one in found}
