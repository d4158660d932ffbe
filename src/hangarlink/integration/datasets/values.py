"""Old and new values of flights in people's terms, for the plan of a dry run."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hangarlink.fleet.facts import FlightFact
from hangarlink.fleet.models import Counter, Flight, UsageEntry
from hangarlink.fleet.vocabulary import Display, Unit
from hangarlink.integration.datasets.outcome import Context
from hangarlink.platform import quantities

SHOWN = {
    Display.DECIMAL_1: quantities.Display.DECIMAL_1,
    Display.DECIMAL_2: quantities.Display.DECIMAL_2,
    Display.HHMM: quantities.Display.HHMM,
    Display.TIMESTAMP: quantities.Display.HHMM,
}


class Explained:
    """What is recorded of these flights before they are told again. Three queries, whatever their number."""

    def __init__(self, facts: Sequence[FlightFact], context: Context) -> None:
        rows = Flight.objects.filter(
            source=context.connection.source, external_id__in=[fact.external_id for fact in facts]
        )
        self._flights = {flight.external_id: flight for flight in rows}
        self._amounts: dict[UUID, dict[UUID, int]] = {}
        entries = UsageEntry.objects.filter(flight__in=list(self._flights.values()), superseded_at__isnull=True)
        for entry in entries:
            if entry.flight_id is not None and entry.amount is not None:
                self._amounts.setdefault(entry.flight_id, {})[entry.counter_id] = entry.amount
        told = {counter for fact in facts for counter in fact.amounts}
        recorded = {counter for amounts in self._amounts.values() for counter in amounts}
        self._counters = Counter.objects.in_bulk(list(told | recorded))

    def new(self, fact: FlightFact) -> dict[str, Any]:
        return self._values(fact.started_at, fact.ended_at, fact.departure, fact.arrival, fact.amounts)

    def old(self, fact: FlightFact) -> dict[str, Any] | None:
        was = self._flights.get(fact.external_id)
        if was is None:
            return None
        return self._values(was.started_at, was.ended_at, was.departure, was.arrival, self._amounts.get(was.id, {}))

    def _values(
        self, started_at: datetime, ended_at: datetime, departure: str, arrival: str, amounts: Mapping[UUID, int]
    ) -> dict[str, Any]:
        shown = {self._counters[one].name: shown_amount(self._counters[one], n) for one, n in amounts.items()}
        return {
            "from": departure,
            "to": arrival,
            "start": f"{started_at.astimezone(UTC):%Y-%m-%d %H:%MZ}",
            "end": f"{ended_at.astimezone(UTC):%Y-%m-%d %H:%MZ}",
            **dict(sorted(shown.items())),
        }


def shown_amount(counter: Counter, amount: int) -> str:
    """An amount of a counter as that counter is shown."""
    display = SHOWN.get(Display(counter.display), quantities.Display.DECIMAL_1)
    return quantities.format_quantity(amount, quantities.Unit(Unit(counter.unit).value), display)
