"""The wall between accounts, and the key that must show up nowhere."""

import io
import json
import logging
import os
from uuid import uuid4

import psycopg
import pytest

from hangarlink.integration.connections.actions import change_connection, create_connection, disconnect
from hangarlink.integration.connections.models import Connection, Link, Stream
from hangarlink.integration.connections.proving import Unproven
from hangarlink.integration.sync.actions import request_run, retry_records
from hangarlink.integration.sync.engine import drain
from hangarlink.integration.sync.tasks import run_pump, run_scheduled, run_wake
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.queries import recent_runs, run_detail
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.flightlogger.records import ApiKey
from tests.conftest import make_member
from tests.integration.conftest import Hub

CANARY = "canary-7f3a9c51e2"


@pytest.fixture
def mine(account: Account, serving) -> Hub:  # type: ignore[no-untyped-def]
    """A hub whose account is not entered, so that tests may act in another one."""
    serving.world.keys.append(ApiKey(CANARY, 1))
    admin = make_member(account, email="admin@example.com", role="Administrator")
    with acting_in(account):
        connection = create_connection(
            connector="flightlogger",
            secret=Secret(CANARY),
            base_url=serving.endpoint,
            acting_user=admin.actor(),
        )
        return Hub(account, connection, serving, admin.actor())


def test_another_account_cannot_touch_a_connection(mine: Hub, other_account: Account) -> None:
    with acting_in(mine.account):
        mine.fly()
        run = mine.request()
    with acting_in(other_account):
        for model in (Connection, Stream, Link, SyncRun, SyncRecord):
            assert not model.objects.exists()
        for action in (
            lambda: request_run(mine.connection, Flow.AIRCRAFT, acting_user=SYSTEM, skip_plan=True),
            lambda: retry_records(mine.connection, [], acting_user=SYSTEM),
            lambda: change_connection(mine.connection, name="Mine now", acting_user=SYSTEM),
            lambda: disconnect(mine.connection, acting_user=SYSTEM),
        ):
            with pytest.raises((Connection.DoesNotExist, RuntimeError, Missing)):
                action()
        with pytest.raises(Missing):
            run_detail(run.id, acting_user=SYSTEM)
        assert not recent_runs(acting_user=SYSTEM, connection_id=mine.connection.id).exists()


def test_jobs_with_another_accounts_ids_do_nothing(mine: Hub, other_account: Account) -> None:
    with acting_in(mine.account):
        run = mine.request()
        stream = Stream.objects.get(flow="aircraft")
    asked = len(mine.serving.journal.entries())
    assert drain(other_account, mine.connection.id) == 0
    run_pump(other_account, connection_id=str(mine.connection.id))
    run_scheduled(other_account, subject_id=str(stream.id))
    run_wake(other_account, subject_id=str(mine.connection.id))
    assert len(mine.serving.journal.entries()) == asked
    with acting_in(mine.account):
        run.refresh_from_db()
        assert (run.state, SyncRun.objects.count()) == (State.REQUESTED, 1)


def test_ids_that_never_were(account: Account) -> None:
    assert drain(account, uuid4()) == 0
    run_scheduled(account, subject_id=str(uuid4()))
    run_wake(account, subject_id=str(uuid4()))


def test_the_database_refuses_a_run_of_another_accounts_connection(mine: Hub, other_account: Account) -> None:
    """Past the application: the row-level check and the same-account reference are the database's own."""
    from django.db import connection as database
    from django.db import transaction
    from django.db.utils import IntegrityError

    def smuggle() -> None:
        with acting_in(other_account):
            SyncRun.objects.create(
                account=other_account, connection_id=mine.connection.id, flow="aircraft", direction="in", kind="run",
                trigger="manual", state="requested",
            )  # fmt: skip
            database.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        smuggle()


def test_the_key_is_in_no_log_no_page_and_no_error(mine: Hub, caplog: pytest.LogCaptureFixture) -> None:
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    caplog.set_level(logging.DEBUG)
    try:
        with acting_in(mine.account):
            for fault in ("unauthorized", "server_error", "dropped", "malformed_json", "html", "redirect"):
                mine.serving.faults.add(fault, times=4, operation="Flights")
                mine.request()
        mine.drain()
        with acting_in(mine.account), pytest.raises(Unproven) as refused:
            mine.serving.faults.clear()
            mine.serving.faults.add("unauthorized", times=None)
            change_connection(mine.connection, secret=Secret(CANARY + "x"), acting_user=mine.acting_user)
    finally:
        logging.getLogger().removeHandler(handler)
    assert CANARY not in heard.getvalue()
    assert CANARY not in caplog.text
    assert CANARY not in f"{refused.value!r}{refused.value.__dict__}"
    with acting_in(mine.account):
        for run in SyncRun.objects.all():
            assert CANARY not in json.dumps([run.technical, run.summary, run.options, run.checkpoint])


def test_an_echo_of_the_key_in_the_partners_answer_is_blotted_out(mine: Hub) -> None:
    """Some partners repeat the request in their error pages."""

    def echo(request, entry):  # type: ignore[no-untyped-def]
        from hangarlink.sandbox.wsgi import Reply

        return Reply.message(400, f"Bad request: {request.header('Authorization')} is not what we like.")

    mine.serving.app._graphql = echo  # type: ignore[method-assign]
    with acting_in(mine.account):
        run = mine.request()
    mine.drain()
    with acting_in(mine.account):
        run.refresh_from_db()
    assert run.code == "data_error"
    assert "Bad request" in run.technical
    assert CANARY not in run.technical


def test_the_key_is_nowhere_in_the_database_in_plain(committed: None, serving) -> None:  # type: ignore[no-untyped-def]
    serving.world.keys.append(ApiKey(CANARY, 1))
    account = Account.objects.create(subdomain="demo", name="Skyline Flight School")
    admin = make_member(account, email="admin@example.com", role="Administrator")
    with acting_in(account):
        acting_user = admin.actor()
        connection = create_connection(
            connector="flightlogger", secret=Secret(CANARY), base_url=serving.endpoint, acting_user=acting_user
        )
    hub = Hub(account, connection, serving, acting_user)
    with acting_in(account):
        hub.fly()
        serving.faults.add("server_error", status=400)
        hub.request()
    hub.drain()
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        tables = [
            str(name)
            for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ]
        assert "vault_entry" in tables
        for table in tables:
            found = owner.execute(
                psycopg.sql.SQL("SELECT count(*) FROM {} AS one WHERE one::text LIKE %s").format(
                    psycopg.sql.Identifier(table)
                ),
                [f"%{CANARY}%"],
            ).fetchone()
            assert found == (0,), table
