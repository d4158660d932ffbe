"""`hangarlink sync`: what is switched on to come in, of every active connection, and nothing else."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from hangarlink.cli.sync import command
from hangarlink.connectors.email import Email
from hangarlink.fleet.models import Flight
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.streams import change_stream, stream_of, switch_on
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.flightlogger import DEMO_KEY
from hangarlink.sandbox.serve import Serving
from tests.conftest import make_member
from tests.integration.conftest import Hub, add_ours, serving
from tests.integration.notifications.connecting import _connect
from tests.integration.sync.workers import Nursery

__all__ = ["serving"]
FLOWS = (Flow.AIRCRAFT, Flow.HOURS_CYCLES)


@pytest.fixture
def hub(committed: None, serving: Serving) -> Hub:
    """FlightLogger beside a mail server, which brings nothing in. Committed: the command has connections of its own."""
    account = Account.objects.create(subdomain="demo", name="Skyline Flight School")
    admin = make_member(account, email="admin@example.com", role="Administrator")
    with acting_in(account):
        acting_user = admin.actor()
        add_ours(acting_user, "OY-SKA")
        mail = _connect(account, Email.manifest, "Mail", "", "smtp.example")
        switch_on(mail, [Flow.MESSAGES], direction=Direction.OUT, acting_user=acting_user)
        connection = create_connection(
            connector="flightlogger", secret=Secret(DEMO_KEY), base_url=serving.endpoint, acting_user=acting_user
        )
    return Hub(account, connection, serving, acting_user)


def sync(*arguments: str) -> tuple[int, Any]:
    """Exit status, and what was printed."""
    done = CliRunner().invoke(command, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_a_mail_connection_beside_it_is_not_asked_for_aircraft(hub: Hub) -> None:
    with acting_in(hub.account):
        switch_on(hub.connection, FLOWS, acting_user=hub.acting_user)
    hub.fly()
    status, output = sync("--dry-run", "--json")
    assert (status, [run["flow"] for run in json.loads(output)]) == (0, ["aircraft", "hours_cycles"])
    status, output = sync("--json")
    assert status == 0, output
    assert [(run["flow"], run["state"], run["created"]) for run in json.loads(output)][1] == (
        "hours_cycles", "succeeded", 1,
    )  # fmt: skip
    with acting_in(hub.account):
        assert Flight.objects.count() == 1
        assert set(SyncRun.objects.values_list("partner", flat=True)) == {hub.connection.name}


def test_what_another_worker_took_over_is_waited_for(hub: Hub) -> None:
    with acting_in(hub.account):
        switch_on(hub.connection, FLOWS, acting_user=hub.acting_user)
    hub.fly()
    with Nursery() as workers:
        workers.start()
        for options in (["--dry-run"], [], ["--full"]):
            status, output = sync("--json", *options)
            assert status == 0, output
            assert {run["state"] for run in json.loads(output)} <= {"succeeded", "partial"}
    with acting_in(hub.account):
        assert Flight.objects.count() == 1


def test_a_flow_that_is_off_is_left_alone(hub: Hub) -> None:
    with acting_in(hub.account):
        switch_on(hub.connection, FLOWS, acting_user=hub.acting_user)
        change_stream(stream_of(hub.connection, Flow.AIRCRAFT), is_enabled=False, acting_user=hub.acting_user)
    status, output = sync("--dry-run", "--json")
    assert (status, [run["flow"] for run in json.loads(output)]) == (0, ["hours_cycles"])


def test_nothing_switched_on_says_what_to_do(hub: Hub) -> None:
    status, output = sync("--flow", "hours_cycles")
    assert status == 1
    assert "hours and cycles switched on to come in" in output
    assert "Switch it on under Integrations" in output
    with acting_in(hub.account):
        assert not SyncRun.objects.exists()


def test_a_first_run_without_a_plan_is_refused_and_asks_for_nothing(hub: Hub) -> None:
    with acting_in(hub.account):
        switch_on(hub.connection, FLOWS, acting_user=hub.acting_user)
    status, output = sync()
    assert status == 1
    assert "dry run" in output
    with acting_in(hub.account):
        assert not SyncRun.objects.exists()


def test_no_active_connection_says_what_to_do(hub: Hub) -> None:
    with acting_in(hub.account):
        type(hub.connection).objects.update(state="paused")
    status, output = sync()
    assert status == 1
    assert "no active connection" in output
