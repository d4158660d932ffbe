"""Trips, both ways. A trip without legs is a wish and stays at home; so does one whose times nobody knows yet."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.contract import Dataset, Ref, Trip, TripLeg, TripStatus
from hangarlink.integration.datasets.knowing import internal_ids
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.datasets.ports import Incoming, Ours, Room, Taken
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.operations.trips import models, queries
from hangarlink.operations.trips.actions import LegValues
from hangarlink.operations.trips.importing import Imported, Told, import_trips
from hangarlink.operations.trips.rules import Status

STATUS = {
    Status.PLANNED: TripStatus.REQUESTED,
    Status.CONFIRMED: TripStatus.CONFIRMED,
    Status.COMPLETED: TripStatus.COMPLETED,
    Status.CANCELLED: TripStatus.CANCELLED,
}
OURS = {theirs: ours for ours, theirs in STATUS.items()}


class Trips(Room):
    dataset = Dataset.TRIPS
    points_at = (Dataset.CUSTOMERS, Dataset.AIRCRAFT)
    announced = ("trip.",)
    needs = frozenset({"trips.view", "trips.manage"})
    is_personal = True

    def rows(self) -> QuerySet[Any]:
        return models.Trip.objects.filter(departs_at__isnull=False)

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[Trip]]:
        return {row.id: _ours(row) for row in queries.trips().filter(pk__in=ids, departs_at__isnull=False)}

    def take(self, incoming: Sequence[Incoming[Trip]], context: Context) -> list[Taken]:
        records = [one.record for one in incoming]
        customers = internal_ids(context.connection, Dataset.CUSTOMERS, {one.customer.external_id for one in records})
        aircraft = internal_ids(context.connection, Dataset.AIRCRAFT, {one.aircraft.external_id for one in records})
        whole = [one for one in incoming if _is_whole(one.record)]
        told = [
            Told(
                id=one.id,
                status=OURS[one.record.status],
                legs=tuple(_leg(leg) for leg in one.record.legs),
                customer_id=customers.get(one.record.customer.external_id),
                aircraft_id=aircraft.get(one.record.aircraft.external_id),
                note=one.record.notes,
            )
            for one in whole
        ]
        taken = iter([_taken(one) for one in import_trips(told, acting_user=context.actor)] if told else [])
        return [next(taken) if _is_whole(one.record) else WITHOUT_TIMES for one in incoming]


WITHOUT_TIMES = Taken(
    Verdict.REJECTED, code="no_times", reason="A leg does not say when it is off and on block. Give both times there."
)


def _is_whole(record: Trip) -> bool:
    return all(leg.off_at and leg.on_at and leg.departure and leg.arrival for leg in record.legs)


def _leg(leg: TripLeg) -> LegValues:
    values = {name: getattr(leg, name) for name in ("departure", "arrival", "off_at", "on_at")}
    return cast(LegValues, {**values, "passengers": leg.passengers or 0})


def _taken(one: Imported) -> Taken:
    if one.trip is None:
        return Taken(Verdict.REJECTED, code="refused", reason=one.refusal)
    verdict = Verdict.CREATED if one.is_new else Verdict.UPDATED if one.is_changed else Verdict.UNCHANGED
    return Taken(verdict, one.trip.id, one.trip.version)


def _ours(row: models.Trip) -> Ours[Trip]:
    record = Trip(
        "",
        number=str(row.number),
        customer=Ref(internal_id=str(row.customer_id), label=row.customer.name) if row.customer else Ref(),
        aircraft=Ref(internal_id=str(row.aircraft_id), label=row.aircraft.registration) if row.aircraft else Ref(),
        status=STATUS[Status(row.status)],
        legs=tuple(
            TripLeg(leg.departure, leg.arrival, leg.off_at, leg.on_at, leg.passengers) for leg in row.legs.all()
        ),
        notes=row.note,
    )
    return Ours(row.id, row.version, row.updated_at, record, str(row))
