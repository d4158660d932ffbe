"""`hangarlink bench hub-idle`: what 1,000 connections cost that have nothing to do.

Every connection has a stream each way, switched on, planned and scheduled for every six hours; nothing is due, nobody
asks. A real worker runs in a process of its own. Its sessions' statements are counted by PostgreSQL itself
(pg_stat_database, the difference over the time measured, less what the measuring takes), its memory by the kernel.

queries_per_minute     transactions of the whole server in a minute, with 1,000 connections
of_empty               the same over those with no connection at all: what a connection adds, as a factor
worker_mb              resident memory of the worker with 1,000 connections
worker_mb_empty        and with none
poll_queries           statements of one scheduled run of one connection that finds nothing new
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from benchmarks.sync_engine import Bench
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hangarlink.integration.connections.models import Connection, Frequency, Stream
from hangarlink.integration.connections.schedules import reschedule
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.tenancy.context import acting_in

SETTLE_SECONDS, MEASURED_SECONDS = 8.0, 30.0


def run(connections: int = 1_000, seconds: float = MEASURED_SECONDS) -> dict[str, Any]:
    """Measure on the installation that Django is loaded for. Leaves the account `syncengine` behind."""
    empty_queries, empty_mb = idle(seconds)
    bench = Bench(0)
    connect(bench, connections)
    queries, mb = idle(seconds)
    return {
        "queries_per_minute": round(queries, 1),
        "of_empty": round(queries / max(empty_queries, 1), 2),
        "worker_mb": round(mb, 1),
        "worker_mb_empty": round(empty_mb, 1),
        "queries_per_minute_empty": round(empty_queries, 1),
        "poll_queries": poll(bench),
        "connections": connections,
        "seconds": seconds,
    }


def connect(bench: Bench, count: int) -> None:
    """So many connections of one account, each with both streams on the clock."""
    with acting_in(bench.account):
        made = [
            Connection(
                account=bench.account,
                connector="benchledger",
                name=f"Ledger {n}",
                base_url="https://ledger.example.com",
                identity_key=f"ledger-{n}",
                identity_name=f"Ledger {n}",
            )
            for n in range(count)
        ]
        Connection.objects.bulk_create(made)
        for one in made:
            for way in Direction:
                stream = Stream.objects.create(
                    account=bench.account,
                    connection=one,
                    flow=Flow.CUSTOMERS,
                    direction=way,
                    is_enabled=True,
                    planned_at=timezone.now(),
                    frequency=Frequency.SIX_HOURLY,
                )
                reschedule(stream)
        # Not due while we measure, whatever the hour is.
        Schedule.objects.update(next_run_at=timezone.now() + timedelta(days=1))


def poll(bench: Bench) -> int:
    """Statements of one pull of a connection where nothing is new."""
    bench.sync(Direction.IN)
    with CaptureQueriesContext(database) as told:
        bench.sync(Direction.IN)
    return len(told)


def idle(seconds: float) -> tuple[float, float]:
    """Transactions a minute and the worker's memory, while one worker waits for work."""
    with worker() as pid:
        time.sleep(SETTLE_SECONDS)
        before, began = transactions(), time.monotonic()
        time.sleep(seconds)
        after, elapsed = transactions(), time.monotonic() - began
        return (after - before) * 60 / elapsed, resident(pid)


@contextmanager
def worker() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "hangarlink.cli.main", "worker"],
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
        if process.poll() is not None:
            raise RuntimeError("The worker ended by itself: nothing was measured.")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def transactions() -> int:
    """Committed and rolled back in this database since ever. The reading itself is one."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("SELECT pg_stat_force_next_flush()")
        row = owner.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


def resident(pid: int) -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
