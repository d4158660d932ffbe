"""Why does this aircraft not sync, as far as the asking program may know it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Outgoing
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.diagnose import Result, Step, diagnose_for_program
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.platform.applications.scopes import Scope


class CheckOut(Outgoing):
    step: Step
    question: str
    result: Result
    evidence: str
    mend: str


class Diagnosis(Outgoing):
    """Checks in the order in which to look; `answer` is the first that failed."""

    kind: Literal["aircraft"]
    id: UUID
    subject: str
    question: str
    account: str
    asked_at: datetime
    answer: str
    checks: list[CheckOut]


_CHECK = {
    "step": "setup",
    "question": "Are flight logs configured on the aircraft?",
    "result": "failed",
    "evidence": "It has no counter.",
    "mend": "Add the counters that its model needs.",
}
EXAMPLE = {
    "kind": "aircraft",
    "id": "0197379e-1b7a-7d10-9f63-0c9a5f1f7a02",
    "subject": "OY-SKA",
    "question": "Why does this aircraft not sync?",
    "account": "Skyline Flight School (demo)",
    "asked_at": "2026-06-03T09:12:00Z",
    "answer": "It has no counter. Add the counters that its model needs.",
    "checks": [_CHECK],
}


@endpoint(
    "GET",
    "/aircraft/{call_sign}/diagnosis",
    scope=Scope.AIRCRAFT_READ,
    flow=Flow.AIRCRAFT,
    tag="Aircraft",
    summary="Ask why an aircraft does not sync",
    answers={200: Diagnosis},
    examples={"response": EXAMPLE},
)
def diagnosis(request: ApiRequest, call_sign: str) -> Answer:
    """Your scopes, its names, your refused calls of the last week, its flight logs and the age of its usage."""
    aircraft = find_aircraft(call_sign)
    caller = request.auth
    found = diagnose_for_program(aircraft.pk, caller.caller.application_id, acting_user=caller.actor)
    return Answer(Diagnosis(**found.as_dict()), Logged.READ, f"{aircraft.registration} diagnosed.")
