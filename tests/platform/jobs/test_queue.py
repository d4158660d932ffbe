"""A job and its cause commit together; two workers fire a schedule once; a killed worker's job runs again."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connections, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from hangarlink.platform.jobs import queue
from hangarlink.platform.jobs.models import Firing, Schedule
from hangarlink.platform.jobs.schedules import fire_due
from hangarlink.platform.tenancy.models import Account

WORKER = """
import asyncio, sys, time, django
django.setup()
import psycopg, os
from hangarlink.platform.jobs import queue
from hangarlink.platform.jobs.worker import work
NOTE = (
    "INSERT INTO outbox_event (id, account_id, type, version, at, data) "
    "VALUES (gen_random_uuid(), %s, %s, 1, now(), '{}')"
)
@queue.task("test.slow")
def slow(account, seconds):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as c:
        c.execute(NOTE, [account.id, "test.started"])
        time.sleep(float(seconds))
        c.execute(NOTE, [account.id, "test.ended"])
asyncio.run(work())
"""


def events(kind: str) -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM outbox_event WHERE type = %s", [kind]).fetchone()
    return int(row[0]) if row else 0


def wait_for(kind: str, count: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while events(kind) < count:
        assert time.monotonic() < deadline, f"{kind} seen {events(kind)} times, wanted {count}"
        time.sleep(0.05)


@pytest.fixture
def slow_task() -> None:
    if "test.slow" not in queue.TASKS:
        queue.task("test.slow")(lambda account, seconds: None)


def start_worker() -> subprocess.Popen[bytes]:
    env = {**os.environ, "HANGARLINK_HEARTBEAT_SECONDS": "0.3", "HANGARLINK_STALLED_SECONDS": "1.5"}
    return subprocess.Popen([sys.executable, "-c", WORKER], env=env)


def test_enqueue_outside_a_transaction_is_refused(committed: None, slow_task: None) -> None:
    account = Account.objects.create(subdomain="demo", name="Demo")
    with pytest.raises(RuntimeError, match="needs a transaction"):
        queue.enqueue("test.slow", account, lock="x", seconds="0")


def test_a_job_whose_cause_rolled_back_does_not_exist(committed: None, slow_task: None) -> None:
    account = Account.objects.create(subdomain="demo", name="Demo")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue.enqueue("test.slow", account, lock="x", seconds="0")
        _ = 1 / 0
    assert not ProcrastinateJob.objects.exists()


def test_a_killed_workers_job_runs_again(committed: None, slow_task: None) -> None:
    account = Account.objects.create(subdomain="demo", name="Demo")
    with transaction.atomic():
        queue.enqueue("test.slow", account, lock="x", seconds="1.2")
    first = start_worker()
    second = None
    try:
        wait_for("test.started", 1)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        second = start_worker()
        wait_for("test.ended", 1)
        assert events("test.started") == 2
    finally:
        for worker in (first, second):
            if worker is not None and worker.poll() is None:
                worker.terminate()
                worker.wait(20)


def test_two_workers_fire_a_due_instant_once(committed: None, slow_task: None) -> None:
    account = Account.objects.create(subdomain="demo", name="Demo")
    Schedule.objects.bulk_create(
        Schedule(
            account=account,
            task="test.slow",
            subject_id=uuid4(),
            every_seconds=3600,
            next_run_at=timezone.now() - timedelta(minutes=1),
        )
        for _ in range(20)
    )
    fired: list[int] = []

    def fire() -> None:
        try:
            fired.append(fire_due())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=fire) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(fired) == 20
    assert Firing.objects.count() == 20
    assert ProcrastinateJob.objects.count() == 20
