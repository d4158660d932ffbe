"""Defects of one aircraft: read, and report with best-effort matching (contracts/flightlogger.md 2.6)."""

from typing import Literal

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Day, Incoming, Moment, Outgoing, Plain
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, DefectOut, Listing, aircraft_name
from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.defects.actions import Verdict, report_defect
from hangarlink.maintenance.defects.models import Defect
from hangarlink.maintenance.defects.queries import defects_of
from hangarlink.platform.applications.scopes import Scope

TAG = "Defects"
_EXAMPLE_IN = {
    "defect": {
        "external_id": "FL-88213",
        "description": "Nose wheel shimmy during landing roll",
        "reported_at": "2026-06-03T09:40:00Z",
        "reported_by": "A. Jensen",
        "due_date": "2026-06-10",
        "ata": "32-50",
    }
}
_EXAMPLE_DEFECT = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a11",
    "number": 17,
    "aircraft": EXAMPLE_AIRCRAFT_NAME,
    "description": "Nose wheel shimmy during landing roll",
    "reported_at": "2026-06-03T09:40:00Z",
    "reported_by": "A. Jensen",
    "due_date": "2026-06-10",
    "ata": "32-50",
    "external_id": "FL-88213",
    "source": "api:0197379e0f2b7b6f8f3a6a1d2c4b5e60",
    "status": "open",
    "rectification": "",
    "rectified_at": None,
    "closed_at": None,
}


class DefectIn(Incoming):
    description: Plain = Field(min_length=1, max_length=4000, description="What was found.")
    reported_at: Moment = Field(description="When it was reported, with offset. Its UTC date takes part in matching.")
    reported_by: Plain = Field("", max_length=200, description="Who reported it.")
    due_date: Day | None = Field(None, description="To be rectified by, YYYY-MM-DD.")
    ata: Plain = Field("", max_length=8, description="ATA reference: 32, 32-41 or 32-41-00.")
    external_id: Plain = Field("", max_length=120, description="Your name for it. Helps matching; not a permanent key.")


class DefectReport(Incoming):
    defect: DefectIn


class DefectList(Listing):
    defects: list[DefectOut]


class DefectAnswer(Outgoing):
    """`skipped`: it is a defect we have; nothing was changed. `updated`: we had it, and empty fields were filled in."""

    result: Literal["created", "updated", "skipped"]
    matched_by: Literal["external_id", "description"] | None
    defect: DefectOut


@endpoint(
    "GET",
    "/aircraft/{call_sign}/defects",
    scope=Scope.DEFECTS_READ,
    flow=Flow.DEFECTS,
    tag=TAG,
    summary="List the defects of an aircraft",
    answers={200: DefectList},
    examples={"response": {"total": 1, "next_cursor": None, "defects": [_EXAMPLE_DEFECT]}},
)
def list_defects(
    request: ApiRequest,
    call_sign: str,
    cursor: str | None = None,
    per_page: PerPage = DEFAULT_SIZE,
) -> Answer:
    """Latest report first. The aircraft is found by call sign, then registration, then id."""
    aircraft = find_aircraft(call_sign)
    page = page_of(defects_of(aircraft), "-reported_at", "-id", cursor=cursor, size=per_page)
    body = DefectList(
        total=page.total, next_cursor=page.next_cursor, defects=[defect_out(row, aircraft) for row in page.rows]
    )
    summary = f"{len(page.rows)} defects of {aircraft.registration} read."
    return Answer(body, Logged.READ, summary, count=len(page.rows), headers=page.link(request))


@endpoint(
    "POST",
    "/aircraft/{call_sign}/defects",
    scope=Scope.DEFECTS_WRITE,
    flow=Flow.DEFECTS,
    tag=TAG,
    summary="Report a defect",
    answers={201: DefectAnswer, 200: DefectAnswer},
    examples={
        "request": _EXAMPLE_IN,
        "response": {"result": "created", "matched_by": None, "defect": _EXAMPLE_DEFECT},
    },
)
def create_defect(request: ApiRequest, call_sign: str, body: DefectReport) -> Answer:
    """Creates a defect unless it is one we have. Matching is best effort: the same external id from the same system, or
    the same description (case, blanks and closing punctuation aside) on the same UTC day for a defect that is not
    rectified. A match never overwrites: only fields that were empty are filled in. From here on maintenance owns it.
    """
    aircraft = find_aircraft(call_sign)
    call = request.auth
    outcome = report_defect(aircraft, **body.defect.model_dump(), source=call.caller.source, acting_user=call.actor)
    result, logged = _SAID[outcome.verdict]
    answer = DefectAnswer(
        result=result,
        matched_by=outcome.matched_by.value if outcome.matched_by else None,
        defect=defect_out(outcome.defect, aircraft),
    )
    how = f", matched by {outcome.matched_by.value.replace('_', ' ')}" if outcome.matched_by else ""
    summary = f"{aircraft.registration}, defect {outcome.defect.number}: {result}{how}."
    return Answer(answer, logged, summary, status=201 if result == "created" else 200)


_SAID: dict[Verdict, tuple[Literal["created", "updated", "skipped"], Logged]] = {
    Verdict.CREATED: ("created", Logged.CREATED),
    Verdict.COMPLETED: ("updated", Logged.UPDATED),
    Verdict.KNOWN: ("skipped", Logged.SKIPPED),
}


def defect_out(defect: Defect, aircraft: Aircraft) -> DefectOut:
    own = DefectOut.model_fields.keys() - {"aircraft"}
    return DefectOut(aircraft=aircraft_name(aircraft), **{name: getattr(defect, name) for name in own})
