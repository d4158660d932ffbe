"""May it fly? The state of an aircraft with every reason and its source (domain rule 1.6)."""

from datetime import date, datetime

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Outgoing
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, AircraftName, aircraft_name
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.grounding import Permit, permits_of
from hangarlink.maintenance.programme.queries import board
from hangarlink.maintenance.programme.rules.airworthiness import Ground
from hangarlink.platform.applications.scopes import Scope

TAG = "Airworthiness"


class GroundOut(Outgoing):
    """One reason. `code` is for programs, `said` for people."""

    state: str = Field(examples=["unknown"])
    code: str = Field(examples=["directive_not_assessed"])
    subject: str = Field(description="Id of what it is about.")
    reference: str = Field(examples=["AD 2020-21-22"])
    title: str
    source: str = Field(description="The document and paragraph that demands it.")
    said: str


class PermitOut(Outgoing):
    """A special flight permit. It changes no state: it lets the flights it names go all the same."""

    id: str
    reference: str
    authority: str
    flights: str
    conditions: str
    valid_from: date
    valid_to: date
    left: int | None = Field(description="Flights left; null when the permit does not count them.")


class AirworthinessRead(Outgoing):
    aircraft: AircraftName
    as_of: date
    state: str = Field(
        description="ok, due_soon, restricted, unknown or grounded: the worst of the reasons. Unknown is not ok."
    )
    reasons: list[GroundOut] = Field(description="Worst first.")
    special_flight_permits: list[PermitOut]
    used_until: datetime | None = Field(description="The last usage on record.")


_EXAMPLE = {
    "aircraft": EXAMPLE_AIRCRAFT_NAME,
    "as_of": "2026-06-03",
    "state": "unknown",
    "reasons": [
        {
            "state": "unknown",
            "code": "directive_not_assessed",
            "subject": "0197379e-3c11-7a02-8a7d-5b1f0e2d4c33",
            "reference": "AD 2020-21-22",
            "title": "Tailplane attachment",
            "source": "AD 2020-21-22",
            "said": "AD 2020-21-22 Tailplane attachment was not assessed for this aircraft",
        }
    ],
    "special_flight_permits": [],
    "used_until": "2026-06-03T09:12:00Z",
}


@endpoint(
    "GET",
    "/aircraft/{call_sign}/airworthiness",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Read the airworthiness state of an aircraft with its reasons",
    answers={200: AirworthinessRead},
    examples={"response": _EXAMPLE},
)
def read_airworthiness(request: ApiRequest, call_sign: str) -> Answer:  # noqa: ARG001 - every operation takes the request
    """The state as of today, the reasons worst first, each with its source.

    It advises and certifies nothing. The aircraft is found by call sign, then registration, then id.
    """
    aircraft = find_aircraft(call_sign)
    day = today()
    row = board([aircraft.pk], as_of=day)[aircraft.pk]
    permits = permits_of([aircraft.pk], day)[aircraft.pk]
    body = AirworthinessRead(
        aircraft=aircraft_name(aircraft),
        as_of=day,
        state=row.state.code,
        reasons=[ground_out(ground) for ground in row.grounds],
        special_flight_permits=[permit_out(one) for one in permits],
        used_until=row.used_until,
    )
    return Answer(body, Logged.READ, f"Airworthiness of {aircraft.registration} read.", count=1)


def ground_out(ground: Ground) -> GroundOut:
    """A reason as the API tells it."""
    said = ground.said or " ".join(part for part in (ground.reference, ground.title) if part)
    return GroundOut(
        state=ground.state.code, code=ground.code, subject=ground.subject, reference=ground.reference,
        title=ground.title, source=ground.source, said=said,
    )  # fmt: skip


def permit_out(permit: Permit) -> PermitOut:
    """A permit as the API tells it."""
    return PermitOut(
        id=permit.subject, reference=permit.reference, authority=permit.authority, flights=permit.flights,
        conditions=permit.conditions, valid_from=permit.valid_from, valid_to=permit.valid_to, left=permit.left,
    )  # fmt: skip
