"""What is to come: may an aircraft fly the next flight, what is planned of it, what falls due when."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1 import usage
from hangarlink.api.v1.airworthiness import GroundOut, PermitOut, ground_out, permit_out
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Count, Day, Incoming, Moment, Outgoing, Plain, Quantity
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, AircraftName, aircraft_name
from hangarlink.fleet.actions import replace_schedule
from hangarlink.fleet.models import Aircraft, PlannedFlight
from hangarlink.fleet.queries import (
    find_aircraft,
    find_logs,
    flight_amounts,
    planned_flights,
    schedule_complete_until,
)
from hangarlink.fleet.rules.planning import MOST_FLIGHTS, PlannedFact
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.programme.queries import Step, dispatch, workload
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.quantities import Unit, parse_quantity

TAG = "Forecast"
_LOG = {"name": "Airborne", "value": "1.5"}
_REASON = {
    "state": "grounded",
    "code": "item_overdue",
    "subject": "0197379e-3c11-7a02-8a7d-5b1f0e2d4c33",
    "reference": "172-100",
    "title": "100-hour inspection",
    "source": "14 CFR 91.409 (b)",
    "said": "172-100 100-hour inspection: Airborne 1499.2 h + 1.5 h = 1500.7 h of 1500.0 h, 0.7 h over",
}


class AddedOut(Outgoing):
    """What the flight adds to a log, as the log is shown."""

    name: str
    value: str


class DispatchRead(Outgoing):
    """`no` and `unknown` name every reason; `remarks` are to be minded although it may fly."""

    aircraft: AircraftName
    asked_on: date
    landing_on: date
    answer: Literal["yes", "no", "unknown"] = Field(description="Unknown is not a yes.")
    reasons: list[GroundOut] = Field(description="Worst first.")
    remarks: list[GroundOut]
    added: list[AddedOut]
    special_flight_permits: list[PermitOut] = Field(description="They let the flights they name go all the same.")


class PlannedLogIn(Incoming):
    """What the flight is expected to add to a log."""

    name: Annotated[Plain, Field(min_length=1, max_length=60)]
    value: Quantity


class PlannedFlightIn(Incoming):
    """A flight to plan, block to block. Without logs: its duration on hours, one landing, one cycle."""

    starts_at: Moment
    ends_at: Moment
    departure: Annotated[Plain, Field(max_length=80)] = ""
    arrival: Annotated[Plain, Field(max_length=80)] = ""
    logs: Annotated[list[PlannedLogIn], Field(max_length=50)] = []
    landings: Count | None = None
    cycles: Count | None = None


class ScheduleIn(Incoming):
    """What a system plans on an aircraft from now on. It replaces what the same system planned before."""

    flights: Annotated[list[PlannedFlightIn], Field(max_length=MOST_FLIGHTS)]
    complete_until: Day | None = Field(
        default=None, description="Up to this day the planned flights are all that it will fly."
    )


class PlannedFlightOut(Outgoing):
    id: UUID
    starts_at: datetime
    ends_at: datetime
    departure: str
    arrival: str
    planned_by: str
    logs: list[AddedOut]


class ScheduleRead(Outgoing):
    """Flights still to be flown, soonest first, whoever planned them."""

    aircraft: AircraftName
    complete_until: date | None
    flights: list[PlannedFlightOut]


class PeriodOut(Outgoing):
    """Both days included."""

    first: date
    last: date
    items: int


class WorkloadRead(Outgoing):
    """Each item counts once, in the period of its forecast. Passed and unknown ones are in no period."""

    as_of: date
    by: Literal["day", "week", "month", "year"]
    overdue: int
    unknown: int
    periods: list[PeriodOut]


_FLIGHT = {
    "id": "0197379e-4d02-7c11-9b5e-1f0a2b3c4d5e",
    "starts_at": "2026-06-04T07:00:00Z",
    "ends_at": "2026-06-04T08:30:00Z",
    "departure": "EKRK",
    "arrival": "EKOD",
    "planned_by": "api",
    "logs": [_LOG],
}
_SCHEDULE = {"aircraft": EXAMPLE_AIRCRAFT_NAME, "complete_until": "2026-06-07", "flights": [_FLIGHT]}


@endpoint(
    "GET",
    "/aircraft/{call_sign}/dispatch",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Ask whether an aircraft may fly the next flight",
    answers={200: DispatchRead},
    examples={
        "response": {
            "aircraft": EXAMPLE_AIRCRAFT_NAME,
            "asked_on": "2026-06-03",
            "landing_on": "2026-06-04",
            "answer": "no",
            "reasons": [_REASON],
            "remarks": [],
            "added": [_LOG],
            "special_flight_permits": [],
        }
    },
)
def ask_dispatch(
    request: ApiRequest,  # noqa: ARG001 - every operation takes the request
    call_sign: str,
    hours: Annotated[str, Field(min_length=1, max_length=20)],
    landings: Annotated[int, Field(ge=0, le=1000)] = 1,
    cycles: Annotated[int, Field(ge=0, le=1000)] = 1,
    landing_on: date | None = None,
    after_planned: bool = False,
) -> Answer:
    """Every mandatory limit with the flight flown: at the limit is allowed, beyond is not, unknown is no yes.

    It advises and certifies nothing. `hours` are block to block, as 1.5 or 1:30; `landing_on` is today unless given;
    `after_planned` counts the flights planned up to that day first.
    """
    aircraft = find_aircraft(call_sign)
    seconds = parse_quantity(hours, Unit.SECONDS, field="hours")
    added = flight_amounts(aircraft, seconds, landings=landings, cycles=cycles)
    found = dispatch(aircraft, added, landing_on=landing_on, after_planned=after_planned)
    body = DispatchRead(
        aircraft=aircraft_name(aircraft),
        asked_on=found.asked_on,
        landing_on=found.landing_on,
        answer=found.answer.value,
        reasons=[ground_out(one) for one in found.decision.reasons],
        remarks=[ground_out(one) for one in found.decision.remarks],
        added=_added_out(aircraft, found.added),
        special_flight_permits=[permit_out(one) for one in found.permits],
    )
    return Answer(body, Logged.READ, f"Dispatch of {aircraft.registration} asked.")


@endpoint(
    "GET",
    "/aircraft/{call_sign}/planned_flights",
    scope=Scope.AIRCRAFT_READ,
    flow=Flow.AIRCRAFT,
    tag=TAG,
    summary="Read the planned flights of an aircraft",
    answers={200: ScheduleRead},
    examples={"response": _SCHEDULE},
)
def read_planned_flights(request: ApiRequest, call_sign: str) -> Answer:  # noqa: ARG001 - every operation takes the request
    """Flights still to be flown, soonest first, at most 2,000. Forecasts count them on their day."""
    aircraft = find_aircraft(call_sign)
    body = _schedule_out(aircraft)
    return Answer(body, Logged.READ, f"{len(body.flights)} planned flights of {aircraft.registration} read.")


@endpoint(
    "PUT",
    "/aircraft/{call_sign}/planned_flights",
    scope=Scope.PLANNING_WRITE,
    flow=Flow.AIRCRAFT,
    tag=TAG,
    summary="Send the flight schedule of an aircraft",
    answers={200: ScheduleRead},
    examples={
        "request": {
            "complete_until": "2026-06-07",
            "flights": [{"starts_at": "2026-06-04T07:00:00Z", "ends_at": "2026-06-04T08:30:00Z", "departure": "EKRK",
                         "arrival": "EKOD"}],
        },
        "response": _SCHEDULE,
    },
)  # fmt: skip
def replace_planned_flights(request: ApiRequest, call_sign: str, body: ScheduleIn) -> Answer:
    """Replaces what the same system planned from now on; what people and trips planned stays. All or nothing.

    A planned flight is no usage: send the flight itself once it is flown. Names of logs must be those configured.
    """
    aircraft, call = find_aircraft(call_sign), request.auth
    facts = [_fact(call_sign, flight) for flight in body.flights]
    replace_schedule(
        aircraft, facts, source=call.caller.source, complete_until=body.complete_until, acting_user=call.actor
    )
    told = f"{len(facts)} planned flights of {aircraft.registration} taken over."
    return Answer(_schedule_out(aircraft), Logged.UPDATED, told, count=len(facts))


@endpoint(
    "GET",
    "/forecast",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Count what falls due by day, week, month or year",
    answers={200: WorkloadRead},
    examples={
        "response": {
            "as_of": "2026-06-03",
            "by": "month",
            "overdue": 1,
            "unknown": 3,
            "periods": [{"first": "2026-06-01", "last": "2026-06-30", "items": 12}],
        }
    },
)
def read_forecast(
    request: ApiRequest,  # noqa: ARG001 - every operation takes the request
    by: Literal["day", "week", "month", "year"] = "month",
    periods: Annotated[int, Field(ge=1, le=120)] = 12,
) -> Answer:
    """The workload of the account from today on."""
    found = workload(Step(by), periods)
    listed = [PeriodOut(first=one.first, last=one.last, items=one.items) for one in found.periods]
    body = WorkloadRead(as_of=found.as_of, by=by, overdue=found.passed, unknown=found.unknown, periods=listed)
    return Answer(body, Logged.READ, f"Forecast by {by} read.", count=len(listed))


def _fact(call_sign: str, flight: PlannedFlightIn) -> PlannedFact:
    amounts = None
    if flight.logs or flight.landings is not None or flight.cycles is not None:
        given = [usage.GivenLog(log.name, log.value) for log in flight.logs]
        configured = find_logs(call_sign).logs
        amounts = usage.amounts_of(given, cycles=flight.cycles, landings=flight.landings, configured=configured)
    return PlannedFact(flight.starts_at, flight.ends_at, flight.departure, flight.arrival, amounts)


def _schedule_out(aircraft: Aircraft) -> ScheduleRead:
    flights = planned_flights(aircraft, timezone.now())[:MOST_FLIGHTS]
    return ScheduleRead(
        aircraft=aircraft_name(aircraft),
        complete_until=schedule_complete_until(aircraft),
        flights=[_flight_out(flight) for flight in flights],
    )


def _flight_out(flight: PlannedFlight) -> PlannedFlightOut:
    logs = [
        AddedOut(name=use.counter.name, value=usage.shown(use.amount, use.counter.unit, use.counter.display))
        for use in sorted(flight.uses.all(), key=lambda use: (use.counter.position, use.counter.name))
    ]
    return PlannedFlightOut(
        id=flight.pk, starts_at=flight.starts_at, ends_at=flight.ends_at, departure=flight.departure,
        arrival=flight.arrival, planned_by=flight.source.partition(":")[0], logs=logs,
    )  # fmt: skip


def _added_out(aircraft: Aircraft, added: Mapping[UUID, int]) -> list[AddedOut]:
    return [
        AddedOut(name=log.name, value=usage.shown(added[log.id], log.unit, log.display))
        for log in find_logs(str(aircraft.pk)).logs
        if added.get(log.id)
    ]
