"""Items in, over real sockets and through real folders: plan, take over, repeat, change, vanish, refuse."""

import os
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from hangarlink.connectors.tracker.profile import ready_profile
from hangarlink.fleet.actions import change_aircraft
from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.filing.folder import FolderStore
from hangarlink.integration.connections.models import Link, LinkState
from hangarlink.integration.connections.proving import Unproven
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.integration.synclog.vocabulary import State
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries import state_counts
from hangarlink.maintenance.programme.rules.states import State as Standing
from hangarlink.maintenance.tracked.models import TrackedItem
from hangarlink.maintenance.tracked.queries import Narrow, tracked_list
from hangarlink.platform.errors import RuleBroken
from tests.integration.conftest import now
from tests.integration.tracker.conftest import Connect, Tracking, add_tracked

KEYS = ("camp", "traxxall", "veryon", "cmp", "tracker")
Fleet = dict[str, Aircraft]


@pytest.mark.parametrize("folder", [False, True], ids=["https", "folder"])
@pytest.mark.parametrize("key", KEYS)
def test_connect_plan_and_take_over(connect: Connect, fleet: Fleet, key: str, folder: bool) -> None:
    tracking = connect(key, folder=folder)
    if tracking.drop:
        tracking.drop.export()
    plan = tracking.run(dry_run=True)
    assert (plan.state, plan.created) == (State.SUCCEEDED, 7), plan.summary
    assert not tracked_list(), "a plan writes nothing"
    planned = SyncRecord.objects.filter(run=plan, verdict="created").first()
    assert planned is not None
    assert planned.new["title"]
    run = tracking.run(skip_plan=False)
    assert (run.state, run.created, run.rejected) == (State.SUCCEEDED, 7, 0), run.technical
    items = tracking.items()
    over = items["OY-HLA", "AD 2020-21-22"]
    assert over.state is Standing.OVERDUE
    assert over.terms[0].remaining == -11_520
    assert items["OY-HLD", "05-20-10"].state is Standing.DUE_SOON
    assert items["OY-HLD", "61-10-02"].serial_number == "HC-77"
    assert over.partner == tracking.connection.name
    again = tracking.run()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 7)
    assert DueItem.objects.count() == 0
    assert sum(state_counts().values()) == 0, "nothing reached our own requirements"


