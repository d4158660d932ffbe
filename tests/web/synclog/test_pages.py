"""The sync log: figures, filters, what everybody may read and what only administrators may."""

import csv
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.synclog.actions import log_call
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Verdict
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.synclog.counts import PARTS, WIDTH, parts_of
from tests.conftest import make_member
from tests.integration.conftest import Hub, connection, hub, serving
from tests.platform.people.conftest import add_member
from tests.web.conftest import sign_in

__all__ = ["connection", "hub", "serving"]


@pytest.fixture
def calls(account: Account, admin: Membership) -> None:
    with acting_in(account):
        me = admin.actor()
        log_call(
            flow=Flow.DEFECTS, direction=Direction.IN, acting_user=me, verdict=Verdict.CREATED, summary="Defect stored."
        )
        log_call(
            flow=Flow.AIRCRAFT,
            direction=Direction.OUT,
            acting_user=me,
            verdict=Verdict.FAILED,
            summary="Refused <b>.",
            technical="stack of things",
            code="not_found",
        )


def test_outcome_first_and_figures(browser: Client, calls: None) -> None:
    page = browser.get("/sync-logs/").text
    assert "Failed" in page
    assert "<b>1</b> created" in page
    assert "Refused &lt;b&gt;." in page
    assert "stack of things" not in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?flow=defects", "Defect stored.", "Refused &lt;b&gt;"),
        ("?outcome=failed", "Refused &lt;b&gt;", "Defect stored."),
        ("?outcome=unfinished", "No entries match", "Defect stored."),
        ("?kind=dry_run", "No entries match", "Defect stored."),
        ("?flow=nonsense&outcome=nonsense&partner=nonsense", "Defect stored.", "No entries match"),
    ],
)
def test_filters(browser: Client, calls: None, query: str, shown: str, hidden: str) -> None:
    page = browser.get(f"/sync-logs/{query}").text.partition("<main")[2].partition("</main>")[0]
    assert shown in page
    assert hidden not in page


def test_technical_detail_is_for_who_may_read_it(browser: Client, account: Account, calls: None) -> None:
    with acting_in(account):
        failed = SyncRun.objects.get(code="not_found")
    assert "stack of things" in browser.get(f"/sync-logs/{failed.pk}/").text
    viewer = sign_in(make_member(account, "integrations.view", email="v@example.com"))
    page = viewer.get(f"/sync-logs/{failed.pk}/").text
    assert "Refused &lt;b&gt;." in page
    assert "stack of things" not in page
    assert "Technical detail" not in page


def test_an_entry_of_another_account_does_not_exist(account: Account, other_account: Account, calls: None) -> None:
    with acting_in(account):
        entry = SyncRun.objects.first()
    assert entry is not None
    from hangarlink.platform.people.models import Role

    with acting_in(other_account):
        Role.objects.create(account=other_account, name="Administrator", is_administrator=True)
    stranger = sign_in(add_member(other_account, "o@example.com", "Administrator"))
    for path in ("", "live/"):
        assert stranger.get(f"/sync-logs/{entry.pk}/{path}").status_code == 404
    assert stranger.post(f"/sync-logs/{entry.pk}/stop/").status_code == 404
    assert "Defect stored." not in stranger.get("/sync-logs/").text


def test_a_plan_shows_old_beside_new(browser: Client, hub: Hub) -> None:
    hub.sync(Flow.AIRCRAFT)
    flight = hub.fly(minutes=90, durations={"HOBBS": 5400, "AIRBORNE": 5000})
    hub.sync()
    hub.world.edit_flight(flight, durations={"HOBBS": 6480, "AIRBORNE": 5000})
    plan = hub.sync(dry_run=True)
    page = browser.get(f"/sync-logs/{plan.pk}/").text
    assert "<th>Hobbs</th><td><del>1.5</del></td><td><ins>1.8</ins></td>" in page
    assert "A dry run writes nothing" in page


def test_refused_records_with_their_reasons(browser: Client, hub: Hub) -> None:
    hub.sync(Flow.AIRCRAFT)
    for hours in (3, 6, 9):
        hub.fly("OY-RNT", hours_ago=hours)
    run = hub.sync()
    page = browser.get(f"/sync-logs/{run.pk}/").text
    assert "With refusals" in page
    assert page.count("No aircraft here has the call sign or registration OY-RNT.") == 3
    assert "<strong>3</strong> records" in browser.get(f"/sync-logs/{run.pk}/?verdict=rejected").text
    assert "No records match" in browser.get(f"/sync-logs/{run.pk}/?q=OY-SKA").text


