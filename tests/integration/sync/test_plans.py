"""A dry run shows exactly what a real run then does, and writes nothing of it."""

import pytest
from django.db import connection as database

from hangarlink.fleet.models import Flight, UsageEntry
from hangarlink.integration.connections.models import Link
from hangarlink.integration.datasets.models import CounterMapping
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.integration.synclog.queries import run_detail
from hangarlink.integration.synclog.vocabulary import Flow, Kind, State, Verdict
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from tests.integration.conftest import Hub


def planned(hub: Hub, flow: Flow = Flow.HOURS_CYCLES) -> dict[str, int]:
    run = hub.sync(flow, dry_run=True)
    assert run.kind == Kind.DRY_RUN
    assert run.state in {State.SUCCEEDED, State.PARTIAL}, run.technical
    return {verdict: count for verdict, count in run.counts.items() if count}


def rows_of_domain() -> list[int]:
    return [model.objects.count() for model in (Flight, UsageEntry, Link, CounterMapping)] + [
        OutboxEvent.objects.exclude(type__startswith="sync.").count()
    ]


def test_a_first_run_without_a_plan_is_refused(hub: Hub) -> None:
    with pytest.raises(RuleBroken, match="dry run of Hours and cycles first"):
        hub.request(skip_plan=False)
    hub.sync(dry_run=True)
    assert hub.request(skip_plan=False).state == State.REQUESTED


def test_a_dry_run_writes_nothing_and_plans_what_then_happens(hub: Hub) -> None:
    for n in range(7):
        hub.fly(hours_ago=50 - 3 * n)
    hub.fly("OY-RNT", hours_ago=5)
    hub.fly("FNPT-1", hours_ago=5)
    before = rows_of_domain()
    plan = planned(hub)
    assert rows_of_domain() == before
    assert plan == {"read": 9, "created": 7, "rejected": 1, "skipped": 1}
    real = hub.sync()
    assert {verdict: count for verdict, count in real.counts.items() if count} == plan


def test_right_after_a_run_nothing_is_planned(hub: Hub) -> None:
    hub.fly()
    hub.sync(Flow.AIRCRAFT)
    hub.sync()
    assert planned(hub) == {"read": 1, "unchanged": 1}
    assert planned(hub, Flow.AIRCRAFT) == {"read": 4, "unchanged": 1, "skipped": 1, "rejected": 2}


def test_the_plan_says_old_and_new_in_the_counters_own_terms(hub: Hub) -> None:
    flight_id = hub.fly(minutes=90, durations={"HOBBS": 5400, "AIRBORNE": 5000})
    hub.sync()
    hub.world.edit_flight(flight_id, durations={"HOBBS": 6480, "AIRBORNE": 5000}, touch_and_goes=2)
    run = hub.sync(dry_run=True)
    (row,) = SyncRecord.objects.filter(run=run, verdict=Verdict.UPDATED)
    assert row.old is not None
    assert row.new is not None
    assert (row.old["Hobbs"], row.new["Hobbs"]) == ("1.5", "1.8")
    assert (row.old["Landings"], row.new["Landings"]) == ("1", "3")
    assert row.old["Airborne"] == row.new["Airborne"] == "1:23"
    assert row.new["from"] == "EKRK"


def test_a_repeated_flight_is_planned_once(hub: Hub) -> None:
    for n in range(130):
        hub.fly(hours_ago=300 - 2 * n, minutes=60)
    hub.serving.faults.add("duplicates", times=None)
    assert planned(hub)["created"] == 130


def test_a_plan_is_of_the_day_it_was_made(hub: Hub) -> None:
    hub.fly()
    run = hub.sync(dry_run=True)
    assert hub.stream().planned_at == run.finished_at
    assert hub.stream().cursors == {}
    detail = run_detail(run.id, acting_user=hub.acting_user, verdict=Verdict.CREATED)
    assert [row.subject[:6] for row in detail.records] == ["OY-SKA"]
    assert run.summary == "Would happen: 1 flight created."
    assert not SyncRecord.objects.filter(is_open=True).exists()


def test_an_aircraft_plan_names_both_ends(hub: Hub) -> None:
    run = hub.sync(Flow.AIRCRAFT, dry_run=True)
    (row,) = SyncRecord.objects.filter(run=run, verdict=Verdict.CREATED)
    assert (row.subject, row.new) == ("OY-SKA", {"linked to": "OY-SKA"})
    assert Link.objects.count() == 0


def test_a_page_costs_the_same_number_of_queries_however_full(hub: Hub) -> None:
    hub.fly(hours_ago=2)
    hub.sync()
    costs = []
    for flights, days in ((10, 2), (90, 14)):
        for n in range(flights):
            hub.fly(hours_ago=24 * days - 3 * n, minutes=60)
        new = hub.request()
        with CountQueries() as first:
            hub.drain()
        again = hub.request()
        with CountQueries() as second:
            hub.drain()
        new.refresh_from_db()
        again.refresh_from_db()
        assert (new.created, again.created) == (flights, 0)
        costs.append((first.count, second.count))
    assert costs[0] == costs[1]
    assert costs[0][1] < costs[0][0]


class CountQueries:
    count = 0

    def __enter__(self) -> "CountQueries":
        self._wrapper = database.execute_wrapper(self._counted)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._wrapper.__exit__(*error)

    def _counted(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.count += 1
        return execute(sql, params, many, context)
