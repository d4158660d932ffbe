"""What the fleet's pages read, set-wise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, Flight, UsageEntry
from hangarlink.fleet.vocabulary import EntryKind
from hangarlink.platform.errors import Missing


def find_aircraft(aircraft_id: UUID) -> Aircraft:
    """One aircraft with its model. Raises Missing."""
    found = Aircraft.objects.select_related("aircraft_model").filter(pk=aircraft_id).first()
    if found is None:
        raise Missing("This aircraft does not exist in this account.")
    return found


def find_model(model_id: UUID) -> AircraftModel:
    """One aircraft model. Raises Missing."""
    found = AircraftModel.objects.filter(pk=model_id).first()
    if found is None:
        raise Missing("This aircraft model does not exist in this account.")
    return found


def find_counter(aircraft_id: UUID, counter_id: UUID) -> Counter:
    """One counter of that aircraft, with the aircraft and its model. Raises Missing."""
    rows = Counter.objects.select_related("aircraft__aircraft_model")
    found = rows.filter(pk=counter_id, aircraft_id=aircraft_id).first()
    if found is None:
        raise Missing("This counter does not exist on this aircraft.")
    return found


def find_flight(aircraft_id: UUID, flight_id: UUID) -> Flight:
    """One flight of that aircraft with what it added. Raises Missing."""
    found = flights_of(aircraft_id).select_related("aircraft__aircraft_model").filter(pk=flight_id).first()
    if found is None:
        raise Missing("This flight does not exist on this aircraft.")
    return found


def counters_of(aircraft_id: UUID) -> list[Counter]:
    """Its counters in their order."""
    return list(Counter.objects.filter(aircraft_id=aircraft_id).order_by("position", "name"))


def counted_by_usage(aircraft_id: UUID) -> list[Counter]:
    """Those that flights and readings move; derived ones follow from them."""
    return [counter for counter in counters_of(aircraft_id) if counter.formula is None]


def flights_of(aircraft_id: UUID) -> "QuerySet[Flight]":
    """Its flights, cancelled ones too, each with the entries that count."""
    counting = UsageEntry.objects.filter(superseded_at=None).select_related("counter").order_by("counter__position")
    return Flight.objects.filter(aircraft_id=aircraft_id).prefetch_related(Prefetch("entries", counting))


def usage_by_month(counters: Iterable[Counter], *, since: date) -> Mapping[UUID, Mapping[date, int]]:
    """What each counter gained per month (UTC): flights, and what readings showed beyond them. One statement."""
    rows = (
        UsageEntry.objects.filter(counter__in=list(counters), superseded_at=None)
        .filter(at__gte=datetime(since.year, since.month, 1, tzinfo=UTC))
        .exclude(kind=EntryKind.OPENING)
        .annotate(month=TruncMonth("at", tzinfo=UTC))
        .values_list("counter_id", "month")
        .annotate(gained=Sum(Coalesce("amount", "added", 0)))
    )
    found: dict[UUID, dict[date, int]] = defaultdict(dict)
    for counter_id, month, gained in rows:
        found[counter_id][month.date()] = gained
    return found


def last_months(today: date, number: int) -> Sequence[date]:
    """The first days of the last months, this one included, oldest first."""
    last = today.year * 12 + today.month - 1
    return [date(index // 12, index % 12 + 1, 1) for index in range(last - number + 1, last + 1)]
