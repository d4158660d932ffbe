"""Directives: read, enter, assess, and the AD/SB status of an aircraft (domain rules 1.8 and 4.8)."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Day, Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, AircraftName, Listing, aircraft_name
from hangarlink.fleet.models import AircraftModel
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.compliance import actions
from hangarlink.maintenance.compliance.models import Directive, DirectiveRevision
from hangarlink.maintenance.compliance.queries.report import Entry, Part, status_report
from hangarlink.maintenance.compliance.rules.words import DirectiveKind
from hangarlink.maintenance.programme.days import today
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, RuleBroken

TAG = "Directives"
_EXAMPLE = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9b01",
    "kind": "ad",
    "issuer": "FAA",
    "number": "2020-21-22",
    "revision": "",
    "subject": "Tailplane attachment",
    "effective_on": "2020-12-07",
    "mandatory_class": "airworthiness_directive",
    "superseded_by": None,
    "cancelled_at": None,
    "is_example": False,
}
_EXAMPLE_IN = {
    "directive": {
        "kind": "ad",
        "issuer": "FAA",
        "number": "2020-21-22",
        "subject": "Tailplane attachment",
        "effective_on": "2020-12-07",
        "aircraft_models": ["Cessna 172S"],
        "paragraphs": [
            {
                "code": "(g)",
                "title": "Inspect",
                "schedule": {"repeat": {"kind": "counter", "counter": "airborne", "every": 360000}},
            }
        ],
    }
}
_EXAMPLE_LINE: dict[str, Any] = {
    "directive": "AD 2020-21-22",
    "directive_id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9b01",
    "revision": "",
    "subject": "Tailplane attachment",
    "object": "OY-SKA",
    "component_id": None,
    "standing": "not_assessed",
    "reason": "",
    "method": "",
    "reference": "",
    "effective_on": "2020-12-07",
    "repeats": False,
    "paragraphs": [],
}


class DirectiveOut(Outgoing):
    """A directive, bulletin or letter in its present revision."""

    id: UUID
    kind: Literal["ad", "sb", "sl"]
    issuer: str
    number: str
    revision: str = Field(description="As the issuer calls it; empty for the first.")
    subject: str
    effective_on: date | None
    mandatory_class: str
    superseded_by: UUID | None
    cancelled_at: datetime | None
    is_example: bool = Field(description="Taken from a public summary: its text prevails.")


class DirectiveList(Listing):
    directives: list[DirectiveOut]


class ParagraphIn(Incoming):
    code: Plain = Field("", max_length=20, description="As the text names it: (g).")
    title: Plain = Field(min_length=1, max_length=200)
    kind: Literal["action", "terminating"] = "action"
    schedule: dict[str, Any] | None = Field(None, description="Its limits; seconds for hours. Without: entered later.")


class DirectiveIn(Incoming):
    kind: Literal["ad", "sb", "sl"]
    issuer: Plain = Field(min_length=1, max_length=60)
    number: Plain = Field(min_length=1, max_length=50)
    subject: Plain = Field(min_length=1, max_length=200)
    label: Plain = Field("", max_length=60, description="The issuer's word for the revision.")
    ata: Plain = Field("", max_length=8)
    issued_on: Day | None = None
    effective_on: Day | None = None
    applies: Plain = Field("", max_length=10_000)
    compliance: Plain = Field("", max_length=10_000)
    source: Plain = Field("", max_length=300)
    aircraft_models: list[Plain] = Field([], max_length=100, description="Names of models it names.")
    part_numbers: list[Plain] = Field([], max_length=500, description="Part numbers of components it names.")
    paragraphs: list[ParagraphIn] = Field([], max_length=50)


class DirectiveReport(Incoming):
    directive: DirectiveIn


class DirectiveAnswer(Outgoing):
    result: Literal["created"]
    directive: DirectiveOut


class PartOut(Outgoing):
    """A paragraph that applies: when it was last done, and its due item."""

    code: str
    title: str
    amoc: str | None
    last_done: date | None
    values: dict[str, int] = Field(description="Totals then by counter, in seconds or counts.")
    certificate: str
    due_item: UUID | None
    due_state: str | None = Field(examples=["ok"])
    forecast: date | None


class StatusLine(Outgoing):
    """One directive on the aircraft, or on a component of it."""

    directive: str
    directive_id: UUID
    revision: str
    subject: str
    object: str
    component_id: UUID | None
    standing: str = Field(
        description="not_assessed, open, repetitive, amoc, complied_once, terminated, superseded or not_applicable."
    )
    reason: str = Field(description="Why it does or does not apply, or why a decision no longer counts.")
    method: str
    reference: str = Field(description="Release, modification or directive that ends it.")
    effective_on: date | None
    repeats: bool
    paragraphs: list[PartOut]


class StatusRead(Outgoing):
    aircraft: AircraftName
    as_of: date
    directives: list[StatusLine]


class AssessmentIn(Incoming):
    verdict: Literal["applicable", "not_applicable"]
    because: Literal["", "serial", "not_installed", "modified", "not_this_model", "other"] = Field(
        "", description="Needed when it is not applicable."
    )
    reason: Plain = Field("", max_length=300, description="Needed when it is not applicable.")
    method: Plain = Field("", max_length=300)


class AssessmentReport(Incoming):
    assessment: AssessmentIn


class AssessmentAnswer(Outgoing):
    result: Literal["updated"]
    directive: StatusLine


@endpoint(
    "GET",
    "/directives",
    scope=Scope.COMPLIANCE_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="List directives",
    answers={200: DirectiveList},
    examples={"response": {"total": 1, "next_cursor": None, "directives": [_EXAMPLE]}},
)
def list_directives(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All of them, also superseded and cancelled ones, as they were entered."""
    page = page_of(Directive.objects.all(), "created_at", "id", cursor=cursor, size=per_page)
    body = DirectiveList(total=page.total, next_cursor=page.next_cursor, directives=_directives(page.rows))
    return Answer(
        body, Logged.READ, f"{len(page.rows)} directives read.", count=len(page.rows), headers=page.link(request)
    )


