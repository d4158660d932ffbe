"""Defects as pages, API and sync read them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, F, QuerySet

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.rules import UNRECTIFIED

_OPEN = [status.value for status in UNRECTIFIED]


def defects_of(aircraft: Aircraft) -> QuerySet[Defect]:
    """All defects of one aircraft, latest report first."""
    return Defect.objects.filter(aircraft=aircraft).order_by("-reported_at", "-id")


def open_defects() -> QuerySet[Defect]:
    """Defects of the whole fleet that are not rectified, nearest due date first, with their aircraft."""
    rows = Defect.objects.filter(status__in=_OPEN).select_related("aircraft")
    return rows.order_by(F("due_date").asc(nulls_last=True), "reported_at", "id")


def open_counts(aircraft_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many unrectified defects each of these aircraft has; 0 is left out. One statement."""
    rows = Defect.objects.filter(aircraft_id__in=aircraft_ids, status__in=_OPEN)
    return dict(rows.values_list("aircraft_id").annotate(count=Count("id")))
