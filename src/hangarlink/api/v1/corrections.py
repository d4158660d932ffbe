"""Putting flights right, with a look ahead: which counters and which due items would move."""

from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1 import usage
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Count, Incoming, Plain, Quantity
from hangarlink.api.v1.impact import EXAMPLE, ChangeAnswer, previewed
from hangarlink.fleet.actions import cancel_flight, correct_flight, reinstate_flight
from hangarlink.fleet.models import Flight
from hangarlink.fleet.queries import find_logs
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing

TAG = "Hours and cycles"


class AmountIn(Incoming):
    name: Plain = Field(min_length=1, max_length=60, description="The name of a log, to the letter.")
    value: Quantity = Field(description="What the flight added: hours (1.4, 1:24) or a count.")


class CorrectionIn(Incoming):
    """What the flight added, whole: a log left out got nothing."""

    logs: list[AmountIn] = Field(default_factory=list, max_length=50)
    cycles: Count | None = None
    landings: Count | None = None
    reason: Plain = Field(min_length=1, max_length=300, description="Kept with the old and new values.")


class ReasonIn(Incoming):
    reason: Plain = Field(min_length=1, max_length=300, description="Kept with the flight.")


_CORRECTION = {"logs": [{"name": "Hobbs", "value": "11.4"}], "landings": 3, "reason": "Misread: 11.4, not 1.4"}
_REASON = {"reason": "Never flown: the aircraft was on jacks"}


@endpoint(
    "POST",
    "/flights/{id}/correct",
    scope=Scope.USAGE_CORRECT,
    flow=Flow.HOURS_CYCLES,
    tag=TAG,
    summary="Correct what a flight added",
    answers={200: ChangeAnswer},
    examples={"request": _CORRECTION, "response": EXAMPLE},
)
def correct(request: ApiRequest, id: UUID, body: CorrectionIn, preview: bool = False) -> Answer:
    """Replaces the amounts of a flight; what follows from them is worked out anew from that moment on.

    With `?preview=true` nothing is kept: the answer tells every counter and due item that would move, what becomes
    overdue in front. Values that people read from instruments stay; where usage contradicts them, a discrepancy is
    raised.
    """
    flight, actor = _find(id), request.auth.actor
    configured = find_logs(str(flight.aircraft_id)).logs
    given = [usage.GivenLog(one.name, one.value) for one in body.logs]
    amounts = usage.amounts_of(given, cycles=body.cycles, landings=body.landings, configured=configured)

    def work() -> None:
        correct_flight(flight, amounts=amounts, reason=body.reason, acting_user=actor)

    return _answer(previewed(work, preview=preview, acting_user=actor), flight, "corrected")


@endpoint(
    "POST",
    "/flights/{id}/cancel",
    scope=Scope.USAGE_CORRECT,
    flow=Flow.HOURS_CYCLES,
    tag=TAG,
    summary="Cancel a flight that never was",
    answers={200: ChangeAnswer},
    examples={"request": _REASON, "response": EXAMPLE},
)
def cancel(request: ApiRequest, id: UUID, body: ReasonIn, preview: bool = False) -> Answer:
    """Takes the flight out of every total; its record stays. With `?preview=true` nothing is kept."""
    flight, actor = _find(id), request.auth.actor

    def work() -> None:
        cancel_flight(flight, reason=body.reason, acting_user=actor)

    return _answer(previewed(work, preview=preview, acting_user=actor), flight, "cancelled")


@endpoint(
    "POST",
    "/flights/{id}/reinstate",
    scope=Scope.USAGE_CORRECT,
    flow=Flow.HOURS_CYCLES,
    tag=TAG,
    summary="Let a cancelled flight count again",
    answers={200: ChangeAnswer},
    examples={"request": {"reason": "It was flown after all"}, "response": EXAMPLE},
)
def reinstate(request: ApiRequest, id: UUID, body: ReasonIn, preview: bool = False) -> Answer:
    """The flight counts again. With `?preview=true` nothing is kept."""
    flight, actor = _find(id), request.auth.actor

    def work() -> None:
        reinstate_flight(flight, reason=body.reason, acting_user=actor)

    return _answer(previewed(work, preview=preview, acting_user=actor), flight, "reinstated")


def _answer(body: ChangeAnswer, flight: Flight, verb: str) -> Answer:
    if body.result == "preview":
        return Answer(body, Logged.READ, f"{flight.aircraft.registration}: a flight looked at as if {verb}.")
    return Answer(body, Logged.UPDATED, f"{flight.aircraft.registration}: flight {verb}.")


def _find(id: UUID) -> Flight:
    found = Flight.objects.select_related("aircraft").filter(pk=id).first()
    if found is None:
        raise Missing(f"There is no flight {id} in this account. Take the id from hours_cycles.")
    return found
