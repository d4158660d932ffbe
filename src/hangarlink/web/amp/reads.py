"""What the pages of programmes read."""

from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from hangarlink.maintenance.amp.models import Assignment, Programme, Review, Revision, Task
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.platform.errors import Missing


def programmes() -> QuerySet[Programme]:
    """All programmes with the numbers of their active and open revision, tasks in force, and their last review."""
    active = Revision.objects.filter(programme=OuterRef("pk"), stage=Stage.ACTIVE)
    underway = Revision.objects.filter(programme=OuterRef("pk"), stage__in=[one for one in Stage if one.is_open])
    tasks = Task.objects.filter(revision__programme=OuterRef("pk"), revision__stage=Stage.ACTIVE).order_by()
    reviews = Review.objects.filter(programme=OuterRef("pk")).order_by("-held_on")
    assigned = Assignment.objects.filter(programme=OuterRef("pk")).order_by()
    return Programme.objects.annotate(
        active_number=Subquery(active.values("number")[:1]),
        active_since=Subquery(active.values("activated_at")[:1]),
        open_number=Subquery(underway.values("number")[:1]),
        open_stage=Subquery(underway.values("stage")[:1]),
        task_count=Subquery(tasks.values("revision").annotate(n=Count("pk")).values("n")[:1]),
        assigned_count=Subquery(assigned.values("programme").annotate(n=Count("pk")).values("n")[:1]),
        review_next=Subquery(reviews.values("next_on")[:1]),
    )


def find_programme(programme_id: UUID) -> Programme:
    """One programme. Raises Missing."""
    found = Programme.objects.select_related("minimum").filter(pk=programme_id).first()
    if found is None:
        raise Missing("There is no such maintenance programme in this account.")
    return found


def find_revision(revision_id: UUID) -> Revision:
    """One revision with its programme. Raises Missing."""
    found = Revision.objects.select_related("programme__minimum").filter(pk=revision_id).first()
    if found is None:
        raise Missing("There is no such revision in this account.")
    return found


def find_task(task_id: UUID) -> Task:
    """One task with its revision and programme. Raises Missing."""
    found = Task.objects.select_related("revision__programme__minimum").filter(pk=task_id).first()
    if found is None:
        raise Missing("There is no such task in this account, or it was taken out of its draft.")
    return found
