"""Maintenance programmes: read revisions and what they would move; put tasks into a draft."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Day, Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import Listing
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.amp.actions import TaskValues, put_tasks
from hangarlink.maintenance.amp.actions.tasks import MOST_TASKS
from hangarlink.maintenance.amp.contents import compared_content, tasks_of
from hangarlink.maintenance.amp.models import Programme, Revision, Task
from hangarlink.maintenance.amp.report import as_json, report_of
from hangarlink.maintenance.amp.rules.difference import Fate, differences
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, RuleBroken

TAG = "Maintenance programmes"
_SCHEDULE = {"version": 1, "basis": "actual", "repeat": {"kind": "counter", "counter": "airborne", "every": 360000}}
_EXAMPLE_TASK = {
    "reference": "05-20-01",
    "title": "100-hour inspection",
    "mandatory_class": "programme",
    "ata": "05-20",
    "source_document": "AMM 05-20",
    "source_paragraph": "(b)",
    "effective_on": None,
    "schedule": _SCHEDULE,
    "alerts": {},
    "effectivity": {},
    "tolerance": "",
    "tolerance_source": "",
    "minimum_task": "",
}
_EXAMPLE_REVISION = {
    "number": 3,
    "stage": "active",
    "summary": "Interval of the oil change halved",
    "approval_reference": "DK-AMP-7",
    "approved_at": "2026-05-30T12:00:00Z",
    "activated_at": "2026-06-01T06:00:00Z",
    "ended_at": None,
}
_EXAMPLE = {
    "id": "0197379e-9c40-7c2e-8f4b-3f6e5b0d9a77",
    "code": "AMP-172",
    "name": "Cessna 172S",
    "is_minimum": False,
    "is_example": False,
    "minimum": None,
    "revisions": [_EXAMPLE_REVISION],
}

_EXAMPLE_REPORT = {
    "as_of": "2026-06-03",
    "digest": "3f2a9c0d5b7e4a1882c6d0e9f1b3a5c7",
    "looked_at": 12,
    "tasks": [{"task": "12-10", "fate": "changed", "old": {"title": "Oil"}, "new": {"title": "Oil and filter"}}],
    "dues": [],
}


class RevisionOut(Outgoing):
    number: int
    stage: Literal["draft", "in_review", "approved", "active", "superseded", "discarded"]
    summary: str
    approval_reference: str
    approved_at: datetime | None
    activated_at: datetime | None
    ended_at: datetime | None


class ProgrammeOut(Outgoing):
    id: UUID
    code: str
    name: str
    is_minimum: bool
    is_example: bool = Field(description="Made from example data: not for operational use.")
    minimum: UUID | None = Field(description="The minimum programme it may not be weaker than.")
    revisions: list[RevisionOut] = Field(description="Latest first.")


class ProgrammeList(Listing):
    programmes: list[ProgrammeOut]


class ProgrammeRead(Outgoing):
    programme: ProgrammeOut


class TaskOut(Outgoing):
    """What a task says. `schedule` and `effectivity` as in the integrator's guide; amounts in seconds or counts."""

    reference: str
    title: str
    mandatory_class: str
    ata: str
    source_document: str
    source_paragraph: str
    effective_on: date | None
    schedule: dict[str, Any]
    alerts: dict[str, int]
    effectivity: dict[str, Any]
    tolerance: str = Field(description="Code of the tolerance class that variations must keep to.")
    tolerance_source: str
    minimum_task: str


class TaskList(Outgoing):
    revision: RevisionOut
    tasks: list[TaskOut]


class TaskIn(Incoming):
    reference: Plain = Field(min_length=1, max_length=38)
    title: Plain = Field(min_length=1, max_length=200)
    mandatory_class: Plain = Field("programme", max_length=30)
    ata: Plain = Field("", max_length=8)
    source_document: Plain = Field("", max_length=120)
    source_paragraph: Plain = Field("", max_length=120)
    effective_on: Day | None = None
    schedule: dict[str, Any] = Field(description="Limits; the engine's own form.")
    alerts: dict[str, int] = Field(default_factory=dict)
    effectivity: dict[str, Any] = Field(default_factory=dict)
    tolerance: Plain = Field("", max_length=40)
    tolerance_source: Plain = Field("", max_length=120)
    minimum_task: Plain = Field("", max_length=38)


class TasksIn(Incoming):
    tasks: Annotated[list[TaskIn], Field(min_length=1, max_length=MOST_TASKS)]
    replace: bool = Field(False, description="Take out tasks of the draft that are not given.")


class TaskFate(Outgoing):
    task: str
    fate: Literal["changed", "added", "removed", "same"]
    fields: list[str]


class TasksAnswer(Outgoing):
    revision: RevisionOut
    tasks: list[TaskFate]


class ReportRead(Outgoing):
    """`tasks`: what differs from the revision in force. `dues`: due items whose state or due points move."""

    report: dict[str, Any]


