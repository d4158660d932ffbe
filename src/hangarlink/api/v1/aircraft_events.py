"""Events of an aircraft that limits count from or wait for: read, record, withdraw."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Moment, Outgoing, Plain, Quantity
from hangarlink.api.v1.outgoing import Listing
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.programme.actions import record_event, withdraw_event
from hangarlink.maintenance.programme.models import EventRecord
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.quantities import Unit, parse_quantity

TAG = "Aircraft events"
_EXAMPLE_IN = {"code": "hard_landing", "at": "2026-06-03T09:40:00Z", "source": "Technical log 4711", "note": ""}
_EXAMPLE = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a12",
    **_EXAMPLE_IN,
    "on": "2026-06-03",
    "values": {"Airborne": 17324280},
}


class EventIn(Incoming):
    code: Plain = Field(min_length=1, max_length=40, description="As limits name it: hard_landing, shop_visit.")
    at: Moment = Field(description="When it happened, with offset.")
    source: Plain = Field("", max_length=200, description="Where it is written.")
    note: Plain = Field("", max_length=4000)
    values: dict[str, Quantity] = Field(
        default_factory=dict,
        description="Totals read from instruments then, by counter name. The others follow from usage.",
    )


class EventReport(Incoming):
    event: EventIn


class EventOut(Outgoing):
    id: UUID
    code: str
    at: datetime
    on: date
    source: str
    note: str
    values: dict[str, int] = Field(description="Totals then, by counter name: seconds or counts.")


class EventAnswer(Outgoing):
    result: str
    event: EventOut


class EventList(Listing):
    events: list[EventOut]


class EventWithdrawal(Incoming):
    reason: Plain = Field(min_length=1, max_length=300, description="Why it is said not to have happened. Kept.")


class WithdrawnAnswer(Outgoing):
    result: str


@endpoint(
    "GET",
    "/aircraft/{call_sign}/events",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Read the events of an aircraft",
    answers={200: EventList},
    examples={"response": {"total": 1, "next_cursor": None, "events": [_EXAMPLE]}},
)
def list_aircraft_events(
    request: ApiRequest,  # noqa: ARG001 - every operation takes the request
    call_sign: str,
    per_page: PerPage = DEFAULT_SIZE,
    cursor: str = "",
) -> Answer:
    """What happened to it that limits count from or wait for, oldest first. Withdrawn ones are left out."""
    aircraft = find_aircraft(call_sign)
    page = page_of(_standing(aircraft), "at", "id", cursor=cursor, size=per_page)
    body = EventList(total=page.total, next_cursor=page.next_cursor, events=[_out(row) for row in page.rows])
    return Answer(body, Logged.READ, f"Events of {aircraft.registration} read.", count=len(page.rows))


@endpoint(
    "POST",
    "/aircraft/{call_sign}/events",
    scope=Scope.PROGRAMME_RECORD,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Record an event of an aircraft",
    answers={201: EventAnswer},
    examples={"request": {"event": _EXAMPLE_IN}, "response": {"result": "created", "event": _EXAMPLE}},
)
def create_aircraft_event(request: ApiRequest, call_sign: str, body: EventReport) -> Answer:
    """Limits that wait for it fall due, those that count from it begin to count. The same event twice is refused."""
    aircraft, given = find_aircraft(call_sign), body.event
    with under("event"):
        made = record_event(
            aircraft, code=given.code, at=given.at, source=given.source, note=given.note,
            values=_values(aircraft, given.values), acting_user=request.auth.actor,
        )  # fmt: skip
    answer = EventAnswer(result="created", event=_out(_standing(aircraft).get(pk=made.pk)))
    return Answer(answer, Logged.CREATED, f"{made} on {aircraft.registration} recorded.", status=201)


@endpoint(
    "POST",
    "/aircraft/{call_sign}/events/{id}/withdrawal",
    scope=Scope.PROGRAMME_RECORD,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Withdraw an event",
    answers={200: WithdrawnAnswer},
    examples={"request": {"reason": "Entered for the wrong aircraft"}, "response": {"result": "updated"}},
)
def withdraw_aircraft_event(request: ApiRequest, call_sign: str, id: UUID, body: EventWithdrawal) -> Answer:
    """It did not happen: due points are what they would be without it. The record is kept with the reason."""
    aircraft = find_aircraft(call_sign)
    found = _standing(aircraft).filter(pk=id).first()
    if found is None:
        raise Missing("There is no such event on this aircraft, or it was withdrawn.")
    withdraw_event(found, reason=body.reason, acting_user=request.auth.actor)
    return Answer(WithdrawnAnswer(result="updated"), Logged.UPDATED, f"{found} on {aircraft.registration} withdrawn.")


def _standing(aircraft: Aircraft) -> "QuerySet[EventRecord]":
    rows = EventRecord.objects.filter(aircraft=aircraft, superseded_at__isnull=True, is_withdrawn=False)
    return rows.prefetch_related("values__counter")


def _values(aircraft: Aircraft, said: dict[str, Quantity]) -> dict[UUID, int]:
    counters = {one.name: one for one in Counter.objects.filter(aircraft=aircraft)} if said else {}
    values = {}
    for name, amount in said.items():
        if name not in counters:
            known = ", ".join(sorted(counters)) or "none"
            raise RuleBroken(f"{name!r} is not a counter of this aircraft. Its counters: {known}.", field="values")
        values[counters[name].pk] = parse_quantity(amount, Unit(counters[name].unit), field=name)
    return values


def _out(row: EventRecord) -> EventOut:
    values = {one.counter.name: one.value for one in row.values.all()}
    return EventOut(id=row.pk, code=row.code, at=row.at, on=row.on, source=row.source, note=row.note, values=values)
