"""Visits as pages and sync read them."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.fleet.actions.refusing import existing
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.visits.models import Visit
from hangarlink.maintenance.visits.rules import Status


def upcoming(aircraft: Aircraft, now: datetime) -> QuerySet[Visit]:
    """Planned visits that are not over, next first."""
    return Visit.objects.filter(aircraft=aircraft, status=Status.PLANNED, ends_at__gt=now).order_by("starts_at")


def find_visit(visit_id: UUID, aircraft_id: UUID) -> Visit:
    """Raises Missing."""
    found = Visit.objects.select_related("aircraft__aircraft_model").filter(pk=visit_id, aircraft_id=aircraft_id)
    return existing(found, "visit")


def overlapping(aircraft: Aircraft, starts_at: datetime, ends_at: datetime, *, but: Visit | None) -> Visit | None:
    """A planned visit of the aircraft that shares time with this one."""
    rows = Visit.objects.filter(aircraft=aircraft, status=Status.PLANNED, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return (rows.exclude(pk=but.pk) if but else rows).order_by("starts_at").first()