@endpoint(
    "POST",
    "/directives",
    scope=Scope.COMPLIANCE_WRITE,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Enter a directive",
    answers={201: DirectiveAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "directive": _EXAMPLE}},
)
def create_directive(request: ApiRequest, body: DirectiveReport) -> Answer:
    """Enters a directive with its products and paragraphs, all or nothing. What it names is then to be assessed."""
    actor, given = request.auth.actor, body.directive
    says = given.model_dump(exclude={"kind", "issuer", "number", "aircraft_models", "part_numbers", "paragraphs"})
    with under("directive"):
        models = [_model(name) for name in given.aircraft_models]
        made = actions.add_directive(
            kind=given.kind, issuer=given.issuer, number=given.number, acting_user=actor, **says
        )
        for model in models:
            actions.add_product(made, aircraft_model=model, acting_user=actor)
        for part in given.part_numbers:
            actions.add_product(made, part_number=part, acting_user=actor)
        for one in given.paragraphs:
            actions.add_paragraph(made, acting_user=actor, **one.model_dump())
    answer = DirectiveAnswer(result="created", directive=_directives([made])[0])
    return Answer(answer, Logged.CREATED, f"{made} created.", status=201)


@endpoint(
    "GET",
    "/aircraft/{call_sign}/directives",
    scope=Scope.COMPLIANCE_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Read the AD/SB status of an aircraft",
    answers={200: StatusRead},
    examples={"response": {"aircraft": EXAMPLE_AIRCRAFT_NAME, "as_of": "2026-06-03", "directives": [_EXAMPLE_LINE]}},
)
def read_directive_status(request: ApiRequest, call_sign: str) -> Answer:  # noqa: ARG001 - every operation takes the request
    """Every directive that names the aircraft or a component on it, by number; superseded ones are left out.

    The aircraft is found by call sign, then registration, then id.
    """
    aircraft = find_aircraft(call_sign)
    lines = [_line(entry) for entry in status_report(aircraft.pk)]
    body = StatusRead(aircraft=aircraft_name(aircraft), as_of=today(), directives=lines)
    return Answer(body, Logged.READ, f"Directives of {aircraft.registration} read.", count=len(lines))


