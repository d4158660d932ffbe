"""Every row of the retry table, through the sandbox's fault switches. Source: requirements/3, "Error handling"."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hangarlink.fleet.actions import record_reading
from hangarlink.integration.connections.dialling import open_line
from hangarlink.integration.connections.schedules import WAKE_TASK, set_frequency
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.sync.tasks import run_scheduled, run_wake
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, State, Trigger
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.jobs.models import Schedule
from hangarlink.sandbox.flightlogger import Limits, World
from hangarlink.sandbox.serve import Serving, serve
from tests.integration.conftest import OPENINGS, Hub, furnish, now

SMALL_PAGES = Limits(max_page_size=5)


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Small pages, so that a dozen flights are several."""
    with serve(world=World(now=now() - timedelta(minutes=1), recipe=furnish), limits=SMALL_PAGES) as sandbox:
        yield sandbox


def a_dozen(hub: Hub) -> int:
    """Twelve flights, three pages; the seconds they add to the Hobbs meter."""
    for n in range(12):
        hub.fly(hours_ago=30 - 2 * n, durations={"HOBBS": 3600, "AIRBORNE": 3000})
    return 12 * 3600


def events(kind: str) -> int:
    return OutboxEvent.objects.filter(type=kind).count()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "dropped"},
        {"kind": "lost_response"},
        {"kind": "server_error", "status": 500},
        {"kind": "server_error", "status": 503},
        {"kind": "html"},
        {"kind": "malformed_json"},
        {"kind": "missing_page_info"},
        {"kind": "graphql_error"},
    ],
    ids=str,
)
def test_three_retries_after_one_two_and_four_seconds(hub: Hub, fault: dict[str, Any]) -> None:
    flown = a_dozen(hub)
    hub.serving.faults.add(**fault, times=3, operation="Flights", skip=1)
    run = hub.sync()
    assert run.state == State.SUCCEEDED, run.technical
    assert hub.waits.seconds == [1, 2, 4]
    assert hub.total("hobbs") == OPENINGS["hobbs"] + flown


@pytest.mark.parametrize(
    ("fault", "code", "alerts"),
    [
        ({"kind": "dropped"}, "unreachable", False),
        ({"kind": "server_error", "status": 502}, "server_trouble", True),
        ({"kind": "malformed_json"}, "malformed", True),
    ],
    ids=["unreachable", "5xx", "garbage"],
)
def test_the_fourth_failure_ends_the_run_and_the_next_goes_on(
    hub: Hub, fault: dict[str, Any], code: str, alerts: bool
) -> None:
    flown = a_dozen(hub)
    hub.serving.faults.add(**fault, times=4, operation="Flights", skip=1)
    run = hub.sync()
    assert (run.state, run.code, hub.waits.seconds) == (State.FAILED, code, [1, 2, 4])
    assert run.created == 5, "the page that had come is kept"
    assert bool(hub.health().alert_code) is alerts
    again = hub.sync()
    assert (again.state, again.created) == (State.SUCCEEDED, 7)
    assert hub.total("hobbs") == OPENINGS["hobbs"] + flown
    assert hub.health().alert_code == ""
    assert hub.health().failures == 0


@pytest.mark.parametrize("kind", ["unauthorized", "expired_key"])
def test_a_refused_key_is_not_tried_again_and_alerts_once(hub: Hub, kind: str) -> None:
    a_dozen(hub)
    hub.serving.faults.add(kind, times=None)
    for _ in range(2):
        run = hub.sync()
        assert (run.state, run.code, hub.waits.seconds) == (State.FAILED, "auth_failed", [])
    assert "Enter" in run.summary
    assert hub.health().alert_code == "auth_failed"
    assert events("connection.alerted") == 1
    hub.serving.faults.clear()
    assert hub.sync().state == State.SUCCEEDED
    assert events("connection.recovered") == 1


def test_a_key_that_expires_in_mid_run_keeps_what_had_come(hub: Hub) -> None:
    a_dozen(hub)
    hub.serving.faults.add("expired_key", operation="Flights", skip=2)
    assert (hub.sync().code, hub.flights()) == ("auth_failed", 10)
    assert (hub.sync().created, hub.flights()) == (2, 12)


def test_a_short_retry_after_is_waited_out(hub: Hub) -> None:
    a_dozen(hub)
    hub.serving.faults.add("rate_limited", retry_after=7, times=2)
    assert hub.sync().state == State.SUCCEEDED
    assert hub.waits.seconds == [7, 7]


