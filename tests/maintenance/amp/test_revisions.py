"""The life of a revision, from the first draft to the due dates it moves."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hangarlink.maintenance.amp.actions import (
    activate_revision,
    add_programme,
    approve_revision,
    assign_programme,
    discard_revision,
    draft_revision,
    put_task,
    put_tasks,
    remove_task,
    return_revision,
    submit_revision,
    unassign_programme,
)
from hangarlink.maintenance.amp.actions.tasks import TasksRefused
from hangarlink.maintenance.amp.models import Programme, Revision, Task
from hangarlink.maintenance.amp.report import report_of
from hangarlink.maintenance.amp.rules.difference import Fate
from hangarlink.maintenance.amp.rules.life import Stage
from hangarlink.maintenance.programme.actions import retire_requirement, revise_requirement
from hangarlink.maintenance.programme.impact import Change
from hangarlink.maintenance.programme.models import DueItem, Requirement
from hangarlink.maintenance.programme.queries import Narrow, due_list
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.maintenance.amp.conftest import HUNDRED, every, in_force, months, requirement
from tests.maintenance.programme.conftest import Hangar, announced, hours, make_hangar


def stage(revision: Revision) -> str:
    return str(Revision.objects.get(pk=revision.pk).stage)


def test_a_draft_demands_nothing_and_activation_demands_it_of_assigned_aircraft(
    hangar: Hangar, acting_user: Actor
) -> None:
    made = add_programme(code="AMP-172", name="Cessna 172S", acting_user=acting_user)
    assign_programme(made, hangar.aircraft.aircraft_model, acting_user=acting_user)
    draft = draft_revision(made, acting_user=acting_user)
    put_task(draft, "05-20-01", acting_user=acting_user, **HUNDRED)
    submit_revision(draft, acting_user=acting_user)
    report = report_of(draft, acting_user=acting_user)
    approve_revision(draft, digest=report.digest, acting_user=acting_user)
    assert [one.moved.change for one in report.lines] == [Change.APPEARS]
    assert not DueItem.objects.exists()
    activate_revision(draft, acting_user=acting_user)
    (row,) = due_list(Narrow(aircraft_id=hangar.aircraft.id)).rows
    assert (row.reference, row.state, row.ata) == ("AMP-172 05-20-01", State.UNKNOWN, "05-20")
    moved = [one["stage"] for one in announced("programme.revision_moved")]
    assert moved == ["draft", "in_review", "approved", "active"]


def test_the_report_says_which_due_dates_move_and_activation_moves_exactly_those(
    programme: Programme, hangar: Hangar, acting_user: Actor
) -> None:
    hangar.did(requirement(programme, "05-20-01"), "2026-02-01", 990)
    draft = draft_revision(programme, summary="Interval halved", acting_user=acting_user)
    put_task(draft, "05-20-01", acting_user=acting_user, **{**HUNDRED, "schedule": every(50)})
    report = report_of(draft, acting_user=acting_user)
    (line,) = report.lines
    assert line.task is not None
    assert (line.task.fate, line.task.fields) == (Fate.CHANGED, ("schedule",))
    assert [(term.before.limit, term.after.limit) for term in line.moved.terms if term.before and term.after] == [
        (hours(1090), hours(1040))
    ]
    assert hangar.row(requirement(programme, "05-20-01")).terms[0].limit == hours(1090)
    in_force(draft, acting_user)
    assert hangar.row(requirement(programme, "05-20-01")).terms[0].limit == hours(1040)
    assert [(one.number, one.stage) for one in programme.revisions.order_by("number")] == [
        (1, "superseded"), (2, "active"),
    ]  # fmt: skip
    kept = programme.revisions.get(number=2).report
    assert kept is not None
    assert [(one["old"], one["new"]) for due in kept["dues"] for one in due["limits"]] == [(hours(1090), hours(1040))]


def test_a_task_that_is_taken_out_ends_and_one_that_comes_back_keeps_its_history(
    programme: Programme, hangar: Hangar, acting_user: Actor
) -> None:
    hangar.did(requirement(programme, "05-20-01"), "2026-02-01", 990)
    draft = draft_revision(programme, acting_user=acting_user)
    remove_task(draft.tasks.get(), acting_user=acting_user)
    put_task(draft, "12-10", acting_user=acting_user, **{**HUNDRED, "title": "Oil", "schedule": every(50)})
    in_force(draft, acting_user)
    assert [row.reference for row in due_list(Narrow(aircraft_id=hangar.aircraft.id)).rows] == ["AMP-172 12-10"]
    assert requirement(programme, "05-20-01").retired_at
    again = draft_revision(programme, acting_user=acting_user)
    put_task(again, "05-20-01", acting_user=acting_user, **HUNDRED)
    in_force(again, acting_user)
    back = requirement(programme, "05-20-01")
    assert back.retired_at is None
    assert hangar.row(back).terms[0].limit == hours(1090)


def test_only_what_differs_gets_a_new_revision(programme: Programme, hangar: Hangar, acting_user: Actor) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "12-10", acting_user=acting_user, **{**HUNDRED, "title": "Oil"})
    in_force(draft, acting_user)
    assert requirement(programme, "05-20-01").current == 1
    assert requirement(programme, "12-10").current == 1


def test_a_field_that_a_task_no_longer_says_is_empty_again(
    programme: Programme, hangar: Hangar, acting_user: Actor
) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    said = {name: value for name, value in HUNDRED.items() if name != "ata"}
    put_task(draft, "05-20-01", acting_user=acting_user, **said)
    in_force(draft, acting_user)
    assert hangar.row(requirement(programme, "05-20-01")).ata == ""


def test_an_approval_names_the_report_that_was_read(programme: Programme, hangar: Hangar, acting_user: Actor) -> None:
    made = requirement(programme, "05-20-01")
    hangar.did(made, "2026-02-01", 990)
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "05-20-01", acting_user=acting_user, **{**HUNDRED, "schedule": every(50)})
    submit_revision(draft, acting_user=acting_user)
    read = report_of(draft, acting_user=acting_user)
    hangar.did(made, "2026-02-20", 995)
    with pytest.raises(RuleBroken, match="Read the report again") as refused:
        approve_revision(draft, digest=read.digest, acting_user=acting_user)
    assert refused.value.field == "digest"
    assert stage(draft) == Stage.IN_REVIEW


def test_what_a_stage_does_not_allow_is_refused(programme: Programme, acting_user: Actor) -> None:
    active = programme.revisions.get()
    with pytest.raises(RuleBroken, match="This revision is active"):
        put_task(active, "05-20-02", acting_user=acting_user, **HUNDRED)
    with pytest.raises(RuleBroken, match="This revision is active"):
        remove_task(active.tasks.get(), acting_user=acting_user)
    draft = draft_revision(programme, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="Finish or discard it"):
        draft_revision(programme, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="says the same"):
        submit_revision(draft, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="a draft"):
        activate_revision(draft, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="a draft"):
        approve_revision(draft, digest="", acting_user=acting_user)
    discard_revision(draft, reason="Not needed", acting_user=acting_user)
    assert stage(draft) == Stage.DISCARDED
    empty = add_programme(code="AMP-X", name="Empty", acting_user=acting_user)
    with pytest.raises(RuleBroken, match="no task"):
        submit_revision(draft_revision(empty, acting_user=acting_user), acting_user=acting_user)


def test_a_returned_revision_is_a_draft_again_and_its_approval_void(programme: Programme, acting_user: Actor) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "12-10", acting_user=acting_user, **HUNDRED)
    submit_revision(draft, acting_user=acting_user)
    digest = report_of(draft, acting_user=acting_user).digest
    approve_revision(draft, digest=digest, acting_user=acting_user)
    with pytest.raises(RuleBroken):
        return_revision(draft, reason=" ", acting_user=acting_user)
    back = return_revision(draft, reason="Wrong paragraph", acting_user=acting_user)
    assert (back.stage, back.approved_at, back.report, back.note) == (Stage.DRAFT, None, None, "Wrong paragraph")


def test_the_database_allows_one_active_and_one_open_revision(programme: Programme, acting_user: Actor) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(account=programme.account, programme=programme, number=9, stage=Stage.DRAFT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=draft.pk).update(stage=Stage.ACTIVE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=draft.pk).update(stage=Stage.APPROVED)


@pytest.mark.parametrize(
    ("reference", "content", "field"),
    [
        ("", {}, "reference"),
        ("x" * 39, {}, "reference"),
        ("05", {"title": ""}, "title"),
        ("05", {"schedule": {"repeat": {"kind": "first", "of": []}}}, "schedule"),
        ("05", {"schedule": {"repeat": {"kind": "counter", "counter": "warp", "every": 9}}}, "schedule"),
        ("05", {"mandatory_class": "nice"}, "mandatory_class"),
        ("05", {"ata": "5"}, "ata"),
        ("05", {"effectivity": {"serials": [{"first": "9", "last": "1"}]}}, "effectivity"),
        ("05", {"minimum_task": "M-1"}, "minimum_task"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_by_field(
    programme: Programme, acting_user: Actor, reference: str, content: dict[str, Any], field: str
) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    with pytest.raises(RuleBroken) as refused:
        put_task(draft, reference, acting_user=acting_user, **{**HUNDRED, **content})
    assert refused.value.field == field
    assert draft.tasks.count() == 1


def test_many_tasks_come_all_or_none(programme: Programme, acting_user: Actor) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    with pytest.raises(TasksRefused) as refused:
        put_tasks(draft, {"A": HUNDRED, "B": {**HUNDRED, "ata": "x"}, "C": {}}, acting_user=acting_user)  # type: ignore[dict-item]
    assert list(refused.value.problems) == ["B", "C"]
    assert list(draft.tasks.values_list("reference", flat=True)) == ["05-20-01"]
    put_tasks(draft, {"A": HUNDRED, "B": HUNDRED}, replace=True, acting_user=acting_user)  # type: ignore[dict-item]
    assert sorted(draft.tasks.values_list("reference", flat=True)) == ["A", "B"]


def test_a_programme_keeps_its_requirements_to_itself(programme: Programme, hangar: Hangar, acting_user: Actor) -> None:
    kept = requirement(programme, "05-20-01")
    with pytest.raises(RuleBroken, match="by a revision of the programme"):
        revise_requirement(kept, title="Other", reason="x", acting_user=acting_user)
    with pytest.raises(RuleBroken, match="by a revision of the programme"):
        retire_requirement(kept, reason="x", acting_user=acting_user)


def test_a_reference_that_another_requirement_has_is_refused_whole(
    programme: Programme, hangar: Hangar, acting_user: Actor
) -> None:
    hangar.demand("AMP-172 12-10")
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "12-10", acting_user=acting_user, **HUNDRED)
    put_task(draft, "12-11", acting_user=acting_user, **HUNDRED)
    submit_revision(draft, acting_user=acting_user)
    with pytest.raises(RuleBroken, match="AMP-172 12-10"):
        report_of(draft, acting_user=acting_user)
    assert not Requirement.objects.filter(reference="AMP-172 12-11").exists()


def test_assigning_later_and_taking_back(programme: Programme, hangar: Hangar, acting_user: Actor) -> None:
    other = make_hangar(hangar.aircraft.aircraft_model, acting_user, "OY-LAT")
    made = requirement(programme, "05-20-01")
    assert {item.aircraft_id for item in made.items.all()} == {hangar.aircraft.id, other.aircraft.id}
    unassign_programme(programme, hangar.aircraft.aircraft_model, reason="Sold", acting_user=acting_user)
    assert not made.items.filter(closed_at__isnull=True).exists()
    assign_programme(programme, other.aircraft, acting_user=acting_user)
    (item,) = made.items.filter(closed_at__isnull=True)
    assert item.aircraft_id == other.aircraft.id
    with pytest.raises(Missing):
        unassign_programme(programme, hangar.aircraft, reason="x", acting_user=acting_user)
    assert AuditEntry.objects.filter(object_id=programme.id, action="assigned").count() == 2


def test_every_step_takes_its_permission(programme: Programme, hangar: Hangar, acting_user: Actor) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "12-10", acting_user=acting_user, **HUNDRED)
    technician = Actor(ActorKind.PERSON, None, "T", frozenset({"programme.view", "programme.edit"}))
    planner = Actor(ActorKind.PERSON, None, "P", frozenset({"programme.view", "amp.edit"}))
    for refused in (
        lambda: add_programme(code="X", name="X", acting_user=technician),
        lambda: put_task(draft, "1", acting_user=technician, **HUNDRED),
        lambda: submit_revision(draft, acting_user=technician),
        lambda: assign_programme(programme, hangar.aircraft, acting_user=planner),
    ):
        with pytest.raises(NotPermitted):
            refused()
    submit_revision(draft, acting_user=planner)
    digest = report_of(draft, acting_user=planner).digest
    with pytest.raises(NotPermitted):
        approve_revision(draft, digest=digest, acting_user=planner)
    approve_revision(draft, digest=digest, acting_user=acting_user)
    with pytest.raises(NotPermitted):
        activate_revision(draft, acting_user=planner)


def test_activation_costs_no_more_statements_for_more_tasks(
    programme: Programme, hangar: Hangar, acting_user: Actor
) -> None:
    def statements(prefix: str, number: int) -> int:
        draft = draft_revision(programme, acting_user=acting_user)
        put_tasks(draft, {f"{prefix}-{n}": HUNDRED for n in range(number)}, acting_user=acting_user)  # type: ignore[misc]
        submit_revision(draft, acting_user=acting_user)
        digest = report_of(draft, acting_user=acting_user).digest
        approve_revision(draft, digest=digest, acting_user=acting_user)
        with CaptureQueriesContext(connection) as seen:
            activate_revision(draft, acting_user=acting_user)
        return len(seen)

    few = statements("A", 3)
    assert statements("B", 60) <= few + 4


def test_one_of_another_account_does_not_exist(programme: Programme, acting_user: Actor) -> None:
    stranger = Programme(code="X", name="X", account=programme.account)
    with pytest.raises(Missing):
        draft_revision(stranger, acting_user=acting_user)
    with pytest.raises(Missing):
        remove_task(Task(revision=Revision(programme=stranger)), acting_user=acting_user)


def test_calendar_tasks_move_too(programme: Programme, hangar: Hangar, acting_user: Actor) -> None:
    draft = draft_revision(programme, acting_user=acting_user)
    put_task(draft, "ANN", acting_user=acting_user, **{**HUNDRED, "schedule": months(12)})
    in_force(draft, acting_user)
    hangar.did(requirement(programme, "ANN"), "2025-06-01")
    again = draft_revision(programme, acting_user=acting_user)
    put_task(again, "ANN", acting_user=acting_user, **{**HUNDRED, "schedule": months(6)})
    (line,) = report_of(again, acting_user=acting_user).lines
    assert line.moved.change is Change.BECOMES_OVERDUE
