"""Killed at a hundred instants of pushes and pulls: both sides end as if nothing had happened, and nothing is twice."""

import os
import random
import signal
import time
from typing import Any

import pytest
from django.db import connection as database
from django.db import connections

from hangarlink.integration.connections.models import Link
from hangarlink.integration.sync import batching, pushing
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.sync.engine import Means, drain
from hangarlink.integration.sync.models import PushAttempt
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, State
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.database import aside
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.book.conftest import IN, OUT, Desk, connect, counts
from tests.integration.book.partner import Partner

SEEDS = 100
LATEST_STATEMENT, LATEST_MOMENT = 70, 0.1


@pytest.fixture
def shared(committed: None, partner: Partner) -> Desk:
    """Committed for real, so that other processes see it."""
    account = Account.objects.create(subdomain="demo", name="Skyline Flight School")
    admin = make_member(account, email="admin@example.com", role="Administrator")
    with acting_in(account):
        acting_user = admin.actor()
        connection = connect(partner, acting_user, IN, OUT)
    return Desk(account, connection, partner, acting_user)


def disturb(desk: Desk, dice: random.Random, seed: int) -> None:
    """New and changed records on both sides, each record on one side only, and a run of each direction."""
    with acting_in(desk.account):
        for n in range(dice.randint(1, 3)):
            desk.add(f"Here {seed}-{n}", phone="1")
        for customer in dice.sample(list(Customer.objects.filter(name__startswith="Here")[:20]), 1):
            desk.change(customer, phone=str(seed))
        theirs = [row["id"] for row in desk.partner.rows.values() if row["name"].startswith("There")]
        for name in dice.sample(theirs[:20], min(2, len(theirs))):
            desk.partner.put({"id": name, "phone": str(seed)})
        for n in range(dice.randint(1, 3)):
            desk.partner.put({"name": f"There {seed}-{n}", "phone": "2"})
        ways: list[Direction] = dice.sample([IN, OUT], 2)
        for way in ways:
            request_run(desk.connection, Flow.CUSTOMERS, direction=way, skip_plan=True, acting_user=desk.acting_user)


def killed(desk: Desk, dice: random.Random, *, at_statement: bool) -> None:
    """A process of its own that works and dies: before a certain statement, or at a certain moment."""
    hang_up()
    statement, moment = dice.randint(1, LATEST_STATEMENT), dice.uniform(0.002, LATEST_MOMENT)
    pid = os.fork()
    if not pid:
        left = [statement]

        def count(execute: Any, *call: Any) -> Any:
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*call)

        try:
            if at_statement:
                with database.execute_wrapper(count):
                    drain(desk.account, desk.connection.id, Means(desk.waits))
            else:
                # The default action ends the process at once; nothing of ours runs any more.
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.setitimer(signal.ITIMER_REAL, moment)
                drain(desk.account, desk.connection.id, Means(desk.waits))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def hang_up() -> None:
    """A child must not inherit a conversation with the server."""
    connections.close_all()
    aside._pool().close()
    aside._pool.cache_clear()


def unfinished(desk: Desk) -> int:
    with acting_in(desk.account):
        return SyncRun.objects.filter(state__in=UNFINISHED).count()


def finish(desk: Desk) -> None:
    """The dead process's session ends when the server notices; then everything is carried on."""
    deadline = time.monotonic() + 20
    while unfinished(desk):
        assert time.monotonic() < deadline
        drain(desk.account, desk.connection.id, Means(desk.waits))


@pytest.mark.timeout(180)
def test_a_hundred_kills_leave_no_trace(shared: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "RECORDS", 5)
    monkeypatch.setattr(pushing, "CLAIMED", 4)
    monkeypatch.setattr(pushing, "SETTLED", 2)
    shared.partner.page_size = 4
    dice = random.Random(20261120)
    hit = 0
    for seed in range(SEEDS):
        at_statement = bool(seed % 2)
        # A call under way when its caller dies may still arrive: against that only the partner's keys help.
        shared.partner.honours_keys = not at_statement
        disturb(shared, dice, seed)
        killed(shared, dice, at_statement=at_statement)
        hit += bool(unfinished(shared))
        if dice.random() < 0.2:
            killed(shared, dice, at_statement=at_statement)
        if dice.random() < 0.25:
            finish(shared)
    finish(shared)
    assert hit > SEEDS // 2, "most kills must hit a sync at work, or the test shows nothing"
    check(shared)


def check(desk: Desk) -> None:
    with acting_in(desk.account):
        for way in (IN, OUT):
            assert desk.run(way).state == State.SUCCEEDED
        here, there = desk.here(), [(name, str(phone)) for name, phone in desk.partner.content()]
        assert here == there
        assert len({name for name, _ in here}) == len(here), "nothing is there twice"
        assert not PushAttempt.objects.exists()
        links = Link.objects.filter(connection=desk.connection)
        assert links.count() == Customer.objects.count() == len(desk.partner.living())
        versions = dict(Customer.objects.values_list("id", "version"))
        for link in links:
            row = desk.partner.rows[link.external_id]
            assert (link.external_version, link.internal_version) == (
                str(row["version"]),
                versions[link.internal_id],  # type: ignore[index]
            )
        assert {run.state for run in SyncRun.objects.all()} == {State.SUCCEEDED}
        assert counts(desk.push()) == {}
        assert set(counts(desk.pull(full=True))) == {"read", "unchanged"}


def test_two_workers_at_once_send_each_record_once(shared: Desk) -> None:
    with acting_in(shared.account):
        for n in range(40):
            shared.add(f"Here {n}")
        request_run(shared.connection, Flow.CUSTOMERS, direction=OUT, skip_plan=True, acting_user=shared.acting_user)
    hang_up()
    workers = []
    for _ in range(2):
        pid = os.fork()
        if not pid:
            try:
                drain(shared.account, shared.connection.id, Means(shared.waits))
            finally:
                os._exit(0)
        workers.append(pid)
    for pid in workers:
        os.waitpid(pid, 0)
    finish(shared)
    assert len(shared.partner.calls("POST")) == 40
    check(shared)