@pytest.mark.parametrize(("retry_after", "seconds"), [(3600, 3600), (None, 60)], ids=["an hour", "not said"])
def test_a_long_wait_gives_the_worker_back(hub: Hub, retry_after: int | None, seconds: int) -> None:
    a_dozen(hub)
    hub.serving.faults.add("rate_limited", retry_after=retry_after, operation="Flights", skip=1)
    run = hub.sync()
    assert run.state == State.WAITING
    assert run.not_before is not None
    assert abs((run.not_before - timezone.now()).total_seconds() - seconds) < 5
    assert (hub.waits.seconds, run.created) == ([], 5)
    assert hub.health().alert_code == "", "being asked to wait is no incident"
    hub.drain()
    run.refresh_from_db()
    assert run.state == State.WAITING, "not before its time"
    assert Schedule.objects.filter(task=WAKE_TASK, subject_id=hub.connection.id).exists()
    with time_machine.travel(run.not_before + timedelta(seconds=1)):
        hub.drain()
    run.refresh_from_db()
    assert (run.state, run.created) == (State.SUCCEEDED, 12)
    run_wake(hub.account, str(hub.connection.id))
    assert not Schedule.objects.filter(task=WAKE_TASK).exists(), "nothing left to wake for"


def test_waits_that_are_not_announced_double(hub: Hub) -> None:
    a_dozen(hub)
    hub.serving.faults.add("rate_limited", retry_after=None, times=3)
    run = hub.request()
    lengths = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            hub.drain()
            run.refresh_from_db()
            assert run.not_before is not None
            lengths.append((run.not_before - timezone.now()).total_seconds())
            clock.move_to(run.not_before)
        hub.drain()
    run.refresh_from_db()
    assert (lengths, run.state) == ([60, 120, 240], State.SUCCEEDED)


def test_a_data_error_is_not_tried_again(hub: Hub) -> None:
    hub.serving.faults.add("server_error", status=422)
    run = hub.sync()
    assert (run.state, run.code, hub.waits.seconds) == (State.FAILED, "data_error", [])
    assert hub.health().alert_code == "data_error"


def test_a_redirect_is_not_followed(hub: Hub) -> None:
    hub.serving.faults.add("redirect")
    run = hub.sync()
    assert (run.state, run.code, hub.waits.seconds) == (State.FAILED, "permanent", [])
    assert "Redirects are never followed" in run.summary


def test_an_oversized_answer_is_refused(hub: Hub) -> None:
    hub.serving.faults.add("oversized", megabytes=11)
    run = hub.sync()
    assert (run.state, run.code) == (State.FAILED, "data_error")


def test_an_answer_that_drips_for_ever_meets_the_deadline(hub: Hub) -> None:
    a_dozen(hub)
    hub.serving.faults.add("drip", seconds=0.2, operation="Flights")
    hub.request()
    drain(hub.account, hub.connection.id, Means(hub.waits, dial=partial(_hurried)))
    assert hub.waits.seconds == [1]
    assert hub.flights() == 12


def _hurried(*given: Any, **more: Any) -> Any:
    return open_line(*given, **more, deadline=0.5)


@pytest.mark.parametrize("kind", ["duplicates", "disorder"])
def test_order_and_repetition_do_not_matter(hub: Hub, kind: str) -> None:
    flown = a_dozen(hub)
    hub.serving.faults.add(kind, times=None)
    run = hub.sync()
    assert (run.state, hub.flights()) == (State.SUCCEEDED, 12)
    assert run.created == 12
    assert hub.total("hobbs") == OPENINGS["hobbs"] + flown