def test_what_changes_there_changes_here(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("camp")
    tracking.run()
    item = next(one for one in tracking.shop.listed() if one.code == "AD 2020-21-22")
    tracking.shop.comply(item.id, due_hours="9400.0")
    run = tracking.run()
    assert (run.created, run.updated, run.unchanged) == (0, 1, 6)
    assert tracking.items()["OY-HLA", "AD 2020-21-22"].state is Standing.OK


def test_what_is_done_or_dropped_there_is_gone_here_and_can_return(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("traxxall")
    tracking.run()
    first, second = tracking.shop.listed()[:2]
    tracking.shop.comply(first.id)
    tracking.shop.drop_item(second.id)
    run = tracking.run()
    assert (run.removed, run.updated, run.unchanged) == (1, 1, 5)
    assert {row.reference for row in tracked_list(Narrow(is_gone=True))} == {first.code, second.code}
    tracking.shop.comply(first.id, due_hours="6000.0")
    assert tracking.run().updated == 1
    assert tracking.items()[first.tail, first.code].gone_since is None


def test_an_empty_list_lets_nothing_go(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("veryon")
    tracking.run()
    for item in tracking.shop.listed():
        tracking.shop.drop_item(item.id)
    run = tracking.run()
    assert run.state == State.PARTIAL
    (refused,) = tracking.refused(run)
    assert refused.code == "many_gone"
    assert len(tracked_list()) == 7


def test_pages_are_one_listing(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("traxxall")
    tracking.app.page_size = 2
    assert tracking.run().created == 7
    assert len(tracking.app.journal.entries("due_list")) == 4
    tracking.app.page_size = 3
    assert tracking.run().unchanged == 7
    assert not tracked_list(Narrow(is_gone=True))


@pytest.mark.parametrize("key", ["camp", "veryon", "cmp"])
def test_another_serial_number_is_another_aircraft(connect: Connect, fleet: Fleet, acting_user: Any, key: str) -> None:
    change_aircraft(fleet["OY-HLD"], serial_number="1578", acting_user=acting_user)
    change_aircraft(fleet["OY-HLE"], serial_number="", acting_user=acting_user)
    tracking = connect(key)
    run = tracking.run()
    assert (run.created, run.rejected) == (2, 5)
    reasons = {record.reason for record in tracking.refused(run)}
    assert any("1578 here and 1577 at the partner" in reason for reason in reasons)
    assert any("Enter it here" in reason for reason in reasons)
    assert Link.objects.filter(dataset="aircraft", state=LinkState.LINKED).count() == 1
    change_aircraft(fleet["OY-HLD"], serial_number="1577", acting_user=acting_user)
    assert tracking.run().created == 3


def test_a_serial_number_that_changes_after_linking_stops_the_items(
    connect: Connect, fleet: Fleet, acting_user: Any
) -> None:
    tracking = connect("camp")
    tracking.run()
    change_aircraft(fleet["OY-HLD"], serial_number="1999", acting_user=acting_user)
    run = tracking.run()
    assert (run.rejected, run.unchanged) == (3, 4)
    assert len(tracked_list()) == 7, "what was told before stays, and gets old"


def test_an_unknown_tail_is_refused_with_what_to_do(connect: Connect, acting_user: Any) -> None:
    add_tracked(acting_user, "OY-HLA")
    tracking = connect("traxxall")
    run = tracking.run()
    assert (run.created, run.rejected) == (2, 5)
    assert "OY-HLD" in tracking.refused(run)[0].reason


def test_words_get_old(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("traxxall")
    tracking.run()
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        states = {row.state for row in tracked_list()}
        assert states == {Standing.UNKNOWN, Standing.OVERDUE}
        assert tracking.run().unchanged == 7
        assert Standing.OK in {row.state for row in tracked_list()}, "told again, it counts again"


def test_a_file_that_stopped_coming_gets_old_although_it_is_read_every_hour(connect: Connect, fleet: Fleet) -> None:
    profile = ready_profile("traxxall").replace('as_of = "asOf"\n', "")
    tracking = connect("traxxall", folder=True, profile=profile)
    assert tracking.drop is not None
    tracking.drop.export(age=3 * 24 * 3600)
    assert tracking.run().created == 7
    assert {row.state for row in tracked_list()} == {Standing.UNKNOWN, Standing.OVERDUE}


# --- files that are being written -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["camp", "traxxall", "veryon", "cmp"])
def test_a_file_that_is_still_being_written_is_left_for_later(connect: Connect, fleet: Fleet, key: str) -> None:
    tracking = connect(key, folder=True)
    assert tracking.drop is not None
    tracking.drop.export(part=0.6, age=5)
    run = tracking.run()
    assert (run.state, run.read) == (State.SUCCEEDED, 0)
    tracking.drop.export(age=120)
    assert tracking.run().created in {0, 7}


@pytest.mark.parametrize("key", ["camp", "traxxall", "veryon", "cmp"])
def test_half_a_file_that_nobody_finishes_fails_the_run_and_changes_nothing(
    connect: Connect, fleet: Fleet, key: str
) -> None:
    tracking = connect(key, folder=True)
    assert tracking.drop is not None
    tracking.drop.export(name=_first_name(tracking), age=7200)
    tracking.run()
    tracking.drop.export(part=0.6, age=3600)
    run = tracking.run()
    assert (run.state, run.code) == (State.FAILED, "malformed")
    assert len(tracked_list()) == 7
    assert not tracked_list(Narrow(is_gone=True))


def _first_name(tracking: Tracking) -> str:
    assert tracking.drop is not None
    return {"camp": "camp-due-list-0.xml", "cmp": "due-list-0.csv", "veryon": "dueitems-0.json"}.get(
        tracking.drop.dialect.name, "due-items-0.json"
    )


def test_the_newest_file_counts_and_links_lead_nowhere(connect: Connect, fleet: Fleet, tmp_path: Any) -> None:
    tracking = connect("cmp", folder=True)
    assert tracking.drop is not None
    tracking.drop.export("due-list-new.csv", age=600)
    secret = tmp_path / "secret.csv"
    secret.write_bytes(tracking.drop.dialect.due_list(tracking.shop, []))
    (tracking.drop.outbox / "due-list-zz.csv").symlink_to(secret)
    tracking.shop.drop_item(tracking.shop.listed()[0].id)
    tracking.drop.export("due-list-old.csv", age=90_000)
    assert tracking.run().created == 7


def test_a_file_that_is_too_large_is_not_read(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("cmp", folder=True)
    assert tracking.drop is not None
    tracking.drop.export("due-list-1.csv", age=7200)
    tracking.run()
    path = tracking.drop.export("due-list-2.csv")
    at = path.stat().st_mtime
    with path.open("ab") as file:
        file.write(b" " * (11 * 2**20))
    os.utime(path, (at, at))
    run = tracking.run()
    assert (run.state, run.code) == (State.FAILED, "data_error")
    assert len(tracked_list()) == 7


def test_a_file_that_changes_while_it_is_read_is_left_for_later(
    connect: Connect, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracking = connect("cmp", folder=True)
    assert tracking.drop is not None
    path = tracking.drop.export("due-list-1.csv")
    at = path.stat().st_mtime
    read = FolderStore.read

    def reading_while_somebody_writes(store: FolderStore, name: str, **more: Any) -> bytes:
        content = read(store, name, **more)
        path.write_bytes(path.read_bytes() + b"more")
        os.utime(path, (at, at))
        return content

    monkeypatch.setattr(FolderStore, "read", reading_while_somebody_writes)
    run = tracking.run()
    assert (run.state, run.read) == (State.SUCCEEDED, 0)


def test_no_file_yet_is_said(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("cmp", folder=True)
    run = tracking.run()
    assert (run.state, run.code) == (State.FAILED, "not_ready")
    assert "due-list*.csv" in run.summary


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("unauthorized", "auth_failed"),
        ("server_error", "server_trouble"),
        ("html", "malformed"),
        ("redirect", "permanent"),
        ("dropped", "unreachable"),
        ("lost_response", "unreachable"),
        ("half", "malformed"),
        ("oversized", "data_error"),
        ("entity_bomb", "malformed"),
        ("external_entity", "malformed"),
    ],
)
def test_faults_end_the_run_with_a_reason_and_change_nothing(
    connect: Connect, fleet: Fleet, kind: str, code: str
) -> None:
    tracking = connect("camp")
    tracking.run()
    tracking.app.faults.add(kind, times=None, operation="due_list")
    run = tracking.run()
    assert (run.state, run.code) == (State.FAILED, code), run.summary
    assert len(tracked_list()) == 7
    tracking.app.faults.clear()


@pytest.mark.parametrize("kind", ["server_error", "half", "dropped"])
def test_a_passing_fault_is_waited_out(connect: Connect, fleet: Fleet, kind: str) -> None:
    tracking = connect("veryon")
    tracking.app.faults.add(kind, times=2, operation="due_list")
    assert tracking.run().created == 7
    assert tracking.waits.seconds == [1, 2]


@pytest.mark.parametrize("kind", ["duplicates", "disorder"])
def test_doubles_and_disorder_change_nothing(connect: Connect, fleet: Fleet, kind: str) -> None:
    tracking = connect("traxxall")
    tracking.app.faults.add(kind, times=None, operation="due_list")
    assert tracking.run().created == 7
    assert TrackedItem.objects.count() == 7


@pytest.mark.parametrize("key", ["traxxall", "veryon"])
def test_a_chain_of_pages_without_end_is_ended(connect: Connect, fleet: Fleet, key: str) -> None:
    tracking = connect(key)
    tracking.app.page_size = 2
    tracking.app.faults.add("endless", times=None, operation="due_list")
    run = tracking.run()
    assert (run.state, run.code) == (State.FAILED, "malformed")


def test_one_bad_record_is_named_and_nothing_is_taken_for_gone(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("camp")
    tracking.run()
    tracking.app.faults.add("garbage", operation="due_list")
    tracking.shop.drop_item(tracking.shop.listed()[-1].id)
    run = tracking.run()
    assert (run.state, run.rejected) == (State.PARTIAL, 1)
    assert not tracked_list(Narrow(is_gone=True)), "a list with holes does not show what is gone"
    assert tracking.run().state == State.SUCCEEDED
    assert len(tracked_list(Narrow(is_gone=True))) == 1


def test_wrong_credentials_are_not_saved(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.integration.tracker.conftest.DEMO_PASSWORD", "wrong-password")
    with pytest.raises(Unproven):
        connect("camp")


@pytest.mark.parametrize(
    ("profile", "said"),
    [("profile = 1", "name is missing"), ("{", "not TOML"), (ready_profile("cmp").replace('"/cmp/', '"//'), "no path")],
)
def test_a_profile_that_cannot_be_used_is_refused_at_its_field(connect: Connect, profile: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said) as refused:
        connect("cmp", profile=profile)
    assert refused.value.field == "profile"


def test_an_own_profile_counts(connect: Connect, fleet: Fleet) -> None:
    profile = ready_profile("traxxall").replace('title = "title"', 'title = ["reference", "title"]')
    tracking = connect("tracker", profile=profile)
    tracking.run()
    assert tracking.items()["OY-HLD", "05-20-10"].title == "05-20-10 300 FH inspection"


def test_statements_do_not_grow_with_the_list(connect: Connect, fleet: Fleet) -> None:
    tracking = connect("traxxall")
    counts = []
    for size in (5, 60):
        for n in range(size):
            tracking.shop.add_item("OY-HLE", f"T-{size}-{n}", "Task", due_hours=f"{2000 + n}.5")
        tracking.run()
        with CaptureQueriesContext(database) as again:
            assert tracking.run().unchanged == len(tracking.shop.listed())
        counts.append(len(again))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("key", ["traxxall", "veryon"])
def test_a_partner_that_gives_smaller_pages_than_asked_for_is_read_to_the_end(
    connect: Connect, fleet: Fleet, key: str
) -> None:
    tracking = connect(key)
    assert tracking.run().created == 7
    tracking.app.page_size = 2
    assert tracking.run().unchanged == 7
    assert not tracked_list(Narrow(is_gone=True))