@endpoint(
    "POST",
    "/aircraft/{call_sign}/directives/{id}/assessment",
    scope=Scope.COMPLIANCE_ASSESS,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Assess a directive on an aircraft",
    answers={200: AssessmentAnswer},
    examples={
        "request": {"assessment": {"verdict": "not_applicable", "because": "serial", "reason": "S/N not listed"}},
        "response": {
            "result": "updated",
            "directive": {**_EXAMPLE_LINE, "standing": "not_applicable", "reason": "S/N not listed"},
        },
    },
)
def assess_directive(request: ApiRequest, call_sign: str, id: UUID, body: AssessmentReport) -> Answer:
    """Applicable: every paragraph's limits become due items. Not applicable: the reason stands in the status."""
    aircraft, actor, given = find_aircraft(call_sign), request.auth.actor, body.assessment
    directive = Directive.objects.filter(pk=id).first()
    if directive is None:
        raise Missing("There is no such directive in this account.")
    with under("assessment"):
        if given.verdict == "applicable":
            actions.assess_applicable(directive, aircraft, method=given.method, reason=given.reason, acting_user=actor)
        else:
            actions.assess_not_applicable(
                directive, aircraft, because=given.because, reason=given.reason, acting_user=actor
            )
    entry = next(one for one in status_report(aircraft.pk, superseded=True) if _is(one, id, aircraft.pk))
    answer = AssessmentAnswer(result="updated", directive=_line(entry))
    return Answer(answer, Logged.UPDATED, f"{directive} on {aircraft.registration}: {given.verdict}.")


def _is(entry: Entry, directive_id: UUID, aircraft_id: UUID) -> bool:
    return (entry.pair.directive_id, entry.pair.aircraft_id) == (directive_id, aircraft_id)


def _model(name: str) -> AircraftModel:
    found = AircraftModel.objects.filter(name=name).first()
    if found is None:
        raise RuleBroken(f"There is no aircraft model {name!r} in this account.", field="aircraft_models")
    return found


def _directives(rows: list[Directive]) -> list[DirectiveOut]:
    revisions = DirectiveRevision.objects.filter(directive__in=rows)
    numbers = {row.pk: row.current for row in rows}
    current = {one.directive_id: one for one in revisions if one.number == numbers[one.directive_id]}
    return [
        DirectiveOut(
            id=row.pk, kind=DirectiveKind(row.kind).value, issuer=row.issuer, number=row.number,
            revision=current[row.pk].label, subject=current[row.pk].subject,
            effective_on=current[row.pk].effective_on, mandatory_class=row.mandatory_class,
            superseded_by=row.superseded_by_id, cancelled_at=row.cancelled_at, is_example=row.is_example,
        )
        for row in rows
    ]  # fmt: skip


def _line(entry: Entry) -> StatusLine:
    pair, decision = entry.pair, entry.decision
    done = [part.done for part in entry.parts if part.done]
    certificate = max(done, key=lambda one: one.due_reference).certificate if done else ""
    amocs = [f"AMOC {one.reference}" for one in entry.amocs]
    return StatusLine(
        directive=pair.name, directive_id=pair.directive_id, revision=pair.revision_label, subject=pair.subject,
        object=pair.object_name, component_id=pair.component_id, standing=pair.state.value, reason=entry.reason,
        method="; ".join([*amocs, *([decision.method] if decision and decision.method else [])]),
        reference=certificate or (decision.reference if decision else ""), effective_on=pair.effective_on,
        repeats=entry.repeats, paragraphs=[_part(part) for part in entry.parts],
    )  # fmt: skip


def _part(part: Part) -> PartOut:
    return PartOut(
        code=part.paragraph.code, title=part.paragraph.title, amoc=str(part.under) if part.under else None,
        last_done=part.done.on if part.done else None, values={one.counter: one.value for one in part.values},
        certificate=part.done.certificate if part.done else "", due_item=part.item_id,
        due_state=part.due.state.code if part.due else None, forecast=part.due.forecast if part.due else None,
    )  # fmt: skip