def test_one_unreadable_record_does_not_hold_up_the_others(hub: Hub) -> None:
    a_dozen(hub)
    hub.serving.faults.add("wrong_types", key="durationSeconds", value="1.5 h", operation="Flights")
    run = hub.sync()
    assert (run.state, run.created, run.rejected) == (State.PARTIAL, 11, 1)
    record = SyncRecord.objects.get(run=run)
    assert record.reason == "durationSeconds is '1.5 h', not a whole number."
    assert record.subject.startswith("OY-SKA, ")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("durationSeconds", -60, "durationSeconds is -60, below zero."),
        ("durationSeconds", 3600.5, "durationSeconds is 3600.5, not a whole number."),
        ("durationSeconds", True, "durationSeconds is True, not a whole number."),
        ("type", "ODOMETER", "type is 'ODOMETER', which this version does not know."),
        ("offBlock", "2026-02-30T10:00:00Z", "offBlock is '2026-02-30T10:00:00Z', not an ISO 8601 moment."),
        ("offBlock", "2026-02-03T10:00:00", "offBlock is '2026-02-03T10:00:00', without an offset from UTC."),
        ("landingType", "CRASH", "landingType is 'CRASH', which this version does not know."),
        ("aircraft", None, "The flight names no aircraft, or the key may not see it."),
        ("id", "x" * 200, f"A record needs an id of 1 to 120 characters, not {'x' * 20!r}."),
    ],
)
def test_bad_values_are_refused_with_field_and_value(hub: Hub, key: str, value: Any, reason: str) -> None:
    hub.fly()
    hub.serving.faults.add("wrong_types", key=key, value=value, operation="Flights")
    run = hub.sync()
    assert (run.state, run.created) == (State.PARTIAL, 0)
    assert SyncRecord.objects.get(run=run).reason == reason


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("durationSeconds", 2**70, "amount"),
        ("onBlock", "2039-01-01T00:00:00Z", "unreadable"),
        ("name", "\x00EKRK", "unreadable"),
        ("name", "EK\ud800", "unreadable"),
        ("callSign", "OY\ud800", "unreadable"),
        ("id", "12\x00", "unreadable"),
    ],
)
def test_values_that_only_the_fleet_can_judge(hub: Hub, key: str, value: Any, code: str) -> None:
    hub.fly()
    hub.fly(hours_ago=9)
    hub.serving.faults.add("wrong_types", key=key, value=value, operation="Flights")
    run = hub.sync()
    assert (run.state, run.created) == (State.PARTIAL, 1), run.technical
    record = SyncRecord.objects.get(run=run)
    assert record.code == code, record.reason


def test_a_partner_that_weighs_questions_gets_lighter_ones(hub: Hub) -> None:
    a_dozen(hub)
    with serve(world=hub.world, limits=Limits(max_complexity=400)) as strict:
        hub.connection.base_url = strict.endpoint
        hub.connection.save()
        run = hub.sync()
    assert (run.state, run.created, hub.waits.seconds) == (State.SUCCEEDED, 12, [])


def test_a_page_chain_without_end_ends(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    a_dozen(hub)
    monkeypatch.setattr("hangarlink.sandbox.flightlogger.paging._window", lambda rows, *_: (0, min(1, len(rows))))
    run = hub.sync()
    assert (run.state, run.code) == (State.FAILED, "malformed")


def test_the_partner_is_down_for_an_hour_and_nobody_here_is_stopped(hub: Hub) -> None:
    run = hub.sync(dry_run=True)
    stream = set_frequency(hub.stream(), "hourly", acting_user=hub.acting_user)
    flown = a_dozen(hub)
    port = hub.serving.port
    hub.serving.stop()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minutes in (0, 20, 40):
            run_scheduled(hub.account, str(stream.id))
            hub.drain()
            run = SyncRun.objects.order_by("-requested_at").first()
            assert run is not None
            assert (run.state, run.code, run.trigger) == (State.FAILED, "unreachable", Trigger.SCHEDULE), minutes
            reading = OPENINGS["hobbs"] + minutes
            record_reading(hub.counter("hobbs"), reading=reading, at=timezone.now(), acting_user=hub.acting_user)
            clock.shift(timedelta(minutes=20))
        assert hub.health().alert_code == "unreachable", "three runs on end"
        with serve(port=port, world=hub.world, limits=SMALL_PAGES):
            run_scheduled(hub.account, str(stream.id))
            hub.drain()
    assert hub.flights() == 12
    assert hub.health().alert_code == ""
    assert flown


def test_a_paused_connection_stops_at_its_page(hub: Hub) -> None:
    a_dozen(hub)
    hub.request()
    hub.connection.state = "paused"
    hub.connection.save()
    hub.drain()
    run = SyncRun.objects.get()
    assert (run.state, run.created) == (State.STOPPED, 0)
    assert hub.health().alert_code == ""


def test_a_technical_detail_never_holds_the_key(hub: Hub) -> None:
    hub.serving.faults.add("server_error", status=400)
    run = request_run(hub.connection, Flow.HOURS_CYCLES, acting_user=hub.acting_user, skip_plan=True)
    hub.drain()
    run.refresh_from_db()
    assert "demo-skyline" not in f"{run.technical}{run.summary}"
    assert "HTTP 400" in run.technical
