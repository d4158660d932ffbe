"""Workshop visits, out, as bookings that block the aircraft at a partner."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.contract import Dataset, MaintenanceBooking, Ref
from hangarlink.integration.datasets.ports import Ours, Room
from hangarlink.maintenance.visits.models import Visit
from hangarlink.maintenance.visits.rules import Status


class MaintenanceBookings(Room):
    dataset = Dataset.MAINTENANCE_BOOKINGS
    points_at = (Dataset.AIRCRAFT,)
    announced = ("visit.",)
    needs = frozenset({"fleet.view"})

    def rows(self) -> QuerySet[Any]:
        return Visit.objects.all()

    def rows_for(self, connection: Connection) -> QuerySet[Any]:
        """Of aircraft that are linked there; past or cancelled ones only where the partner was told of them."""
        links = Link.objects.filter(connection=connection)
        aircraft = links.filter(dataset=Dataset.AIRCRAFT, internal_id=OuterRef("aircraft_id"))
        told = links.filter(dataset=self.dataset, internal_id=OuterRef("pk")).exclude(external_id="")
        is_news = Q(status=Status.PLANNED, ends_at__gt=timezone.now())
        return Visit.objects.filter(Exists(aircraft)).filter(is_news | Exists(told))

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[MaintenanceBooking]]:
        return {row.pk: _ours(row) for row in Visit.objects.select_related("aircraft").filter(pk__in=ids)}


def _ours(row: Visit) -> Ours[MaintenanceBooking]:
    record = MaintenanceBooking(
        "",
        aircraft=Ref(internal_id=str(row.aircraft_id), label=row.aircraft.registration),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        comment=row.reason,
        is_cancelled=row.status == Status.CANCELLED,
    )
    return Ours(row.pk, row.version, row.updated_at, record, f"{row.aircraft.registration}, {row}")
