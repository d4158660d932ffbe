"""The page of a connection of any partner: its streams, its health, its buttons."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.integration.conflicts.models import Review, ReviewKind
from hangarlink.integration.connections.models import Connection, Link, Stream
from hangarlink.integration.health import health, stands_for
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Kind, State, Trigger, Verdict
from hangarlink.platform.people.permissions import PERMISSIONS, SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import queries as vault
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.integrations.conftest import KEY, Office, address

CUSTOMERS = "customers/out/"


def switch_on(account: Account, connection: Connection, flow: Flow = Flow.CUSTOMERS, **values: object) -> Stream:
    with acting_in(account):
        rows = Stream.objects.filter(connection=connection, flow=flow)
        rows.update(is_enabled=True, **values)
        return rows.get()


def ran(account: Account, connection: Connection, state: State = State.SUCCEEDED, **values: object) -> SyncRun:
    with acting_in(account):
        given = {
            "partner": connection.name,
            "flow": Flow.CUSTOMERS,
            "direction": Direction.OUT,
            "kind": Kind.RUN,
            "trigger": Trigger.SCHEDULE,
            "finished_at": timezone.now(),
        }
        return SyncRun.objects.create(
            account=account,
            connection_id=connection.pk,
            state=state,
            **(given | values),  # type: ignore[arg-type]
        )


def test_a_new_connection_leads_on_to_what_moves(browser: Client, wired: Connection) -> None:
    page = browser.get(address(wired)).text
    assert "Not started" in page
    assert f'href="{address(wired, "data/")}"' in page
    assert "Nothing is switched on, so nothing moves." in page
    assert "Sync now" not in page.split('id="help"')[0]


def test_everything_is_off_until_it_is_switched_on(browser: Client, account: Account, wired: Connection) -> None:
    page = browser.get(address(wired, "data/")).text
    assert 'type="checkbox"' in page
    assert " checked" not in page
    with acting_in(account):
        stream = Stream.objects.get(connection=wired, flow=Flow.CUSTOMERS)
    assert browser.post(address(wired, "data/"), {f"rule:{stream.pk}": "append_only", f"gone:{stream.pk}": "never"})
    with acting_in(account):
        stream.refresh_from_db()
    assert (stream.is_enabled, stream.conflict_rule, stream.deletion_policy) == (False, "append_only", "never")
    sent = {f"on:{stream.pk}": "on", f"rule:{stream.pk}": "", f"gone:{stream.pk}": "flag"}
    assert browser.post(address(wired, "data/"), sent).headers["Location"] == address(wired, "plan/")
    with acting_in(account):
        stream.refresh_from_db()
    assert stream.is_enabled


def test_a_set_up_that_was_left_goes_on_where_it_was(browser: Client, account: Account, wired: Connection) -> None:
    switch_on(account, wired)
    assert f'href="{address(wired, "plan/")}"' in browser.get(address(wired)).text
    assert "Make a dry run" in browser.get(address(wired, "plan/")).text
    assert browser.post(address(wired, "dry-run/")).headers["Location"] == address(wired, "plan/")
    with acting_in(account):
        assert SyncRun.objects.get().kind == Kind.DRY_RUN
    refused = browser.post(address(wired, "start/"), {str(_stream(account, wired).pk): "hourly"})
    assert refused.status_code == 422
    assert "Look at a dry run" in refused.text
    switch_on(account, wired, planned_at=timezone.now())
    assert f'href="{address(wired, "start/")}"' in browser.get(address(wired)).text
    started = browser.post(address(wired, "start/"), {str(_stream(account, wired).pk): "real_time"})
    assert started.headers["Location"] == address(wired)
    assert _stream(account, wired).frequency == "real_time"
    with acting_in(account):
        assert SyncRun.objects.filter(kind=Kind.RUN).count() == 1
    assert "Go on with the set-up" not in browser.get(address(wired)).text


def _stream(account: Account, connection: Connection) -> Stream:
    with acting_in(account):
        return Stream.objects.get(connection=connection, flow=Flow.CUSTOMERS)


def test_nothing_that_is_off_can_be_run(browser: Client, account: Account, wired: Connection) -> None:
    for page in ("sync/", "dry-run/", f"sync/{CUSTOMERS}"):
        assert browser.post(address(wired, page)).status_code == 422, page
    assert browser.post(address(wired, "sync/invoices/out/")).status_code == 404
    assert browser.post(address(wired, "sync/nonsense/out/")).status_code == 404
    assert browser.post(address(wired, "sync/customers/sideways/")).status_code == 404
    with acting_in(account):
        assert not SyncRun.objects.exists()


def test_pause_resume_and_how_often(browser: Client, account: Account, wired: Connection) -> None:
    switch_on(account, wired, planned_at=timezone.now())
    browser.post(address(wired, "pause/"))
    assert "Paused" in browser.get(address(wired)).text
    assert browser.post(address(wired, "sync/")).status_code == 422
    browser.post(address(wired, "resume/"))
    browser.post(address(wired, f"schedule/{CUSTOMERS}"), {"frequency": "hourly"})
    assert _stream(account, wired).every_seconds == 3600
    assert browser.post(address(wired, f"schedule/{CUSTOMERS}"), {"frequency": "often"}).status_code == 422
    assert browser.post(address(wired, "sync/")).headers["Location"] == address(wired)
    browser.post(address(wired, "sync/"))
    with acting_in(account):
        assert SyncRun.objects.filter(kind=Kind.RUN).count() == 1


def test_health_says_how_often_it_failed_and_what_stands_still(
    browser: Client, account: Account, wired: Connection
) -> None:
    switch_on(account, wired, planned_at=timezone.now(), frequency="hourly", every_seconds=3600)
    place = {"dataset": "customers", "cursors": {"customers": {"mark": 7}}}
    for number in range(4):
        at = timezone.now() - timedelta(hours=number)
        ran(account, wired, requested_at=at, checkpoint=place, rejected=1)
    ran(account, wired, State.FAILED, requested_at=timezone.now() - timedelta(days=2))
    ran(account, wired, State.FAILED, requested_at=timezone.now() - timedelta(days=40))
    with acting_in(account):
        found = health(wired, acting_user=SYSTEM)
    assert (found.runs, found.failed, len(found.days)) == (5, 1, 14)
    assert [(one.flow, one.runs) for one in found.standstills] == [(Flow.CUSTOMERS, 4)]
    page = browser.get(address(wired)).text
    assert "1 of 5 runs failed (20 %)" in page
    assert "4 records refused" in page
    assert "has not moved for 4 runs" in page
    assert "Failed runs per day" in page


@pytest.mark.parametrize(
    ("cursors", "runs"),
    [
        ([], 0),
        ([None, None], 0),
        ([{"a": 1}], 1),
        ([{"a": 2}, {"a": 1}], 1),
        ([{"a": 1}, {"a": 1}, {"a": 0}], 2),
        ([None, {"a": 1}, None, {"a": 1}, {"a": 0}], 4),
    ],
)
def test_how_long_a_place_stands_still(cursors: list[object], runs: int) -> None:
    assert stands_for(cursors) == runs


def test_refused_records_with_their_reason(browser: Client, account: Account, wired: Connection) -> None:
    run = ran(account, wired, State.PARTIAL)
    with acting_in(account):
        record = SyncRecord.objects.create(
            account=account, run=run, connection_id=wired.pk, dataset="messages", verdict=Verdict.REJECTED,
            external_id="m-1", subject="Notice 12", code="too_long", reason="The text is too long.", is_open=True,
        )  # fmt: skip
    assert "1 record waits: The text is too long." in browser.get(address(wired)).text
    page = browser.get(address(wired, "refused/?code=too_long")).text
    assert "Notice 12" in page
    assert "Try all again" in page
    assert "Notice 12" not in browser.get(address(wired, "refused/?code=other")).text
    browser.post(address(wired, "refused/decide/"), {"record": str(record.pk), "verb": "dismiss"})
    with acting_in(account):
        record.refresh_from_db()
    assert not record.is_open


PAGES = ("", "live/", "data/", "plan/", "refused/", "review/", "settings/", "disconnect/", "aircraft/")
BUTTONS = (
    "sync/", "dry-run/", "pause/", "resume/", "refused/decide/", f"sync/{CUSTOMERS}", f"schedule/{CUSTOMERS}",
    "settings/test/", "authorise/",
)  # fmt: skip


def test_another_account_finds_nothing(account: Account, other_account: Account, wired: Connection) -> None:
    stranger = sign_in(make_member(other_account, *PERMISSIONS))
    for page in PAGES:
        assert stranger.get(address(wired, page)).status_code == 404, page
    for page in BUTTONS:
        assert stranger.post(address(wired, page)).status_code == 404, page
    with acting_in(account):
        wired.refresh_from_db()
    assert wired.state == "active"


def test_it_is_not_found_under_another_areas_address(browser: Client, wired: Connection) -> None:
    for area in ("ops/settings/integrations", "settings/billing/integrations"):
        assert browser.get(f"/{area}/connections/{wired.pk}/").status_code == 404


def test_who_may_only_look_gets_no_buttons(account: Account, wired: Connection) -> None:
    switch_on(account, wired, planned_at=timezone.now())
    viewer = sign_in(make_member(account, "safety_integrations.view"))
    page = viewer.get(address(wired)).text
    assert "<button" not in page.split('id="main"')[1].split("</main>")[0]
    for button in BUTTONS:
        assert viewer.post(address(wired, button)).status_code == 403
    assert viewer.post(address(wired, "data/"), {}).status_code == 403


def test_a_run_of_safety_is_hidden_from_who_sees_ops_only(account: Account, wired: Connection) -> None:
    run = ran(account, wired, summary="3 messages sent")
    ops = sign_in(make_member(account, "integrations.view"))
    assert "3 messages sent" not in ops.get("/sync-logs/").text
    assert "Safety Office" not in ops.get("/sync-logs/").text
    assert ops.get(f"/sync-logs/{run.pk}/").status_code == 404
    safety = sign_in(make_member(account, "safety_integrations.view", email="s@example.com", role="S"))
    assert "3 messages sent" in safety.get("/sync-logs/").text
    assert safety.get(f"/sync-logs/{run.pk}/").status_code == 200


def raise_review(account: Account, connection: Connection, **values: object) -> Review:
    with acting_in(account):
        given = {
            "dataset": "invoices",
            "kind": ReviewKind.CONFLICT,
            "subject": "Invoice 1042",
            "rule": "manual_review",
            "raised_at": timezone.now(),
            "ours": {"number": "1042", "memo": "Ours <b>", "status": "open"},
            "theirs": {"number": "1042", "memo": "Theirs", "status": "open"},
            "base": {"number": "1042", "memo": "Theirs", "status": "open"},
        }
        return Review.objects.create(account=account, connection=connection, **(given | values))  # type: ignore[arg-type]


def test_a_conflict_is_shown_side_by_side(browser: Client, account: Account, wired: Connection) -> None:
    asked = raise_review(account, wired)
    assert "1 conflict waits for a decision" in browser.get(address(wired)).text
    assert "Invoice 1042" in browser.get(address(wired, "review/")).text
    page = browser.get(address(wired, f"review/{asked.pk}/")).text
    differing = page.split('class="differs"')[1].split("</tr>")[0]
    # Ours was changed since both last agreed; theirs was not.
    assert "<ins>Ours &lt;b&gt;</ins>" in differing
    assert "<ins>Theirs" not in differing
    assert page.count('class="differs"') == 1


def test_a_decision_that_makes_no_sense_is_refused_at_its_field(
    browser: Client, account: Account, wired: Connection
) -> None:
    path = address(wired, f"review/{raise_review(account, wired).pk}/")
    for sent, said in (
        ({}, "required"),
        ({"choice": "merge"}, "Tick at least one field"),
        ({"choice": "ours", "fields": "memo"}, "Fields are ticked"),
        ({"choice": "nobody"}, "valid choice"),
        ({"choice": "merge", "fields": "number"}, "Tick at least one field"),
    ):
        answer = browser.post(path, sent)
        assert answer.status_code == 422, sent
        assert said in answer.text, sent
    with acting_in(account):
        assert Review.objects.get().state == "open"


def test_a_conflict_of_another_connection_or_account_is_not_found(
    browser: Client, account: Account, other_account: Account, wired: Connection
) -> None:
    with acting_in(account):
        other = Connection.objects.create(account=account, connector="beacon", name="B", identity_key="b")
    asked = raise_review(account, other)
    assert browser.get(address(wired, f"review/{asked.pk}/")).status_code == 404
    stranger = sign_in(make_member(other_account, *PERMISSIONS))
    assert stranger.get(address(other, f"review/{asked.pk}/")).status_code == 404
    viewer = sign_in(make_member(account, "safety_integrations.view", email="v@example.com", role="V"))
    assert "Decide</button>" not in viewer.get(address(other, f"review/{asked.pk}/")).text
    assert viewer.post(address(other, f"review/{asked.pk}/"), {"choice": "ours"}).status_code == 403


def test_settings_keep_the_key_and_try_what_changes(
    browser: Client, account: Account, wired: Connection, office: Office
) -> None:
    page = browser.get(address(wired, "settings/")).text
    assert KEY not in page
    assert 'value="Safety Office"' in page
    sent = {"base_url": office.url, "api_key": "", "channel": "tower", "name": "Our office"}
    assert browser.post(address(wired, "settings/"), sent).status_code == 302
    with acting_in(account):
        wired.refresh_from_db()
    assert (wired.name, wired.options["channel"]) == ("Our office", "tower")
    assert office.calls == []
    refused = browser.post(address(wired, "settings/"), sent | {"api_key": "another-key-1"})
    assert refused.status_code == 422
    assert "another-key-1" not in refused.text
    assert "Safety Office" in browser.post(address(wired, "settings/test/")).text
    office.is_down = True
    assert browser.post(address(wired, "settings/test/")).status_code == 422


def test_disconnecting_says_first_what_happens_to_the_data(
    browser: Client, account: Account, wired: Connection
) -> None:
    switch_on(account, wired)
    page = browser.get(address(wired, "disconnect/")).text
    assert "1 data type is switched off" in page
    assert "nothing is deleted on either side" in page
    with acting_in(account):
        assert vault.fields_of(wired) == {"api_key"}
    browser.post(address(wired, "disconnect/"))
    with acting_in(account):
        wired.refresh_from_db()
        assert vault.fields_of(wired) == set()
    assert wired.state == "disconnected"
    page = browser.get(address(wired)).text
    assert "Disconnected" in page
    assert "Connect again" in page


def test_messages_follow_rules_and_are_neither_planned_nor_scheduled(
    browser: Client, account: Account, wired: Connection
) -> None:
    with acting_in(account):
        stream = Stream.objects.get(connection=wired, flow=Flow.MESSAGES)
    answer = browser.post(address(wired, "data/"), {f"on:{stream.pk}": "on"})
    assert answer.headers["Location"] == address(wired)
    page = browser.get(address(wired)).text
    assert "As the notification rules say" in page
    assert "Go on with the set-up" not in page
    assert browser.post(address(wired, "dry-run/")).status_code == 422
    with acting_in(account):
        assert not SyncRun.objects.exists()


def test_what_nothing_here_reads_yet_cannot_be_switched_on(
    browser: Client, account: Account, wired: Connection
) -> None:
    with acting_in(account):
        stream = Stream.objects.create(account=account, connection=wired, flow=Flow.FLIGHT_LOGS, direction="out")
    assert "not available yet" in browser.get(address(wired, "data/")).text
    browser.post(address(wired, "data/"), {f"on:{stream.pk}": "on"})
    with acting_in(account):
        stream.refresh_from_db()
    assert not stream.is_enabled


def test_aircraft_of_any_partner_are_matched_by_hand(
    browser: Client, account: Account, other_account: Account, wired: Connection
) -> None:
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="C172S")
        ours = Aircraft.objects.create(account=account, registration="OY-SKA", aircraft_model=model)
        link = Link.objects.create(
            account=account, connection=wired, dataset="aircraft", external_id="a-1", label="OYSKA", state="unmatched",
            facts={"call_sign": "OYSKA"},
        )  # fmt: skip
    page = browser.get(address(wired, "aircraft/")).text
    assert "OYSKA" in page
    assert "1 needs a decision" in page
    at = address(wired, f"aircraft/{link.pk}/")
    assert browser.post(at + "guess/").status_code == 404
    browser.post(at + "link/", {"aircraft": ""})
    viewer = sign_in(make_member(account, "safety_integrations.view", "integrations.view"))
    assert viewer.post(at + "link/", {"aircraft": str(ours.pk)}).status_code == 403
    stranger = sign_in(make_member(other_account, *PERMISSIONS, email="s@example.com"))
    assert stranger.post(at + "link/", {"aircraft": str(ours.pk)}).status_code == 404
    with acting_in(account):
        link.refresh_from_db()
    assert link.state == "unmatched"
    browser.post(at + "link/", {"aircraft": str(ours.pk)})
    with acting_in(account):
        link.refresh_from_db()
    assert (link.internal_id, link.is_pinned) == (ours.pk, True)
    browser.post(at + "ignore/")
    assert "not wanted" in browser.get(address(wired, "aircraft/")).text


@pytest.mark.parametrize("page", ["", "plan/", "data/"])
def test_as_many_queries_for_many_streams_as_for_few(
    browser: Client, account: Account, wired: Connection, page: str
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address(wired, page)).status_code == 200
        return len(asked)

    switch_on(account, wired, planned_at=timezone.now())
    ran(account, wired)
    ran(account, wired, kind=Kind.DRY_RUN)
    few = count()
    with acting_in(account):
        for flow in (Flow.TRIPS, Flow.PAYMENTS, Flow.DUE_ITEMS, Flow.AIRCRAFT):
            Stream.objects.create(
                account=account,
                connection=wired,
                flow=flow,
                direction="out",
                is_enabled=True,
                planned_at=timezone.now(),
            )
    for flow in (Flow.TRIPS, Flow.PAYMENTS, Flow.DUE_ITEMS, Flow.AIRCRAFT):
        ran(account, wired, flow=flow)
        ran(account, wired, flow=flow, kind=Kind.DRY_RUN)
    assert count() == few


def test_the_queue_of_an_area_holds_its_open_conflicts_only(
    browser: Client, account: Account, other_account: Account, wired: Connection
) -> None:
    raise_review(account, wired)
    raise_review(account, wired, subject="Invoice 7", state="decided", choice="ours", link_id=None)
    with acting_in(account):
        books = Connection.objects.create(account=account, connector="quickbooks", name="Books", identity_key="9")
    raise_review(account, books, subject="Invoice 99")
    safety, ops = "/safety/settings/integrations/", "/ops/settings/integrations/"
    assert "1 conflict to decide" in browser.get(safety).text
    page = browser.get(safety + "review/").text
    assert "Invoice 1042" in page
    assert "Invoice 7" not in page
    assert "Invoice 99" not in page
    assert "Invoice 99" in browser.get(ops + "review/").text
    manager = sign_in(make_member(account, role="Safety manager"))
    assert manager.get(safety + "review/").status_code == 200
    assert manager.get(ops + "review/").status_code == 403
    stranger = sign_in(make_member(other_account, *PERMISSIONS, email="s@example.com"))
    assert "Invoice" not in stranger.get(safety + "review/").text.split('id="main"')[1].split("For example")[0]
