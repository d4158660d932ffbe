"""A connection at work: its state, its flows, what needs somebody, and its buttons."""

from typing import Any

import pytest
from django.test import Client

from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, Kind
from hangarlink.platform.people.models import Membership, Role
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.conftest import Hub, add_ours
from tests.platform.people.conftest import add_member
from tests.web.conftest import sign_in


@pytest.fixture
def running(hub: Hub) -> Hub:
    """A connection that has read the fleet and one flight."""
    hub.sync(Flow.AIRCRAFT, dry_run=True)
    hub.sync(Flow.AIRCRAFT)
    hub.fly()
    hub.sync(dry_run=True)
    hub.sync()
    return hub


def test_healthy_with_figures(browser: Client, running: Hub, page_of: str) -> None:
    from hangarlink.integration.connections.models import Link
    from hangarlink.integration.datasets.actions import ignore_aircraft

    for link in Link.objects.filter(state="unmatched"):
        ignore_aircraft(link, acting_user=running.acting_user)
    running.sync(Flow.AIRCRAFT)
    page = browser.get(page_of).text
    assert "Healthy" in page
    assert "<b>1</b> created" in page
    assert "every log is decided" in page


def test_sync_now_asks_once_and_shows_the_progress(browser: Client, running: Hub, page_of: str) -> None:
    for _ in range(2):
        assert browser.post(f"{page_of}sync/hours_cycles/").headers["Location"] == page_of
    assert SyncRun.objects.filter(kind=Kind.RUN, flow=Flow.HOURS_CYCLES, state="requested").count() == 1
    page = browser.get(page_of).text
    assert f'hx-get="{page_of}live/"' in page
    assert 'id="flows"' in browser.get(f"{page_of}live/").text
    running.drain()
    assert browser.get(f"{page_of}live/").headers["HX-Refresh"] == "true"
    assert "hx-get" not in browser.get(page_of).text.partition('id="flows"')[2].partition(">")[0]


def test_a_refused_key_is_the_first_thing_said(browser: Client, running: Hub, page_of: str) -> None:
    running.serving.faults.add("unauthorized", times=None)
    running.sync()
    page = browser.get(page_of).text
    assert "Failing" in page
    assert "Enter a new key." in page
    assert "state-grounded state-large" in page


def test_what_needs_somebody_is_named_with_its_place(browser: Client, running: Hub, page_of: str) -> None:
    page = browser.get(page_of).text
    assert "No aircraft of yours is OY-RNT, OY-SKB." in page
    assert "Look here" in page
    add_ours(running.acting_user, "OY-SKB", kinds=["airborne"])
    running.sync(Flow.AIRCRAFT)
    running.fly("OY-SKB", hours_ago=1)
    running.sync()
    page = browser.get(page_of).text
    assert "The log “Hobbs” of OY-SKB is not mapped: its flights are refused." in page
    assert "Map it" in page
    assert "1 record waits: The partner&#x27;s log &quot;Hobbs&quot; of OY-SKB is not mapped." in page


def test_pause_and_resume(browser: Client, running: Hub, page_of: str) -> None:
    browser.post(f"{page_of}pause/")
    page = browser.get(page_of).text
    assert "Paused" in page
    assert ">Sync now<" not in page.partition("<main")[2].partition("</main>")[0]
    assert browser.post(f"{page_of}sync/hours_cycles/").status_code == 422
    browser.post(f"{page_of}resume/")
    assert Connection.objects.get().state == "active"


def test_how_often(browser: Client, running: Hub, page_of: str) -> None:
    assert (
        "Hours and cycles: every 6 hours."
        in browser.post(f"{page_of}schedule/hours_cycles/", {"frequency": "six_hourly"}, follow=True).text
    )
    assert Stream.objects.get(flow="hours_cycles").every_seconds == 6 * 3600
    assert "next" in browser.get(page_of).text
    assert browser.post(f"{page_of}schedule/hours_cycles/", {"frequency": "every second"}).status_code == 422
    assert browser.post(f"{page_of}schedule/nonsense/", {"frequency": "hourly"}).status_code == 404


def test_settings_replace_the_key_and_refuse_another_account(browser: Client, running: Hub, page_of: str) -> None:
    from hangarlink.sandbox.flightlogger import DEMO_KEY

    form = {"name": "Skyline flights", "base_url": running.connection.base_url, "secret": ""}
    assert "Saved" in browser.post(f"{page_of}settings/", form, follow=True).text
    assert Connection.objects.get().name == "Skyline flights"
    refused = browser.post(f"{page_of}settings/", form | {"secret": "wrong-key"})
    assert refused.status_code == 422
    assert "wrong-key" not in refused.text
    assert "Saved" in browser.post(f"{page_of}settings/", form | {"secret": DEMO_KEY}, follow=True).text
    assert "This key opens" in browser.post(f"{page_of}settings/test/").text
    running.serving.faults.add("unauthorized", times=None)
    assert browser.post(f"{page_of}settings/test/").status_code == 422


