"""Flight logs: which counters an aircraft is kept by (contracts/flightlogger.md 2.4)."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import (
    EXAMPLE_AIRCRAFT_NAME,
    EXAMPLE_LOG,
    AircraftName,
    FlightLogOut,
    aircraft_name,
    flight_log_out,
)
from hangarlink.fleet.actions import add_counter, change_counter
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.queries import find_aircraft
from hangarlink.fleet.vocabulary import CounterKind, Display, Slot
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import RuleBroken

TAG = "Aircraft"


class FlightLogIn(Incoming):
    """One counter. Recognised by id, or else by name."""

    id: UUID | None = Field(None, description="Of an existing log, to rename it.")
    name: Plain = Field(min_length=1, max_length=60)
    kind: CounterKind = Field(description="What it measures. Cannot be changed later.", examples=["hobbs"])
    display: Display | None = Field(None, description="How it is shown; by default what is usual for the kind.")
    slot: Slot | None = Field(None, description="Which of FlightLogger's three logs it is, if any.")


class FlightLogsIn(Incoming):
    flight_logs: list[FlightLogIn] = Field(min_length=1, max_length=50)


class FlightLogs(Outgoing):
    aircraft: AircraftName
    flight_logs: list[FlightLogOut]


class FlightLogsAnswer(FlightLogs):
    """`result`: updated, or unchanged when everything was so already."""

    result: Literal["updated", "unchanged"]
    added: list[str]
    changed: list[str]


@endpoint(
    "GET",
    "/aircraft/{call_sign}/flight_logs",
    scope=Scope.AIRCRAFT_READ,
    flow=Flow.FLIGHT_LOGS,
    tag=TAG,
    summary="Read the flight logs of an aircraft",
    answers={200: FlightLogs},
    examples={"response": {"aircraft": EXAMPLE_AIRCRAFT_NAME, "flight_logs": [EXAMPLE_LOG]}},
)
def read_flight_logs(request: ApiRequest, call_sign: str) -> Answer:  # noqa: ARG001 - every operation takes the request
    """The counters configured on the aircraft, with their totals. Their names are the log names that flights use."""
    aircraft = find_aircraft(call_sign)
    body = FlightLogs(
        aircraft=aircraft_name(aircraft), flight_logs=[flight_log_out(counter) for counter in _counters(aircraft)]
    )
    count = len(body.flight_logs)
    return Answer(body, Logged.READ, f"{count} flight logs of {aircraft.registration} read.", count=count)


@endpoint(
    "PUT",
    "/aircraft/{call_sign}/flight_logs",
    scope=Scope.AIRCRAFT_WRITE,
    flow=Flow.FLIGHT_LOGS,
    tag=TAG,
    summary="Configure the flight logs of an aircraft",
    answers={200: FlightLogsAnswer},
    examples={
        "request": {
            "flight_logs": [
                {"name": "Hobbs", "kind": "hobbs", "display": "decimal_hours", "slot": "primary"},
                {"name": "Landings", "kind": "landings"},
            ]
        },
        "response": {
            "result": "updated",
            "added": ["Hobbs"],
            "changed": [],
            "aircraft": EXAMPLE_AIRCRAFT_NAME,
            "flight_logs": [EXAMPLE_LOG],
        },
    },
)
def put_flight_logs(request: ApiRequest, call_sign: str, body: FlightLogsIn) -> Answer:
    """Adds and changes the logs that are listed. Logs that are not listed stay: maintenance may depend on them.

    A new log has no total until somebody gives its opening balance in Hangarlink: unknown is not zero.
    """
    aircraft = find_aircraft(call_sign)
    standing = _counters(aircraft)
    added, changed = [], []
    for position, wanted in enumerate(body.flight_logs):
        with under(f"flight_logs[{position}]"):
            counter = _recognised(wanted, standing)
            if counter is None:
                values = wanted.model_dump(exclude={"id"})
                add_counter(aircraft, **values, acting_user=request.auth.actor)
                added.append(wanted.name)
            elif new := _differences(wanted, counter):
                change_counter(counter, **new, acting_user=request.auth.actor)
                changed.append(wanted.name)
    answer = FlightLogsAnswer(
        result="updated" if added or changed else "unchanged",
        added=added,
        changed=changed,
        aircraft=aircraft_name(aircraft),
        flight_logs=[flight_log_out(counter) for counter in _counters(aircraft)],
    )
    verdict = Logged.UPDATED if added or changed else Logged.UNCHANGED
    return Answer(answer, verdict, f"{aircraft.registration}: {len(added)} flight logs added, {len(changed)} changed.")


def _counters(aircraft: Aircraft) -> list[Counter]:
    return list(Counter.objects.filter(aircraft=aircraft).order_by("position", "name"))


def _recognised(wanted: FlightLogIn, standing: list[Counter]) -> Counter | None:
    if wanted.id is None:
        return next((counter for counter in standing if counter.name == wanted.name), None)
    found = next((counter for counter in standing if counter.id == wanted.id), None)
    if found is None:
        raise RuleBroken(f"This aircraft has no log with the id {wanted.id}. Leave id out to add a log.", field="id")
    return found


def _differences(wanted: FlightLogIn, counter: Counter) -> dict[str, Any]:
    """What is to be changed. A slot or display that is left out stays; a slot that is null is freed."""
    given = wanted.model_dump(exclude={"id"}, exclude_unset=True)
    if given.get("display") is None:
        given.pop("display", None)
    return {name: value for name, value in given.items() if (value or "") != getattr(counter, name)}
