"""Flights, out only. What comes in is recorded by an adapter of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from hangarlink.fleet.models import Flight, UsageEntry
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import Dataset, FlightTimes, LogAmount, LogKind, LogSlot
from hangarlink.integration.datasets.ports import Ours, Room
from hangarlink.integration.datasets.rooms.counter_totals import LOG_KINDS
from hangarlink.integration.datasets.rooms.identity import as_aircraft, hashed, joined, known_to, partner_names

# Totals say what was flown before; a tracker that is connected today is not sent the flights of years.
SENT_BACK = timedelta(days=60)


class FlightTimesOut(Room):
    dataset = Dataset.FLIGHT_TIMES
    needs = frozenset({"fleet.view"})

    def rows(self) -> QuerySet[Any]:
        """Flights that were not cancelled. The version is a hash of times, places and amounts."""
        amounts = UsageEntry.objects.filter(flight=OuterRef("pk"), superseded_at__isnull=True).order_by()
        told = joined(":", "counter_id", "amount")
        all_of_them = amounts.values("flight").annotate(all=StringAgg(told, ",", ordering="counter_id")).values("all")
        said = joined("|", Subquery(all_of_them), "started_at", "ended_at", "departure", "arrival")
        rows: QuerySet[Any] = Flight.objects.filter(cancelled_at__isnull=True)
        return cast(QuerySet[Any], rows.annotate(version=hashed(said)))

    def rows_for(self, connection: Connection) -> QuerySet[Any]:
        """The latest ones, and none that this very partner told us."""
        recent = self.rows().filter(ended_at__gte=timezone.now() - SENT_BACK).exclude(source=connection.source)
        return known_to(connection, recent, "aircraft_id")

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[FlightTimes]]:
        return self._read(ids, None)

    def read_for(self, connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Ours[FlightTimes]]:
        return self._read(ids, connection)

    def _read(self, ids: Sequence[UUID], connection: Connection | None) -> dict[UUID, Ours[FlightTimes]]:
        flights = list(self.rows().filter(pk__in=ids).select_related("aircraft"))
        entries: defaultdict[UUID | None, list[UsageEntry]] = defaultdict(list)
        rows = UsageEntry.objects.filter(flight__in=flights, superseded_at__isnull=True).select_related("counter")
        for entry in rows.order_by("counter__position", "counter_id"):
            entries[entry.flight_id].append(entry)
        names = partner_names(connection, list({one.aircraft_id for one in flights})) if connection else {}
        return {
            one.pk: Ours(one.pk, one.version, None, _record(one, entries[one.pk], names), f"{one.aircraft} {one}")
            for one in flights
        }


def _record(flight: Any, entries: Sequence[UsageEntry], names: Mapping[UUID, str]) -> FlightTimes:
    return FlightTimes(
        "",
        as_aircraft(flight.aircraft, names.get(flight.aircraft_id, "")),
        flight.started_at,
        flight.ended_at,
        tuple(_log(entry) for entry in entries if entry.counter.kind in LOG_KINDS),
        _count(entries, CounterKind.LANDINGS),
        flight.departure,
        flight.arrival,
        cycles=_count(entries, CounterKind.CYCLES),
    )


def _log(entry: UsageEntry) -> LogAmount:
    slot = LogSlot(entry.counter.slot) if entry.counter.slot else LogSlot.PRIMARY
    return LogAmount(LogKind(entry.counter.kind), slot, entry.amount or 0)


def _count(entries: Sequence[UsageEntry], kind: CounterKind) -> int | None:
    return next((entry.amount for entry in entries if entry.counter.kind == kind), None)
