"""Requirements: added, revised, applied, withdrawn, retired; aircraft and counters that come later."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hangarlink.fleet.actions import add_aircraft, add_counter, change_aircraft, change_counter
from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.maintenance.programme.actions import (
    add_requirement,
    apply_requirement,
    retire_requirement,
    revise_requirement,
    set_baseline,
    withdraw_requirement,
)
from hangarlink.maintenance.programme.models import Accomplishment, DueItem, DueTerm, Requirement, RequirementRevision
from hangarlink.maintenance.programme.queries import Narrow, due_list
from hangarlink.maintenance.programme.rules.codec import ScheduleInvalid
from hangarlink.maintenance.programme.rules.limits import CalendarLimit, CalendarUnit, Schedule, Start
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor, ActorKind
from tests.maintenance.programme.conftest import (
    HUNDRED_HOURS,
    YEARLY,
    Hangar,
    announced,
    hours,
    make_hangar,
    state_changes,
)


def add(acting_user: Actor, reference: str = "05-20-01", **content: Any) -> Requirement:
    values: dict[str, Any] = {"title": "Inspection", "mandatory_class": "programme", "schedule": HUNDRED_HOURS}
    return add_requirement(reference=reference, acting_user=acting_user, **(values | content))


def test_a_requirement_says_what_why_and_when(acting_user: Actor) -> None:
    made = add(
        acting_user,
        title="  Oil   and filter ",
        mandatory_class="airworthiness_directive",
        schedule=Schedule(repeat=CalendarLimit(unit=CalendarUnit.DAYS, every=90)),
        ata="79-20",
        source_document="AD 2011-10-09",
        source_paragraph="(g)(1)",
        effective_on=date(2011, 6, 17),
        alerts={"calendar": 10},
    )
    revision = made.revisions.get()
    assert (revision.number, revision.title, revision.source) == (1, "Oil and filter", "AD 2011-10-09 (g)(1)")
    assert revision.rules.repeat == CalendarLimit(unit=CalendarUnit.DAYS, every=90)
    assert announced("requirement.added") == [{"requirement_id": str(made.id)}]
    assert AuditEntry.objects.filter(object_id=made.id, action="added").count() == 1


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 61}, "reference"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"mandatory_class": "nice_to_have"}, "mandatory_class"),
        ({"schedule": {}}, "schedule"),
        ({"schedule": {"repeat": {"kind": "counter", "counter": "warp", "every": 5}}}, "schedule"),
        ({"ata": "7"}, "ata"),
        ({"alerts": {"warp": 5}}, "alerts"),
        ({"alerts": {"calendar": -5}}, "alerts"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    acting_user: Actor, content: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        add(acting_user, **content)
    assert refused.value.field == field
    assert not Requirement.objects.exists()


def test_every_problem_of_a_schedule_is_named(acting_user: Actor) -> None:
    bad = {"repeat": {"kind": "first", "of": [{"kind": "counter", "counter": "warp", "every": 5}, {"kind": "date"}]}}
    with pytest.raises(ScheduleInvalid) as refused:
        add(acting_user, schedule=bad)
    assert [problem.path for problem in refused.value.problems] == ["repeat.of.1.on"]


def test_a_reference_is_there_once(acting_user: Actor) -> None:
    add(acting_user)
    with pytest.raises(RuleBroken, match="05-20-01 already") as refused:
        add(acting_user)
    assert refused.value.field == "reference"


def test_changing_the_programme_needs_the_permission(acting_user: Actor, hangar: Hangar) -> None:
    made = add(acting_user)
    technician = Actor(ActorKind.PERSON, None, "Technician", frozenset({"programme.view", "programme.record"}))
    for refused in (
        lambda: add(technician, "other"),
        lambda: revise_requirement(made, title="x", reason="x", acting_user=technician),
        lambda: retire_requirement(made, reason="x", acting_user=technician),
        lambda: apply_requirement(made, hangar.aircraft, acting_user=technician),
        lambda: withdraw_requirement(made, hangar.aircraft, reason="x", acting_user=technician),
    ):
        with pytest.raises(NotPermitted):
            refused()


def test_one_of_another_account_does_not_exist(acting_user: Actor, hangar: Hangar) -> None:
    stranger = AircraftModel(name="Concorde")
    with pytest.raises(Missing):
        apply_requirement(add(acting_user), stranger, acting_user=acting_user)


def test_it_applies_to_every_aircraft_of_a_model_also_to_later_ones(
    acting_user: Actor, model: AircraftModel, hangar: Hangar
) -> None:
    made = add(acting_user)
    apply_requirement(made, model, acting_user=acting_user)
    apply_requirement(made, model, acting_user=acting_user)
    later = make_hangar(model, acting_user, "OY-NEW")
    other = AircraftModel.objects.create(account=model.account, name="SR22")
    add_aircraft(registration="OY-SRX", aircraft_model=other, acting_user=acting_user)
    assert {item.aircraft_id for item in DueItem.objects.all()} == {hangar.aircraft.id, later.aircraft.id}
    assert [one["aircraft_model_id"] for one in announced("requirement.applied")] == [str(model.id)]


def test_an_aircraft_that_becomes_another_model_changes_its_programme(
    acting_user: Actor, model: AircraftModel, hangar: Hangar
) -> None:
    apply_requirement(add(acting_user), model, acting_user=acting_user)
    hangar.demand("own")
    other = AircraftModel.objects.create(account=model.account, name="SR22")
    change_aircraft(hangar.aircraft, aircraft_model=other, acting_user=acting_user)
    assert [row.reference for row in due_list().rows] == ["own"]
    change_aircraft(hangar.aircraft, aircraft_model=model, acting_user=acting_user)
    assert len(due_list().rows) == 2
    assert DueItem.objects.count() == 2, "the same item is open again, with its history"


def test_withdrawn_from_the_model_it_may_still_apply_to_the_aircraft(
    acting_user: Actor, model: AircraftModel, hangar: Hangar
) -> None:
    made = add(acting_user)
    apply_requirement(made, model, acting_user=acting_user)
    apply_requirement(made, hangar.aircraft, acting_user=acting_user)
    withdraw_requirement(made, model, reason="own programme", acting_user=acting_user)
    assert len(due_list().rows) == 1
    withdraw_requirement(made, hangar.aircraft, reason="not fitted", acting_user=acting_user)
    assert (due_list().rows, DueTerm.objects.count(), state_changes()[-1]) == ([], 0, ("unknown", "closed"))
    with pytest.raises(Missing, match="does not apply"):
        withdraw_requirement(made, hangar.aircraft, reason="again", acting_user=acting_user)


def test_retired_it_is_in_no_list_and_keeps_its_history(acting_user: Actor, hangar: Hangar) -> None:
    made = hangar.demand()
    hangar.did(made, "2026-02-01", 1000.0)
    retire_requirement(made, reason="superseded", acting_user=acting_user)
    assert (due_list().rows, Accomplishment.objects.count()) == ([], 1)
    with pytest.raises(RuleBroken, match="was retired on 2026-03-01"):
        revise_requirement(made, title="x", reason="x", acting_user=acting_user)


def test_a_revision_works_every_item_out_anew_and_keeps_what_was(acting_user: Actor, hangar: Hangar) -> None:
    made = hangar.demand()
    done = hangar.did(made, "2026-02-01", 1000.0)
    fifty = {"repeat": {"kind": "counter", "counter": "airborne", "every": hours(50)}}
    revision = revise_requirement(made, schedule=fifty, reason="AMP revision 7", acting_user=acting_user)
    assert hangar.row(made).terms[0].limit == hours(1050)
    assert (revision.number, revision.title, revision.reason) == (2, "Inspection", "AMP revision 7")
    assert Accomplishment.objects.get(chain=done.chain).revision.number == 1
    assert announced("requirement.revised") == [{"requirement_id": str(made.id), "revision": 2}]
    same = revise_requirement(made, schedule=fifty, title="Inspection", reason="nothing", acting_user=acting_user)
    assert same == revision


def test_the_next_after_a_revision_answers_what_was_due_before_it(acting_user: Actor, hangar: Hangar) -> None:
    """Done at 1105 for a limit of 1100 under the old revision; late never shifts, so the new 50 h count from 1100."""
    schedule = HUNDRED_HOURS | {"basis": "min"}
    made = hangar.demand(schedule=schedule)
    hangar.did(made, "2025-02-01", 1000.0)
    hangar.use(105, "2026-01-20")
    hangar.did(made, "2026-02-01")
    fifty = {"repeat": {"kind": "counter", "counter": "airborne", "every": hours(50)}, "basis": "min"}
    revise_requirement(made, schedule=fifty, reason="AMP revision 7", acting_user=acting_user)
    assert hangar.row(made).terms[0].limit == hours(1150)


def test_a_reason_is_needed(acting_user: Actor, hangar: Hangar) -> None:
    made = hangar.demand()
    with pytest.raises(RuleBroken, match="Say why"):
        revise_requirement(made, title="Other", reason=" ", acting_user=acting_user)


def test_a_revision_is_never_changed(acting_user: Actor) -> None:
    made = add(acting_user)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        RequirementRevision.objects.filter(requirement=made).update(title="Other")


def test_a_counter_that_comes_later_is_bound(acting_user: Actor, hangar: Hangar) -> None:
    tach = {"initial": {"kind": "counter", "counter": "tach", "thresholds": [hours(500)], "start": "zero"}}
    made = hangar.demand("tach", tach)
    assert hangar.row(made).terms[0].unknown == "no_counter"
    add_counter(hangar.aircraft, kind="tach", acting_user=acting_user)
    assert hangar.row(made).terms[0].limit == hours(500)


def test_a_limit_stays_with_its_counter(acting_user: Actor, hangar: Hangar) -> None:
    """A second counter of the kind, or another name, moves no due point."""
    made = hangar.demand()
    hangar.did(made, "2026-02-01", 1000.0)
    add_counter(hangar.aircraft, kind="airborne", name="Airborne of the wings", acting_user=acting_user)
    change_counter(hangar.airborne, name="Air time", acting_user=acting_user)
    hangar.did(made, "2026-02-02", 1000.0)
    (term,) = hangar.row(made).terms
    assert (term.counter, term.limit) == ("Air time", hours(1100))


def test_two_counters_of_a_kind_are_not_guessed_between(acting_user: Actor, hangar: Hangar) -> None:
    for number in (1, 2):
        add_counter(hangar.aircraft, kind="engine_hours", name=f"Engine {number}", acting_user=acting_user)
    limit = {"kind": "counter", "counter": "engine_hours", "thresholds": [hours(500)], "start": "zero"}
    made = hangar.demand("engine", {"initial": limit})
    assert hangar.row(made).terms[0].unknown == "no_counter"
    revise_requirement(
        made, schedule={"initial": {**limit, "counter": "Engine 2"}}, reason="named", acting_user=acting_user
    )
    assert hangar.row(made).terms[0].limit == hours(500)


def test_a_baseline_gives_the_first_due_date(acting_user: Actor, hangar: Hangar) -> None:
    hose = hangar.demand("hose", {"repeat": {**YEARLY["repeat"], "every": 144, "start": "installation"}})
    assert (hangar.row(hose).state, hangar.row(hose).terms[0].unknown) == (State.UNKNOWN, "no_start")
    for on, expected in ((date(2015, 3, 10), date(2027, 3, 31)), (date(2017, 6, 5), date(2029, 6, 30))):
        set_baseline(hangar.aircraft, Start.INSTALLATION, on=on, source="log card", acting_user=acting_user)
        assert hangar.row(hose).terms[0].limit == expected
    assert announced("baseline.set")[-1]["start"] == "installation"


def test_a_baseline_of_the_requirement_comes_before_that_of_the_aircraft(acting_user: Actor, hangar: Hangar) -> None:
    own, other = (
        hangar.demand(name, {"repeat": {**YEARLY["repeat"], "start": "overhaul"}}) for name in ("own", "other")
    )
    set_baseline(hangar.aircraft, Start.OVERHAUL, on=date(2025, 5, 5), acting_user=acting_user)
    set_baseline(hangar.aircraft, Start.OVERHAUL, on=date(2025, 9, 9), requirement=own, acting_user=acting_user)
    assert hangar.row(own).terms[0].limit == date(2026, 9, 30)
    assert hangar.row(other).terms[0].limit == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("start", "on"), [(Start.ZERO, date(2025, 1, 1)), (Start.NEW, date(2026, 3, 2)), (Start.NEW, date(1900, 1, 1))]
)
def test_a_baseline_that_cannot_be_is_refused(acting_user: Actor, hangar: Hangar, start: Start, on: date) -> None:
    with pytest.raises(RuleBroken):
        set_baseline(hangar.aircraft, start, on=on, acting_user=acting_user)


def test_applying_costs_the_same_for_ten_aircraft_as_for_two(acting_user: Actor, model: AircraftModel) -> None:
    def statements(reference: str) -> int:
        made = add(acting_user, reference)
        with CaptureQueriesContext(connection) as queries:
            apply_requirement(made, model, acting_user=acting_user)
        assert len(due_list(Narrow(requirement_id=made.id)).rows) == Aircraft.objects.count()
        return len(queries)

    make_hangar(model, acting_user, "OY-A")
    make_hangar(model, acting_user, "OY-B")
    few = statements("few")
    for number in range(8):
        make_hangar(model, acting_user, f"OY-{number}")
    assert statements("many") == few