@endpoint(
    "GET",
    "/programmes",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="List maintenance programmes",
    answers={200: ProgrammeList},
    examples={"response": {"total": 1, "next_cursor": None, "programmes": [_EXAMPLE]}},
)
def list_programmes(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All maintenance programmes by code, with their revisions."""
    rows = Programme.objects.prefetch_related("revisions")
    page = page_of(rows, "code", "id", cursor=cursor, size=per_page)
    told = [_programme_out(one) for one in page.rows]
    body = ProgrammeList(total=page.total, next_cursor=page.next_cursor, programmes=told)
    return Answer(body, Logged.READ, f"{len(told)} programmes read.", count=len(told), headers=page.link(request))


@endpoint(
    "GET",
    "/programmes/{id}",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Read a maintenance programme",
    answers={200: ProgrammeRead},
    examples={"response": {"programme": _EXAMPLE}},
)
def read_programme(request: ApiRequest, id: str) -> Answer:  # noqa: ARG001 - the published parameter
    """One programme with its revisions."""
    found = _programme(id)
    return Answer(ProgrammeRead(programme=_programme_out(found)), Logged.READ, f"Programme {found} read.")


@endpoint(
    "GET",
    "/programmes/{id}/revisions/{number}/tasks",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="List the tasks of a revision",
    answers={200: TaskList},
    examples={"response": {"revision": _EXAMPLE_REVISION, "tasks": [_EXAMPLE_TASK]}},
)
def list_programme_tasks(request: ApiRequest, id: str, number: int) -> Answer:  # noqa: ARG001 - the published parameter
    """All tasks of one revision, by reference."""
    found = _revision(_programme(id), number)
    tasks = [_task_out(task) for task in tasks_of(found).values()]
    body = TaskList(revision=_revision_out(found), tasks=tasks)
    return Answer(body, Logged.READ, f"{len(tasks)} tasks of {found.programme} {found} read.", count=len(tasks))


@endpoint(
    "GET",
    "/programmes/{id}/revisions/{number}/report",
    scope=Scope.PROGRAMME_READ,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Read what a revision would move",
    answers={200: ReportRead},
    examples={"response": {"report": _EXAMPLE_REPORT}},
)
def read_programme_report(request: ApiRequest, id: str, number: int) -> Answer:
    """Of a revision on its way: the differences to the revision in force, and which due items move from what to what.
    Of an approved or former one: the report that was read when it was approved.
    """
    found = _revision(_programme(id), number)
    kept = found.report
    if Stage(found.stage).is_open:
        kept = as_json(report_of(found, acting_user=request.auth.actor))
    if kept is None:
        raise Missing(f"{found.programme} {found} was discarded before it was approved, so it has no report.")
    return Answer(ReportRead(report=kept), Logged.READ, f"Report of {found.programme} {found} read.")


@endpoint(
    "POST",
    "/programmes/{id}/revisions/{number}/tasks",
    scope=Scope.AMP_WRITE,
    flow=Flow.DUE_ITEMS,
    tag=TAG,
    summary="Put tasks into a draft",
    answers={200: TasksAnswer},
    examples={
        "request": {"tasks": [_EXAMPLE_TASK], "replace": False},
        "response": {
            "revision": _EXAMPLE_REVISION | {"stage": "draft"},
            "tasks": [{"task": "05-20-01", "fate": "added", "fields": []}],
        },
    },
)
def put_programme_tasks(request: ApiRequest, id: str, number: int, body: TasksIn) -> Answer:
    """All tasks or none. A task that is in the draft says what is given from now on. Nothing is demanded of any
    aircraft before people approved and activated the revision.
    """
    found = _revision(_programme(id), number)
    tasks: dict[str, TaskValues] = {}
    for one in body.tasks:
        if one.reference in tasks:
            raise RuleBroken(f"{one.reference} is given twice.", field="tasks")
        tasks[one.reference] = cast(TaskValues, one.model_dump(exclude={"reference"}))
    before = {reference: compared_content(task) for reference, task in tasks_of(found).items()}
    with under("tasks"):
        put_tasks(found, tasks, replace=body.replace, acting_user=request.auth.actor)
    after = {reference: compared_content(task) for reference, task in tasks_of(found).items()}
    told = differences(before, after)
    answer = TasksAnswer(
        revision=_revision_out(found),
        tasks=[TaskFate(task=one.reference, fate=one.fate.value, fields=list(one.fields)) for one in told],
    )
    changed = sum(one.fate is not Fate.SAME for one in told)
    verdict = Logged.UPDATED if changed else Logged.UNCHANGED
    return Answer(answer, verdict, f"{found.programme} {found}: {changed} tasks differ.")


def _programme(identifier: str) -> Programme:
    try:
        found = Programme.objects.filter(pk=UUID(identifier)).prefetch_related("revisions").first()
    except ValueError:
        found = None
    if found is None:
        raise Missing(f"There is no maintenance programme with the id {identifier[:60]} in this account.")
    return found


def _revision(programme: Programme, number: int) -> Revision:
    found = next((one for one in programme.revisions.all() if one.number == number), None)
    if found is None:
        raise Missing(f"{programme} has no revision {number}.")
    return found


def _programme_out(one: Programme) -> ProgrammeOut:
    revisions = sorted(one.revisions.all(), key=lambda revision: -revision.number)
    return ProgrammeOut(
        id=one.id, code=one.code, name=one.name, is_minimum=one.is_minimum, is_example=one.is_example,
        minimum=one.minimum_id, revisions=[_revision_out(revision) for revision in revisions],
    )  # fmt: skip


def _revision_out(one: Revision) -> RevisionOut:
    return RevisionOut(
        number=one.number, stage=Stage(one.stage).value, summary=one.summary, approval_reference=one.reference,
        approved_at=one.approved_at, activated_at=one.activated_at, ended_at=one.ended_at,
    )  # fmt: skip


def _task_out(task: Task) -> TaskOut:
    empty: dict[str, Any] = {"ata": "", "source_document": "", "source_paragraph": "", "effective_on": None}
    said = {**empty, "tolerance": "", "tolerance_source": "", "alerts": {}, "effectivity": {}, **task.content}
    return TaskOut(
        reference=task.reference, minimum_task=task.minimum_task,
        **{name: said[name] for name in TaskOut.model_fields if name not in {"reference", "minimum_task"}},
    )  # fmt: skip
