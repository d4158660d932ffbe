"""The same through a real SFTP server: the due list in, totals out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.filing.sftp import fingerprint
from hangarlink.integration.connections.proving import Credentials
from hangarlink.integration.synclog.vocabulary import State
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.tracker import DropFolder, Shop, TrackerApp
from hangarlink.sandbox.tracker.shop import hours_of
from tests.integration.connections.test_files import PASSWORD, Serving
from tests.integration.tracker.conftest import Tracking


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Serving]]:
    root = tmp_path / "sftp"
    root.mkdir()
    server = Serving(root)
    yield root, server
    server.stop()


def test_due_list_in_and_totals_out(
    acting: Account, acting_user: Actor, fleet: dict[str, Aircraft], shop: Shop, served: Served[TrackerApp],
    disk: tuple[Path, Serving],
) -> None:  # fmt: skip
    root, server = disk
    drop = DropFolder(shop, root, "cmp")
    access = {"host": "localhost", "port": str(server.port), "username": "kim", "folder": "/",
              "host_key": fingerprint(server.key)}  # fmt: skip
    credentials = Credentials({"password": Secret(PASSWORD)}, access, "sftp")
    connection = create_connection(connector="cmp", credentials=credentials, acting_user=acting_user)
    tracking = Tracking(acting, connection, shop, acting_user, served.app, drop)
    drop.export()
    run = tracking.run()
    assert (run.state, run.created) == (State.SUCCEEDED, 7), run.technical
    tracking.fly("OY-HLD", 1.2)
    run = tracking.send()
    assert (run.state, run.created) == (State.SUCCEEDED, 4), run.technical
    assert [entry.get("refused") for entry in drop.take_in()] == [None, None]
    assert hours_of(shop.tails["OY-HLD"].seconds) == "4814.20"
