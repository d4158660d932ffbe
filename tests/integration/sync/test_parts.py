"""Due items as maintenance parts in FlightLogger: off by default, only what is mapped, never a second one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.models import Link
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.part_types import map_types
from hangarlink.integration.datasets.parts import Types
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, record_accomplishment
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people.permissions import Actor
from hangarlink.sandbox.flightlogger.records import Part
from hangarlink.sandbox.flightlogger.records import Requirement as Kind
from tests.integration.conftest import HOUR, Hub, now

PARTS = Flow.MAINTENANCE_PARTS
YEARLY = {"repeat": {"kind": "calendar", "unit": "calendar_months", "every": 12}}
HUNDRED = {"repeat": {"kind": "counter", "counter": "hobbs", "every": 100 * HOUR}}


@pytest.fixture
def linked(hub: Hub) -> Hub:
    hub.fly(minutes=60)
    hub.sync(Flow.AIRCRAFT)
    hub.sync()
    school = hub.world
    for id, name, flags in ((701, "Annual", {"on_date": True}), (702, "100 hours", {"on_log": "HOBBS"})):
        school.requirements[id] = Kind(id, name, school.new_audit(1), **flags)
    return hub


def demand(hub: Hub, reference: str, schedule: Any, *, days_ago: int = 10, **values: Any) -> Requirement:
    """A requirement on OY-SKA, met once."""
    values.setdefault("title", reference)
    values.setdefault("mandatory_class", "programme")
    made = add_requirement(reference=reference, schedule=schedule, acting_user=hub.acting_user, **values)
    aircraft = Aircraft.objects.get(registration="OY-SKA")
    apply_requirement(made, aircraft, acting_user=hub.acting_user)
    did(hub, made, days_ago=days_ago)
    return made


def did(hub: Hub, requirement: Requirement, *, days_ago: int) -> None:
    aircraft = Aircraft.objects.get(registration="OY-SKA")
    record_accomplishment(
        requirement, aircraft, performed_at=now() - timedelta(days=days_ago), values={}, acting_user=hub.acting_user
    )


def send(hub: Hub, **options: Any) -> SyncRun:
    switch_on(hub.connection, [PARTS], direction=Direction.OUT, acting_user=hub.acting_user)
    options.setdefault("skip_plan", True)
    run = request_run(hub.connection, PARTS, direction=Direction.OUT, acting_user=hub.acting_user, **options)
    hub.drain()
    run.refresh_from_db()
    return run


def there(hub: Hub) -> list[Part]:
    return sorted(hub.world.parts.values(), key=lambda part: part.id)


def test_nothing_goes_out_until_it_is_switched_on_and_mapped(linked: Hub) -> None:
    annual = demand(linked, "05-20-01", YEARLY)
    with pytest.raises(RuleBroken, match="switched off"):
        request_run(linked.connection, PARTS, direction=Direction.OUT, acting_user=linked.acting_user)
    run = send(linked, dry_run=True)
    (line,) = SyncRecord.objects.filter(run=run)
    assert (run.created, line.verdict, line.subject) == (0, "skipped", "05-20-01 05-20-01")
    assert "Not mapped to a maintenance type: nothing is sent of its 1 due items" in line.reason
    assert send(linked).read == 0
    map_types(linked.connection, Types(requirements={annual.pk: "701"}), acting_user=linked.acting_user)
    assert send(linked, dry_run=True).created == 1
    assert there(linked) == [], "a plan sends nothing"


def test_a_part_carries_the_limit_and_follows_it(linked: Hub) -> None:
    annual = demand(linked, "05-20-01", YEARLY, days_ago=40)
    hundred = demand(linked, "05-20-02", HUNDRED)
    types = Types({"programme": "701"}, {hundred.pk: "702"})
    map_types(linked.connection, types, acting_user=linked.acting_user)
    run = send(linked)
    assert (run.state, run.created) == (State.SUCCEEDED, 2), run.technical
    by_day, by_hours = sorted(there(linked), key=lambda part: part.requirement.id)
    assert (by_day.aircraft.call_sign, by_day.requirement.name) == ("OY-SKA", "Annual")
    assert by_day.expires_at_seconds is None
    assert by_day.expires_at is not None
    assert by_day.expires_at > datetime.now(UTC) + timedelta(days=300)
    assert (by_hours.expires_at_seconds, by_hours.expires_on_log) == (4100 * HOUR, "HOBBS")
    assert by_hours.approved_at is None
    linked.fly(minutes=60, hours_ago=1)
    linked.sync()
    again = send(linked)
    assert (again.created, again.updated, len(there(linked))) == (0, 0, 2), "a flight moves no limit"

    did(linked, annual, days_ago=1)
    run = send(linked)
    assert (run.read, run.updated) == (1, 1), run.technical
    newest = there(linked)[-1]
    assert newest.expires_at is not None
    assert newest.expires_at > by_day.expires_at
    assert Link.objects.filter(dataset=Dataset.MAINTENANCE_PARTS, external_id=str(newest.id)).count() == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_lost_answer_makes_no_second_part(linked: Hub, times: int) -> None:
    demand(linked, "05-20-01", YEARLY)
    map_types(linked.connection, Types({"programme": "701"}), acting_user=linked.acting_user)
    linked.serving.faults.add("lost_response", times=times, operation="Submit")
    run = send(linked)
    assert (run.state, run.failed, run.rejected) == (State.SUCCEEDED, 0, 0), run.technical
    (part,) = there(linked)
    assert Link.objects.get(dataset=Dataset.MAINTENANCE_PARTS).external_id == str(part.id)
    assert send(linked).read == 0


def test_a_call_that_never_arrived_is_made_again(linked: Hub) -> None:
    demand(linked, "05-20-01", YEARLY)
    map_types(linked.connection, Types({"programme": "701"}), acting_user=linked.acting_user)
    linked.serving.faults.add("server_error", times=1, operation="Submit")
    assert send(linked).created == 1
    assert len(there(linked)) == 1


def test_what_flightlogger_refuses_is_that_items_trouble_alone(linked: Hub) -> None:
    annual, other = demand(linked, "05-20-01", YEARLY), demand(linked, "05-20-03", YEARLY)
    types = Types(requirements={annual.pk: "701", other.pk: "999"})
    map_types(linked.connection, types, acting_user=linked.acting_user)
    run = send(linked)
    assert (run.created, run.rejected) == (1, 1)
    assert "no maintenance requirement with id '999'" in SyncRecord.objects.get(run=run, is_open=True).reason
    right = Types(requirements={annual.pk: "701", other.pk: "701"})
    map_types(linked.connection, right, acting_user=linked.acting_user)
    assert send(linked).created == 1, "mended, it goes; the other one is not sent twice"
    assert len(there(linked)) == 2


def test_what_does_not_fit_into_a_part_stays_and_the_plan_says_why(linked: Hub) -> None:
    by_cycles = {"repeat": {"kind": "counter", "counter": "cycles", "every": 500}}
    demand(linked, "32-10-01", by_cycles)
    map_types(linked.connection, Types({"programme": "701"}), acting_user=linked.acting_user)
    run = send(linked, dry_run=True)
    (line,) = SyncRecord.objects.filter(run=run)
    assert (line.subject, line.reason) == ("OY-SKA, 32-10-01", "Not sent: FlightLogger keeps no cycles.")
    assert send(linked).read == 0


@pytest.mark.parametrize("type_id", ["", "7 01", "701; drop", "x" * 61])
def test_what_is_no_id_is_refused_at_its_field(linked: Hub, type_id: str) -> None:
    with pytest.raises(RuleBroken, match="is no id") as refused:
        map_types(linked.connection, Types({"programme": type_id}), acting_user=linked.acting_user)
    assert refused.value.field == "programme"


def test_mapping_takes_the_right_to_edit(linked: Hub) -> None:
    reader = Actor(linked.acting_user.kind, linked.acting_user.id, "Reader", frozenset({"integrations.view"}))
    with pytest.raises(NotPermitted):
        map_types(linked.connection, Types({"programme": "701"}), acting_user=reader)
