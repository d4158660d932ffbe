"""Hours and cycles of one aircraft: read its flights, and add one, create-only (contracts/flightlogger.md 2.5)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import sync_failed
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1 import usage
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.flights import EXAMPLE_FLIGHT, EXAMPLE_REPORT, FlightAnswer, FlightIn, FlightReport, HoursCycles
from hangarlink.api.v1.outgoing import (
    EXAMPLE_AIRCRAFT_NAME,
    EXAMPLE_LOG,
    FlightOut,
    LogOut,
    aircraft_name,
    flight_log_out,
)
from hangarlink.fleet.actions import record_flight
from hangarlink.fleet.facts import FlightFact, FlightOutcome, Verdict
from hangarlink.fleet.models import Counter, Flight, UsageEntry
from hangarlink.fleet.queries import Log, LoggedAircraft, find_aircraft, find_logs
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.quantities import Unit

TAG = "Hours and cycles"


@endpoint(
    "GET",
    "/aircraft/{call_sign}/hours_cycles",
    scope=Scope.HOURS_CYCLES_READ,
    flow=Flow.HOURS_CYCLES,
    tag=TAG,
    summary="Read hours and cycles of an aircraft",
    answers={200: HoursCycles},
    examples={
        "response": {
            "total": 1,
            "next_cursor": None,
            "aircraft": EXAMPLE_AIRCRAFT_NAME,
            "flight_logs": [EXAMPLE_LOG],
            "flights": [EXAMPLE_FLIGHT],
        }
    },
)
def read_hours_cycles(
    request: ApiRequest,
    call_sign: str,
    cursor: str | None = None,
    per_page: PerPage = DEFAULT_SIZE,
) -> Answer:
    """The counters with their totals, and the flights behind them, latest first, whoever told them.

    The aircraft is found by call sign, then registration, then id.
    """
    aircraft = find_aircraft(call_sign)
    counters = list(Counter.objects.filter(aircraft=aircraft).order_by("position", "name"))
    configured = [Log(row.id, row.name, row.kind, row.unit, row.display) for row in counters]
    page = page_of(_flights(aircraft.id).filter(cancelled_at=None), "-ended_at", "-id", cursor=cursor, size=per_page)
    body = HoursCycles(
        total=page.total,
        next_cursor=page.next_cursor,
        aircraft=aircraft_name(aircraft),
        flight_logs=[flight_log_out(counter) for counter in counters],
        flights=[_flight_out(flight, flight.id, flight.source, _amounts(flight), configured) for flight in page.rows],
    )
    summary = f"{len(page.rows)} flights of {aircraft.registration} read."
    return Answer(body, Logged.READ, summary, count=len(page.rows), headers=page.link(request))


@endpoint(
    "POST",
    "/aircraft/{call_sign}/hours_cycles",
    scope=Scope.HOURS_CYCLES_WRITE,
    flow=Flow.HOURS_CYCLES,
    tag=TAG,
    summary="Add a flight (create-only)",
    answers={201: FlightAnswer, 200: FlightAnswer},
    examples={
        "request": EXAMPLE_REPORT,
        "response": {"result": "created", "reason": "", "flight": EXAMPLE_FLIGHT, "unreported": ["Airborne"]},
    },
)
def create_hours_cycles(request: ApiRequest, call_sign: str, body: FlightReport) -> Answer:
    """Adds a flight's usage to the aircraft's counters. A flight that is present is skipped, never changed or doubled.

    A flight is recognised by external_id within the system that sends it, or by its times when it has none. Log names
    must be those configured on the aircraft; values are read exactly. Corrections are made by people in Hangarlink.
    """
    call = request.auth
    aircraft = find_logs(call_sign)
    fact = _fact(aircraft, body.flight)
    outcome = record_flight(fact, source=call.caller.source, acting_user=call.actor)
    if outcome.verdict is Verdict.REJECTED or outcome.flight_id is None:
        raise sync_failed(f"flight: {outcome.message}")
    if outcome.verdict is Verdict.CREATED:
        return _created(aircraft, fact, outcome.flight_id, call.caller.source)
    return _skipped(aircraft, fact, outcome)


def _fact(aircraft: LoggedAircraft, flight: FlightIn) -> FlightFact:
    given = [usage.GivenLog(log.name, log.value, log.start, log.end) for log in flight.logs]
    amounts = usage.amounts_of(given, cycles=flight.cycles, landings=flight.landings, configured=aircraft.logs)
    ended_at = flight.ends
    # Nobody told how long it took: it then excludes no other flight, and nothing is made up.
    started_at = flight.started_at or ended_at
    told = [str(aircraft.id), started_at, ended_at, flight.departure, flight.arrival, sorted(amounts.items())]
    return FlightFact(
        aircraft_id=aircraft.id,
        external_id=flight.name,
        started_at=started_at,
        ended_at=ended_at,
        departure=flight.departure,
        arrival=flight.arrival,
        amounts=amounts,
        content_hash=hashlib.sha256(json.dumps(told, default=str).encode()).digest(),
    )


def _created(aircraft: LoggedAircraft, fact: FlightFact, flight_id: UUID, source: str) -> Answer:
    missing = usage.unreported(fact.amounts, aircraft.logs)
    flight = _flight_out(fact, flight_id, source, fact.amounts, aircraft.logs)
    silent = f" Nothing for {', '.join(missing)}." if missing else ""
    body = FlightAnswer(result="created", reason="", unreported=missing, flight=flight)
    return Answer(body, Logged.CREATED, f"{aircraft.registration}: flight created.{silent}", status=201)


def _skipped(aircraft: LoggedAircraft, fact: FlightFact, outcome: FlightOutcome) -> Answer:
    """Say what is recorded, and whether it is what was sent."""
    flight = _flights(aircraft.id).filter(pk=outcome.flight_id).first() if outcome.flight_id else None
    if flight is None:
        name = fact.external_id
        raise sync_failed(
            f"flight.external_id: {name!r} is recorded for another aircraft. A flight's name is given once."
        )
    amounts = _amounts(flight)
    body = FlightAnswer(
        result="skipped",
        reason=_why_skipped(flight, fact),
        flight=_flight_out(flight, flight.id, flight.source, amounts, aircraft.logs),
        unreported=usage.unreported(amounts, aircraft.logs),
    )
    return Answer(body, Logged.SKIPPED, f"{aircraft.registration}: flight skipped. {body.reason}")


def _why_skipped(flight: Flight, fact: FlightFact) -> str:
    if flight.cancelled_at is not None:
        return "It is recorded and was cancelled here; it stays cancelled."
    if flight.content_hash is not None and bytes(flight.content_hash) == fact.content_hash:
        return "It is recorded with these values."
    return "It is recorded with other values; hours and cycles are create-only, so they stay."


class _Told(Protocol):
    """A flight, as it came in or as it is recorded."""

    @property
    def external_id(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime: ...
    @property
    def departure(self) -> str: ...
    @property
    def arrival(self) -> str: ...


def _flight_out(
    told: _Told, flight_id: UUID, source: str, amounts: Mapping[UUID, int], configured: Sequence[Log]
) -> FlightOut:
    ended_at = told.ended_at.astimezone(UTC)
    return FlightOut(
        id=flight_id,
        external_id=told.external_id,
        source=source,
        reading_date=ended_at.date(),
        reading_time=f"{ended_at:%H:%M:%S}",
        started_at=told.started_at.astimezone(UTC),
        ended_at=ended_at,
        departure=told.departure,
        arrival=told.arrival,
        logs=[
            LogOut(
                name=log.name,
                unit=Unit(log.unit),
                amount=amounts[log.id],
                value=usage.shown(amounts[log.id], log.unit, log.display),
            )
            for log in configured
            if log.id in amounts
        ],
    )


def _flights(aircraft_id: UUID) -> QuerySet[Flight]:
    """Flights of one aircraft, cancelled ones included, each with its entries that count as `standing`."""
    entries = Prefetch("entries", UsageEntry.objects.filter(superseded_at=None), to_attr="standing")
    return Flight.objects.filter(aircraft=aircraft_id).prefetch_related(entries)


def _amounts(flight: Flight) -> dict[UUID, int]:
    """Counter id -> what a flight of `_flights` added."""
    return {entry.counter_id: entry.amount for entry in flight.standing}  # type: ignore[attr-defined]
