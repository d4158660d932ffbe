"""Killed at random instants, doubled on purpose: every flight is recorded exactly once and every second counted."""

import itertools
import random
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models import Sum

from hangarlink.fleet.models import Counter, Flight, UsageEntry
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Flow, State, Trigger
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.flightlogger import DEMO_KEY, Limits, World
from hangarlink.sandbox.serve import Serving, serve
from tests.conftest import make_member
from tests.integration.conftest import OPENINGS, Hub, add_ours, furnish, now
from tests.integration.sync.workers import Nursery

KILLS = 20
FLIGHTS = 400


@pytest.fixture
def serving() -> Iterator[Serving]:
    world = World(now=now() - timedelta(minutes=1), recipe=furnish)
    with serve(world=world, limits=Limits(max_page_size=10, calls_per_window=100_000)) as sandbox:
        yield sandbox


@pytest.fixture
def hub(committed: None, serving: Serving) -> Hub:
    """Committed for real, so that other processes see it."""
    account = Account.objects.create(subdomain="demo", name="Skyline Flight School")
    admin = make_member(account, email="admin@example.com", role="Administrator")
    with acting_in(account):
        acting_user = admin.actor()
        add_ours(acting_user, "OY-SKA")
        add_ours(acting_user, "OY-SKB")
        connection = create_connection(
            connector="flightlogger", secret=Secret(DEMO_KEY), base_url=serving.endpoint, acting_user=acting_user
        )
    return Hub(account, connection, serving, acting_user)


def fly_many(hub: Hub, count: int, *, before: float = 0) -> None:
    for n in range(count):
        call_sign = ("OY-SKA", "OY-SKB")[n % 2]
        hub.fly(call_sign, hours_ago=before + 2 + 1.5 * (count - n) / 2, minutes=40, touch_and_goes=n % 4)


def request(hub: Hub) -> SyncRun:
    with acting_in(hub.account):
        switch_on(hub.connection, [Flow.HOURS_CYCLES], acting_user=hub.acting_user)
        return request_run(
            hub.connection, Flow.HOURS_CYCLES, acting_user=hub.acting_user, trigger=Trigger.MANUAL, skip_plan=True
        )


def unfinished(hub: Hub) -> list[SyncRun]:
    with acting_in(hub.account):
        return list(SyncRun.objects.filter(state__in=UNFINISHED))


