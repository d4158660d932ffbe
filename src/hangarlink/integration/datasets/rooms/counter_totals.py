"""Where our counters stand, out only. What comes in is compared, by an adapter of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import AircraftStatus, CounterKind, Display
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import AircraftLog, CounterTotals, Dataset, LogKind, LogSlot, Measure
from hangarlink.integration.datasets.ports import Ours, Room
from hangarlink.integration.datasets.rooms.identity import as_aircraft, hashed, joined, known_to, partner_names
from hangarlink.platform import quantities

LOG_KINDS = {kind.value for kind in LogKind}
_MEASURES = {
    Display.DECIMAL_1: Measure.DECIMAL_1,
    Display.DECIMAL_2: Measure.DECIMAL_2,
    Display.HHMM: Measure.HHMM,
}


class CounterTotalsOut(Room):
    dataset = Dataset.COUNTER_TOTALS
    needs = frozenset({"fleet.view"})

    def rows(self) -> QuerySet[Any]:
        """Aircraft with a known total. The version is a hash of all totals: any other total is another version."""
        stands = joined(":", "id", "total")
        totals = Counter.objects.filter(aircraft=OuterRef("pk"), total__isnull=False).order_by().values("aircraft")
        all_of_them = totals.annotate(all=StringAgg(stands, ",", ordering="id")).values("all")
        rows: QuerySet[Any] = Aircraft.objects.exclude(status=AircraftStatus.OUT_OF_SERVICE)
        rows = rows.annotate(version=hashed(Subquery(all_of_them)))
        return rows.filter(version__isnull=False)

    def rows_for(self, connection: Connection) -> QuerySet[Any]:
        return known_to(connection, self.rows(), "pk")

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[CounterTotals]]:
        return self._read(self.rows(), ids, {})

    def read_for(self, connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Ours[CounterTotals]]:
        return self._read(self.rows(), ids, partner_names(connection, ids))

    def objection(self, record: CounterTotals, agreed: Mapping[str, Any]) -> str:
        """A total below the one that the partner took last is never sent. Source: contracts/aviation-partners.md 13."""
        before = {(log["kind"], log["slot"]): log["total_seconds"] for log in agreed.get("logs") or ()}
        for log in record.logs:
            was = before.get((log.kind.value, log.slot.value))
            if was is not None and log.total_seconds < was:
                return _lower(log.kind.value.replace("_", " "), _hours(log.total_seconds), _hours(was))
        for name in ("total_landings", "total_cycles"):
            now, was = getattr(record, name), agreed.get(name)
            if now is not None and was is not None and now < was:
                return _lower(name.removeprefix("total_"), str(now), str(was))
        return ""

    def _read(
        self, rows: QuerySet[Any], ids: Sequence[UUID], names: Mapping[UUID, str]
    ) -> dict[UUID, Ours[CounterTotals]]:
        found: defaultdict[UUID, list[Counter]] = defaultdict(list)
        for counter in Counter.objects.filter(aircraft_id__in=ids, total__isnull=False).order_by("position", "id"):
            found[counter.of_aircraft].append(counter)
        return {
            row.pk: Ours(row.pk, row.version, None, _record(row, found[row.pk], names), row.registration)
            for row in rows.filter(pk__in=ids)
            if found[row.pk]
        }


def _record(row: Aircraft, counters: Sequence[Counter], names: Mapping[UUID, str]) -> CounterTotals:
    return CounterTotals(
        "",
        max(counter.total_at for counter in counters if counter.total_at is not None),
        tuple(_log(counter) for counter in counters if counter.kind in LOG_KINDS),
        _count(counters, CounterKind.LANDINGS),
        total_cycles=_count(counters, CounterKind.CYCLES),
        aircraft=as_aircraft(row, names.get(row.pk, "")),
    )


def _log(counter: Counter) -> AircraftLog:
    measure = _MEASURES.get(Display(counter.display), Measure.TIMESTAMP)
    slot = LogSlot(counter.slot) if counter.slot else LogSlot.PRIMARY
    return AircraftLog(LogKind(counter.kind), slot, measure, counter.total or 0)


def _count(counters: Sequence[Counter], kind: CounterKind) -> int | None:
    return next((counter.total for counter in counters if counter.kind == kind), None)


def _lower(what: str, now: str, was: str) -> str:
    return (
        f"{what.capitalize()} stands at {now} here, and the partner was told {was} before. A lower total is never "
        "sent: correct it at the partner."
    )


def _hours(seconds: int) -> str:
    return f"{quantities.format_quantity(seconds, quantities.Unit.SECONDS, quantities.Display.HHMM)} h"
