"""A second partner beside FlightLogger, in the Safety settings, on a real socket."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hangarlink.integration.connections import catalogue
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.streams import make_streams
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault

KEY = "beacon-key-51c9"


@dataclass
class Office:
    """The safety office's server: knows one key."""

    url: str = ""
    calls: list[str] = field(default_factory=list)
    is_down: bool = False
    while_asked: Callable[[], None] | None = None


@pytest.fixture
def beacon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The connector is installed."""
    monkeypatch.setattr(catalogue, "BUILT_IN", (*catalogue.BUILT_IN, "tests.web.integrations.beacon"))
    catalogue.connectors.cache_clear()
    yield
    monkeypatch.undo()
    catalogue.connectors.cache_clear()


@pytest.fixture
def office(beacon: None) -> Iterator[Office]:
    """The partner answers."""
    office = Office()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            office.calls.append(f"GET {self.path}")
            if office.while_asked:
                office.while_asked()
            if office.is_down:
                self._answer(503, {})
            elif self.headers.get("Authorization") != f"Bearer {KEY}":
                self._answer(401, {"error": "unknown key"})
            else:
                self._answer(200, {"id": "office-7", "name": "Safety Office"})

        def do_POST(self) -> None:
            office.calls.append(f"POST {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer(200, {})

        def _answer(self, status: int, body: object) -> None:
            sent = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    office.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield office
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def url() -> str:
    """The test database, for the owner."""
    return os.environ["DATABASE_URL"]


@pytest.fixture
def wired(account: Account, office: Office) -> Connection:
    """Connected to the safety office; nothing is switched on."""
    with acting_in(account):
        made = Connection.objects.create(
            account=account,
            connector="beacon",
            name="Safety Office",
            base_url=office.url,
            identity_key="office-7",
            identity_name="Safety Office",
        )
        vault.put(made, "api_key", Secret(KEY), acting_user=SYSTEM)
        make_streams(made, manifest_of("beacon"))
    return made


def address(connection: Connection, page: str = "") -> str:
    return f"/safety/settings/integrations/connections/{connection.pk}/{page}"
