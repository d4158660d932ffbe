"""Refused records, one by one: why, how to mend it, and trying again."""

import pytest

from hangarlink.integration.connections.models import Link
from hangarlink.integration.datasets.actions import ignore_aircraft, ignore_source
from hangarlink.integration.sync.actions import dismiss_records, retry_records, stop_run
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.integration.synclog.vocabulary import State, Trigger
from hangarlink.platform.errors import NotPermitted, RuleBroken
from tests.integration.conftest import OPENINGS, Hub, add_ours


def open_records() -> list[SyncRecord]:
    return list(SyncRecord.objects.filter(is_open=True).order_by("id"))


@pytest.fixture
def refused(hub: Hub) -> Hub:
    """Two flights that wait for a decision about the log Airborne of OY-SKB."""
    add_ours(hub.acting_user, "OY-SKB", ["hobbs", "landings"])
    hub.fly("OY-SKB", hours_ago=9, durations={"HOBBS": 3600})
    hub.fly("OY-SKB", hours_ago=5, durations={"HOBBS": 1800})
    hub.sync()
    assert len(open_records()) == 2
    return hub


def test_what_was_mended_arrives_with_the_next_sync(refused: Hub) -> None:
    ignore_source(Link.objects.get(label="OY-SKB"), "airborne", acting_user=refused.acting_user)
    run = refused.sync()
    assert run.created == 2
    assert refused.total("hobbs", "OY-SKB") == OPENINGS["hobbs"] + 5400
    assert open_records() == []


def test_one_record_can_be_tried_again_without_asking_the_partner(refused: Hub) -> None:
    ignore_source(Link.objects.get(label="OY-SKB"), "airborne", acting_user=refused.acting_user)
    asked = len(refused.serving.journal.entries())
    run = retry_records(refused.connection, open_records()[:1], acting_user=refused.acting_user)
    refused.drain()
    run.refresh_from_db()
    assert (run.trigger, run.state, run.created) == (Trigger.RETRY, State.SUCCEEDED, 1)
    assert len(refused.serving.journal.entries()) == asked
    assert len(open_records()) == 1


def test_a_retry_that_fails_again_says_why_now(refused: Hub) -> None:
    retry_records(refused.connection, open_records(), acting_user=refused.acting_user)
    refused.drain()
    assert [record.code for record in open_records()] == ["unmapped_log"] * 2


def test_the_newest_word_counts(refused: Hub) -> None:
    """The partner changes a refused flight: it is refused anew, and only that refusal is open."""
    first = open_records()[0]
    refused.world.edit_flight(first.external_id, minutes=70)
    refused.sync()
    assert len(open_records()) == 2
    assert first.id not in {record.id for record in open_records()}


def test_a_deleted_flight_waits_for_nobody(refused: Hub) -> None:
    refused.world.delete_flight(open_records()[0].external_id)
    refused.sync()
    assert len(open_records()) == 1


def test_an_ignored_aircraft_is_no_longer_in_the_way(refused: Hub) -> None:
    ignore_aircraft(Link.objects.get(label="OY-SKB"), acting_user=refused.acting_user)
    run = refused.sync()
    assert (run.skipped, run.state, open_records()) == (2, State.SUCCEEDED, [])


def test_dismissed_records_are_out_of_the_way(refused: Hub) -> None:
    records = open_records()
    assert dismiss_records(refused.connection, records, acting_user=refused.acting_user) == 2
    assert open_records() == []
    with pytest.raises(RuleBroken, match="None of these records"):
        retry_records(refused.connection, records, acting_user=refused.acting_user)


def test_records_of_another_connection_cannot_be_tried(refused: Hub) -> None:
    SyncRecord.objects.update(connection_id=None)
    with pytest.raises(RuleBroken, match="None of these records"):
        retry_records(refused.connection, SyncRecord.objects.all(), acting_user=refused.acting_user)


def test_a_waiting_run_can_be_stopped(hub: Hub) -> None:
    run = hub.request()
    stop_run(run, acting_user=hub.acting_user)
    assert hub.drain() == 0
    with pytest.raises(RuleBroken, match="ended already"):
        stop_run(run, acting_user=hub.acting_user)


def test_permissions(hub: Hub) -> None:
    nobody = type(hub.acting_user)(hub.acting_user.kind, hub.acting_user.id, "Kim", frozenset({"integrations.view"}))
    for action in (
        hub.request,
        lambda: retry_records(hub.connection, [], acting_user=nobody),
        lambda: dismiss_records(hub.connection, [], acting_user=nobody),
    ):
        hub.acting_user = nobody
        with pytest.raises(NotPermitted):
            action()
