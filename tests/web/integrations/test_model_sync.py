"""Aircraft Model Sync, from the data source on a real socket to the model, and who may do what."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from hangarlink.fleet.actions import add_aircraft_model
from hangarlink.fleet.models import AircraftModel
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.model_sync import model_sync
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.conftest import Waits
from tests.web.conftest import sign_in

PAGE = "/models/sync/"
CONNECT = "/ops/settings/integrations/partners/model_source/connect/"


@dataclass
class TypeMaster:
    """A data source: what it lists, page by page."""

    url: str = ""
    pages: list[Any] = field(default_factory=lambda: [{"aircraft_models": []}])
    keys: set[str | None] = field(default_factory=set)

    def lists(self, *rows: Any) -> None:
        self.pages = [{"aircraft_models": list(rows)}]


@pytest.fixture
def master() -> Iterator[TypeMaster]:
    master = TypeMaster()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            master.keys.add(self.headers.get("Authorization"))
            place = int(self.path.partition("cursor=")[2] or 0)
            body = json.dumps(master.pages[place]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    master.url = f"http://127.0.0.1:{server.server_address[1]}/models"
    yield master
    server.shutdown()
    server.server_close()
    thread.join()


def row(external_id: str = "tm-172s", name: str = "Cessna 172S", **values: Any) -> dict[str, Any]:
    return {"external_id": external_id, "name": name, "manufacturer": "Textron Aviation"} | values


@pytest.fixture
def source(browser: Client, acting: Account, master: TypeMaster) -> Connection:
    """Connected through the pages and switched on."""
    typed = {"base_url": master.url, "api_key": "type-key-77", "source": "Type master", "name": ""}
    assert browser.post(CONNECT, typed).status_code == 302
    made = Connection.objects.get()
    stream = made.streams.get()
    assert browser.post(at(made, "data/"), {f"on:{stream.pk}": "on"}).status_code == 302
    return made


def at(connection: Connection, page: str = "") -> str:
    return f"/ops/settings/integrations/connections/{connection.pk}/{page}"


def work(connection: Connection) -> SyncRun:
    drain(connection.account, connection.pk, Means(Waits()))
    return SyncRun.objects.order_by("-requested_at", "-id")[0]


def preview(browser: Client, connection: Connection) -> SyncRun:
    browser.post(at(connection, "dry-run/"))
    return work(connection)


def apply(browser: Client, connection: Connection) -> SyncRun:
    preview(browser, connection)
    assert browser.post(at(connection, "sync/aircraft_models/in/")).status_code == 302
    return work(connection)


def test_the_connection_is_the_data_source(source: Connection, master: TypeMaster) -> None:
    assert (source.name, source.base_url) == ("Type master", master.url)
    assert master.keys == {"Bearer type-key-77"}


def test_a_preview_shows_old_and_new_and_writes_nothing(
    browser: Client, source: Connection, master: TypeMaster, acting_user: Actor
) -> None:
    add_aircraft_model(
        name="Cessna 172S", manufacturer="Cessna", external_id="tm-172s", external_data_source="Type master",
        acting_user=acting_user,
    )  # fmt: skip
    master.lists(row(), row("tm-pc12", "PC-12/47E"))
    run = preview(browser, source)
    assert (run.updated, run.created) == (1, 1)
    page = browser.get(f"/sync-logs/{run.pk}/").text
    assert "<del>Cessna</del>" in page
    assert "<ins>Textron Aviation</ins>" in page
    assert AircraftModel.objects.get().manufacturer == "Cessna"


def test_applying_creates_updates_and_a_second_time_changes_nothing(
    browser: Client, source: Connection, master: TypeMaster
) -> None:
    master.lists(row(specifications={"engine": "IO-360", "seats": 4}))
    assert apply(browser, source).created == 1
    made = AircraftModel.objects.get()
    assert (made.external_id, made.external_data_source, made.sync_status) == ("tm-172s", "Type master", "in_sync")
    assert made.specifications["engine"] == "IO-360"
    assert apply(browser, source).unchanged == 1
    master.lists(row(model_number="172S"))
    assert apply(browser, source).updated == 1
    made.refresh_from_db()
    assert made.model_number == "172S"


def test_what_cannot_be_taken_is_named_and_the_rest_goes_on(
    browser: Client, source: Connection, master: TypeMaster, acting_user: Actor
) -> None:
    add_aircraft_model(name="SR22", acting_user=acting_user)
    master.lists(row("tm-sr22", "SR22"), {"name": "No id"}, "nonsense", row("tm-x", ""), row())
    run = apply(browser, source)
    assert run.created == 1
    assert run.rejected == 4
    said = {record.external_id: record.reason for record in SyncRecord.objects.filter(run=run)}
    assert "give it the data source Type master and the external id tm-sr22" in said["tm-sr22"]
    assert AircraftModel.objects.get(name="SR22").external_id == ""
    page = browser.get(PAGE).text
    assert "tm-sr22" in page.split("Recent errors")[1]


def test_what_is_no_longer_listed_stays_and_is_told(browser: Client, source: Connection, master: TypeMaster) -> None:
    master.lists(row(), row("tm-pc12", "PC-12/47E"))
    apply(browser, source)
    master.lists(row())
    assert apply(browser, source).skipped == 1
    assert AircraftModel.objects.count() == 2


def test_pages_are_followed_and_an_endless_chain_ends(browser: Client, source: Connection, master: TypeMaster) -> None:
    master.pages = [
        {"aircraft_models": [row()], "next_cursor": "1"},
        {"aircraft_models": [row("tm-pc12", "PC-12/47E")]},
    ]
    assert apply(browser, source).created == 2
    master.pages = [
        {"aircraft_models": [row()], "next_cursor": "1"},
        {"aircraft_models": [row()], "next_cursor": "0"},
    ]
    assert preview(browser, source).state == "failed"
    master.pages = [{"models": []}]
    assert preview(browser, source).state == "failed"


def test_a_model_follows_only_a_source_that_is_active(
    browser: Client, source: Connection, master: TypeMaster, acting_user: Actor
) -> None:
    master.lists(row())
    apply(browser, source)
    assert "Follows nothing" not in browser.get(PAGE).text
    browser.post(at(source, "pause/"))
    page = browser.get(PAGE).text
    assert "Follows nothing" in page
    assert "No active data source is named Type master." in page
    assert [one.is_followed for one in model_sync(acting_user=acting_user).following] == [False]


@pytest.mark.parametrize("missing", ["fleet.edit", "integrations.manage_sync"])
def test_both_rights_are_needed(account: Account, source: Connection, missing: str) -> None:
    rights = {"integrations.view", "integrations.manage_sync", "fleet.view", "fleet.edit"} - {missing}
    client = sign_in(make_member(account, *rights, email="half@example.com"))
    page = client.get(PAGE).text
    assert "take two permissions" in page
    assert "Preview</button>" not in page
    for path in ("dry-run/", "sync/aircraft_models/in/", "schedule/aircraft_models/in/"):
        answer = client.post(at(source, path), {"frequency": "hourly"})
        assert answer.status_code in {403, 422}, path
    assert not SyncRun.objects.exists()


def test_the_page_takes_the_right_to_see_connections_and_models(account: Account, source: Connection) -> None:
    for rights in (["fleet.view"], ["integrations.view"]):
        client = sign_in(make_member(account, *rights, email=f"{rights[0]}@example.com", role=rights[0]))
        assert client.get(PAGE).status_code == 403


def test_another_account_sees_none_of_it(account: Account, other_account: Account) -> None:
    with acting_in(account):
        made = Connection.objects.create(account=account, connector="model_source", name="Our types", identity_key="a")
        AircraftModel.objects.create(
            account=account, name="C172S", external_id="tm-172s", external_data_source="Our types"
        )
    stranger = sign_in(make_member(other_account, "integrations.view", "fleet.view", email="o@example.com"))
    page = stranger.get(PAGE).text
    assert "No data source yet" in page
    assert "Our types" not in page
    assert stranger.get(at(made)).status_code == 404


def test_few_queries_however_many_models(
    browser: Client, account: Account, source: Connection, django_assert_max_num_queries: Any
) -> None:
    AircraftModel.objects.bulk_create(
        AircraftModel(account=account, name=f"Type {n}", external_id=f"t{n}", external_data_source="Type master")
        for n in range(60)
    )
    with acting_in(account), django_assert_max_num_queries(7):
        model_sync(acting_user=SYSTEM)
