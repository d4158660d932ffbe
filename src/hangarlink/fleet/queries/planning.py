"""What aircraft are planned to do, and how their counters follow each other."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from hangarlink.fleet.models import Aircraft, Counter, FlightSchedule, Parking, PlannedFlight
from hangarlink.fleet.rules.planning import PlannedLog, amounts_of_flight
from hangarlink.fleet.vocabulary import CounterKind


def planned_logs(aircraft_ids: Collection[UUID]) -> dict[UUID, list[PlannedLog]]:
    """The counters of aircraft as flights move them. One statement; none for no aircraft."""
    found: dict[UUID, list[PlannedLog]] = defaultdict(list)
    if not aircraft_ids:
        return found
    names = ("aircraft_id", "id", "name", "kind", "ratios__follows_id", "ratios__use", "ratios__per")
    # What is worked out by a formula follows from the others.
    rows = Counter.objects.filter(aircraft_id__in=aircraft_ids, formula__isnull=True).order_by("position", "name")
    for aircraft_id, one, name, kind, follows, use, per in rows.values_list(*names):
        found[aircraft_id].append(PlannedLog(one, name, CounterKind(kind), follows, use or 1, per or 1))
    return found


def flight_amounts(aircraft: Aircraft, seconds: int, *, landings: int = 1, cycles: int = 1) -> dict[UUID, int]:
    """What a flight of so many hours adds to each counter of the aircraft, in seconds or counts. One statement."""
    return amounts_of_flight(planned_logs([aircraft.pk])[aircraft.pk], seconds, landings=landings, cycles=cycles)


def planned_flights(aircraft: Aircraft, now: datetime) -> QuerySet[PlannedFlight]:
    """Flights that are still to be flown, soonest first, with what they add."""
    rows = PlannedFlight.objects.filter(aircraft=aircraft, ends_at__gt=now).order_by("starts_at", "id")
    return rows.prefetch_related("uses__counter")


def parkings(aircraft: Aircraft, today: date) -> QuerySet[Parking]:
    """Days on which it stands now or will, soonest first."""
    ahead = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return Parking.objects.filter(ahead, aircraft=aircraft).order_by("starts_on", "id")


def schedule_complete_until(aircraft: Aircraft) -> date | None:
    """Up to which day the planned flights are all that it will fly."""
    return FlightSchedule.objects.filter(aircraft=aircraft).values_list("complete_until", flat=True).first()