def test_a_run_under_way_moves_by_itself_and_can_be_stopped(browser: Client, hub: Hub) -> None:
    run = hub.request()
    page = browser.get(f"/sync-logs/{run.pk}/").text
    assert f'hx-get="/sync-logs/{run.pk}/live/"' in page
    assert "Waits for a worker" in browser.get(f"/sync-logs/{run.pk}/live/").text
    assert "Stopped" in browser.post(f"/sync-logs/{run.pk}/stop/", follow=True).text
    assert browser.get(f"/sync-logs/{run.pk}/live/").headers["HX-Refresh"] == "true"
    assert browser.post(f"/sync-logs/{run.pk}/stop/").status_code == 422
    assert hub.drain() == 0


def test_the_page_costs_the_same_for_many(
    browser: Client, account: Account, admin: Membership, django_assert_max_num_queries: Any
) -> None:
    with acting_in(account):
        for _ in range(60):
            log_call(flow=Flow.DEFECTS, direction=Direction.IN, acting_user=admin.actor(), verdict=Verdict.CREATED)
    with django_assert_max_num_queries(18):
        assert "1–50" in browser.get("/sync-logs/").text


@given(st.dictionaries(st.sampled_from([v.value for v in Verdict]), st.integers(0, 10**9)))
def test_the_pieces_of_a_bar_fill_it_and_leave_nobody_out(counts: dict[str, int]) -> None:
    parts = parts_of(counts)
    present = {v.value for v in PARTS if counts.get(v.value)}
    assert {part.verdict for part in parts} == present
    assert sum(part.width for part in parts) == (WIDTH if present else 0)
    assert all(part.width >= 3 for part in parts)
    assert [part.x for part in parts] == [sum(p.width for p in parts[:n]) for n in range(len(parts))]


def test_a_run_can_be_taken_away_with_every_number(browser: Client, account: Account, hub: Hub) -> None:
    hub.fly()
    hub.fly("OY-RNT")
    run = hub.sync(dry_run=True)
    SyncRecord.objects.filter(run=run, verdict="rejected").update(subject="=cmd|' /C calc'!A0")
    taken = browser.get(f"/sync-logs/{run.pk}/download.json")
    assert taken.headers["Content-Disposition"].startswith("attachment; filename=")
    document = taken.json()
    assert document["counts"]["created"] == run.created == 1
    assert document["flow"] == "hours_cycles"
    assert {one["verdict"] for one in document["records"]} == {"created", "rejected"}
    assert "checkpoint" not in document
    lines = list(csv.reader(browser.get(f"/sync-logs/{run.pk}/download.csv").text.splitlines()))
    assert lines[0][:3] == ["dataset", "external_id", "subject"]
    assert len(lines) == 3
    # Never a formula.
    assert not [cell for line in lines for cell in line if cell.startswith("=")]
    assert browser.get(f"/sync-logs/{run.pk}/download.exe").status_code == 404


def test_technical_detail_is_not_downloaded_by_everybody(account: Account, other_account: Account, calls: None) -> None:
    with acting_in(account):
        failed = SyncRun.objects.get(state="failed")
    path = f"/sync-logs/{failed.pk}/download.json"
    viewer = sign_in(make_member(account, "integrations.view", email="v@example.com"))
    assert "stack of things" not in viewer.get(path).text
    both = make_member(account, "integrations.view", "integrations.view_technical", email="t@example.com", role="T")
    assert "stack of things" in sign_in(both).get(path).text
    stranger = sign_in(make_member(other_account, "integrations.view", email="s@example.com"))
    assert stranger.get(path).status_code == 404


def test_every_word_of_the_log_can_be_shown() -> None:
    from hangarlink.integration.synclog.vocabulary import Direction, Kind, State, Trigger
    from hangarlink.web.synclog.counts import DIRECTIONS, KINDS, STATES, TRIGGERS

    assert (set(TRIGGERS), set(DIRECTIONS)) == (set(Trigger), set(Direction))
    assert set(KINDS) <= set(Kind)
    assert set(STATES) == set(State)
