"""Trips as pages, API and sync read them."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from hangarlink.fleet.actions.refusing import existing
from hangarlink.operations.trips.models import Leg, Trip


def trips() -> QuerySet[Trip]:
    """Trips with customer, aircraft and legs in order of time (`legs.all()`): two statements, however many."""
    return Trip.objects.select_related("customer", "aircraft").prefetch_related(
        Prefetch("legs", Leg.objects.order_by("off_at", "id"))
    )


def find_trip(trip_id: UUID) -> Trip:
    """One trip with all of that. Raises Missing."""
    return existing(trips().filter(pk=trip_id), "trip")


def find_leg(trip: Trip, leg_id: UUID) -> Leg:
    """One leg of the trip. Raises Missing."""
    return existing(Leg.objects.select_related("trip").filter(pk=leg_id, trip=trip), "leg")


def route_of(trip: Trip) -> str:
    """ "EKRK–EKOD–EKRK", from the legs that are loaded; "" without any."""
    legs = list(trip.legs.all())
    if not legs:
        return ""
    places = [legs[0].departure]
    for leg in legs:
        if leg.departure != places[-1]:
            places.append(leg.departure)
        places.append(leg.arrival)
    return "–".join(places)


def block_seconds(trip: Trip) -> int:
    """All legs together, block to block."""
    return sum(leg.times.block_seconds for leg in trip.legs.all())