def wait_until_done(hub: Hub, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while runs := unfinished(hub):
        assert time.monotonic() < deadline, [(run.state, run.pages, run.starts) for run in runs]
        time.sleep(0.05)


def check(hub: Hub) -> None:
    """What is here is what is there: each flight once, each counter to the second."""
    with acting_in(hub.account):
        there = {str(flight.id): flight for flight in hub.world.timeline}
        here = list(Flight.objects.filter(cancelled_at=None).values_list("external_id", flat=True))
        assert sorted(here) == sorted(there)
        assert Flight.objects.count() == len(set(Flight.objects.values_list("external_id", flat=True)))
        for registration in ("OY-SKA", "OY-SKB"):
            flown = [flight for flight in there.values() if flight.aircraft.call_sign == registration]
            for slot, kind in enumerate(("hobbs", "airborne")):
                counter = Counter.objects.get(aircraft__registration=registration, kind=kind)
                expected = sum(flight.logs[slot].duration for flight in flown)
                entries = UsageEntry.objects.filter(counter=counter, kind="flight", superseded_at=None)
                assert entries.aggregate(sum=Sum("amount"))["sum"] == expected
                assert counter.total == OPENINGS[kind] + expected
        runs = SyncRun.objects.all()
        assert {run.state for run in runs} == {State.SUCCEEDED}


def change_something(hub: Hub, dice: random.Random) -> None:
    """Edits and deletions, so that the next sync has something of every kind to do."""
    chosen = dice.sample(list(hub.world.timeline), 90)
    for flight in chosen[:80]:
        hub.world.edit_flight(flight.id, minutes=dice.randint(30, 44), rechain=False)
    for flight in chosen[80:]:
        hub.world.delete_flight(flight.id, rechain=False)


@pytest.mark.timeout(180)
def test_killed_twenty_times_nothing_is_lost_or_doubled(hub: Hub) -> None:
    dice = random.Random(7)
    fly_many(hub, FLIGHTS)
    request(hub)
    interrupted = 0
    with Nursery() as nursery:
        for _ in range(KILLS):
            if not unfinished(hub):
                change_something(hub, dice)
                request(hub)
            pid = nursery.start()
            seen = wait_until_taken(hub)
            time.sleep(dice.uniform(0, 0.15))
            nursery.kill(pid)
            interrupted += bool(unfinished(hub)) and seen
            time.sleep(0.65)  # until the reaper takes the worker for dead
        nursery.start()
        wait_until_done(hub)
    check(hub)
    assert interrupted >= KILLS // 2, "most kills must hit a sync at work, or the test shows nothing"
    with acting_in(hub.account):
        first = SyncRun.objects.order_by("requested_at").first()
        assert first is not None
        assert first.created == FLIGHTS
        assert first.starts > 1


def wait_until_taken(hub: Hub, seconds: float = 20) -> bool:
    """Until a worker has taken the run on, or it is over already."""
    deadline = time.monotonic() + seconds
    before = {run.id: (run.pages, run.starts) for run in unfinished(hub)}
    while time.monotonic() < deadline:
        runs = unfinished(hub)
        if not runs:
            return False
        if any(run.starts > before[run.id][1] for run in runs if run.id in before):
            return True
        time.sleep(0.01)
    raise AssertionError("the worker did not take the run on")


@pytest.mark.timeout(90)
def test_two_workers_and_two_clicks_at_once(hub: Hub) -> None:
    fly_many(hub, 120)
    barrier = threading.Barrier(2)
    asked: list[SyncRun] = []

    def click() -> None:
        try:
            barrier.wait(10)
            asked.append(request(hub))
        finally:
            connections.close_all()

    with Nursery() as nursery:
        nursery.start()
        nursery.start()
        for _ in range(3):
            clicks = [threading.Thread(target=click) for _ in range(2)]
            for thread in clicks:
                thread.start()
            for thread in clicks:
                thread.join(20)
        wait_until_done(hub)
    check(hub)
    assert len(asked) == 6
    with acting_in(hub.account):
        runs = list(SyncRun.objects.order_by("started_at"))
        assert sum(run.created for run in runs) == 120
        for earlier, later in itertools.pairwise(runs):
            assert earlier.finished_at is not None
            assert later.started_at is not None
            assert earlier.finished_at <= later.started_at, "runs of one connection never overlap"


def test_two_simultaneous_clicks_are_one_run(hub: Hub) -> None:
    barrier = threading.Barrier(4)
    asked: list[SyncRun] = []

    def click() -> None:
        try:
            barrier.wait(10)
            asked.append(request(hub))
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(20)
    assert len({run.id for run in asked}) == 1
    assert len(asked) == 4


def test_a_worker_that_was_thought_dead_writes_nothing_more(hub: Hub) -> None:
    """It wakes up after another one took the run: its next page must not count."""
    from hangarlink.integration.sync import engine
    from hangarlink.integration.sync.guard import TakenOver
    from hangarlink.integration.sync.paging import apply_page

    fly_many(hub, 30)
    request(hub)
    stale = engine._begin(hub.account, hub.connection.id)
    assert stale is not None
    fresh = engine._begin(hub.account, hub.connection.id)
    assert fresh is not None
    assert fresh.run.id == stale.run.id
    with hub_pages(hub) as pages, pytest.raises(TakenOver):
        apply_page(stale, *next(pages))
    engine.carry_out(fresh, engine.Means(hub.waits))
    check(hub)


def hub_pages(hub: Hub):  # type: ignore[no-untyped-def]
    """The pages that a pull brings now, with their dataset."""
    from contextlib import contextmanager

    from hangarlink.connectors.flightlogger import FlightLogger
    from hangarlink.integration.connections.line import Line
    from hangarlink.integration.contract import Cursor, Dataset

    @contextmanager
    def opened():  # type: ignore[no-untyped-def]
        with Line(hub.connection.base_url, FlightLogger.manifest.auth, Secret(DEMO_KEY)) as line:
            pulled = FlightLogger(line).pull(Dataset.FLIGHT_TIMES, Cursor())
            yield ((Dataset.FLIGHT_TIMES, page) for page in pulled if page.records)

    return opened()