def test_who_may_look_sees_no_button_and_who_may_run_no_key(hub: Hub, account: Account, page_of: str) -> None:
    viewer = sign_in(make_member(account, "integrations.view", email="v@example.com"))
    page = viewer.get(page_of).text
    assert "<button" not in page.partition("<main")[2].partition("</main>")[0]
    with acting_in(account):
        Role.objects.create(
            account=account, name="Runner", permissions=["integrations.view", "integrations.manage_sync"]
        )
    runner = sign_in(add_member(account, "r@example.com", "Runner"))
    assert 'name="secret"' not in runner.get(f"{page_of}settings/").text
    assert runner.post(f"{page_of}settings/", {"name": "x", "base_url": "http://x/", "secret": ""}).status_code == 403


def test_a_connection_of_another_account_does_not_exist(
    account: Account, other_account: Account, admin: Membership
) -> None:
    """Made past the engine: two accounts cannot be acted in at once, so here nobody acts in one for the whole test."""
    with acting_in(account):
        made = Connection.objects.create(
            account=account,
            connector="flightlogger",
            name="Secret name",
            base_url="https://example.com/",
            identity_key="x",
        )
    with acting_in(other_account):
        Role.objects.create(account=other_account, name="Administrator", is_administrator=True)
    stranger = sign_in(add_member(other_account, "o@example.com", "Administrator"))
    one = f"/connections/flightlogger/{made.pk}/"
    for path in ("", "live/", "aircraft/", "refused/", "plan/", "start/", "settings/", "disconnect/"):
        answer = stranger.get(one + path)
        assert answer.status_code == 404, path
        assert "Secret name" not in answer.text
    for path in (
        "pause/",
        "sync/hours_cycles/",
        "dry-run/aircraft/",
        "settings/test/",
        "aircraft/read/",
        "refused/decide/",
        "disconnect/",
    ):
        assert stranger.post(one + path).status_code == 404, path
    with acting_in(account):
        assert Connection.objects.get().state == "active"


def test_the_page_costs_the_same_with_a_long_history(
    browser: Client, running: Hub, page_of: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        running.sync()
    with django_assert_max_num_queries(36):
        browser.get(page_of)


def test_refused_records_are_tried_again_or_dismissed(browser: Client, running: Hub, page_of: str) -> None:
    for hours in (9, 6):
        running.fly("OY-SKB", hours_ago=hours)
    running.sync()
    page = browser.get(f"{page_of}refused/").text
    assert "No aircraft here has the call sign or registration OY-SKB" in page
    first, second = SyncRecord.objects.filter(is_open=True, dataset="flight_times").order_by("id")
    assert (
        "1 dismissed"
        in browser.post(f"{page_of}refused/decide/", {"record": [str(first.pk)], "verb": "dismiss"}, follow=True).text
    )
    assert browser.post(f"{page_of}refused/decide/", {"record": ["nonsense"], "verb": "retry"}).status_code == 422
    add_ours(running.acting_user, "OY-SKB")
    running.sync(Flow.AIRCRAFT)
    answer = browser.post(f"{page_of}refused/decide/", {"all": "yes"})
    assert answer.headers["Location"].startswith("/sync-logs/")
    running.drain()
    second.refresh_from_db()
    assert not second.is_open
    assert running.flights() == 2


def test_a_frequency_that_is_not_offered_is_refused(browser: Client, hub: Hub) -> None:
    hub.sync(dry_run=True)
    path = f"/connections/flightlogger/{hub.connection.pk}/schedule/hours_cycles/"
    assert browser.post(path, {"frequency": "real_time"}).status_code == 422
    assert browser.post(path, {"frequency": "hourly"}).status_code == 302
    page = browser.get(f"/connections/flightlogger/{hub.connection.pk}/").text
    assert '<option value="hourly" selected>' in page
    assert "Health" in page


def test_writing_back_is_off_until_it_is_switched_on(browser: Client, hub: Hub) -> None:
    own = f"/connections/flightlogger/{hub.connection.pk}/"
    shared = f"/ops/settings/integrations/connections/{hub.connection.pk}/"
    hub.sync()
    page = browser.get(own).text
    assert "Switched off: nothing is written into FlightLogger." in page
    assert f'href="{shared}data/"' in page
    assert browser.get(shared).headers["Location"] == own
    streams = list(hub.connection.streams.all())
    out = next(one for one in streams if one.direction == "out")
    assert not out.is_enabled
    on = {f"on:{one.pk}": "on" for one in streams}
    assert browser.post(shared + "data/", on).status_code == 302
    out.refresh_from_db()
    assert out.is_enabled
    assert browser.post(shared + "dry-run/", {"flow": out.flow, "direction": "out"}).status_code == 302
    hub.drain()
    page = browser.get(own).text
    assert "Switched off" not in page
    assert f'action="{shared}sync/{out.flow}/out/"' in page
    browser.post(f"{shared}sync/{out.flow}/out/")
    hub.drain()
    assert SyncRun.objects.filter(flow=out.flow, kind="run", state="succeeded").count() == 1
