"""Runs of a connection, asked for and waited for by a command."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread

from django.db import connections

from hangarlink.integration.connections.models import Connection, ConnectionState, Stream
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, State, Trigger
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.jobs.worker import work
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

# Seconds; a run that takes longer goes on without anybody looking.
LONGEST = 3600
Report = Callable[[int, int], None]


def sync(account: Account, flows: Sequence[Flow], *, dry_run: bool, full: bool, report: Report) -> list[SyncRun]:
    """Run what is switched on to come in of these flows, on every active connection, and return the finished runs.

    The work is done in this process; what a worker that runs beside it has taken over is waited for. Raises
    RuleBroken when nothing of them is switched on, and for a first run without a plan.
    """
    with acting_in(account):
        runs = [
            request_run(
                stream.connection, Flow(stream.flow), acting_user=SYSTEM, trigger=Trigger.COMMAND, dry_run=dry_run,
                full=full,
            )
            for stream in _wanted(account, flows)
        ]  # fmt: skip
    ended = Event()
    watcher = Thread(target=_watch, args=(account, runs, report, ended), daemon=True)
    watcher.start()
    try:
        _work_until_ended(account, runs)
    finally:
        ended.set()
        watcher.join(5)
    return finished(account, runs)


def _wanted(account: Account, flows: Sequence[Flow]) -> list[Stream]:
    """By connection, and in the order of the flows: hours and cycles need their aircraft."""
    active = Connection.objects.filter(state=ConnectionState.ACTIVE)
    if not active.exists():
        raise RuleBroken(f"{account} has no active connection. Connect a partner or resume one under Integrations.")
    streams = Stream.objects.filter(
        connection__in=active, direction=Direction.IN, flow__in=flows, is_enabled=True
    ).select_related("connection__account")
    if not streams:
        named = " or ".join(flow.label.lower() for flow in flows)
        raise RuleBroken(
            f"No active connection of {account} has {named} switched on to come in. Switch it on under Integrations, "
            "in the connection's data types."
        )
    return sorted(streams, key=lambda stream: (stream.connection.name, flows.index(Flow(stream.flow))))


def _work_until_ended(account: Account, runs: Sequence[SyncRun]) -> None:
    """Until none of them is ahead or under way, here or in another worker. One that waits for its partner is left."""
    ends_at = time.monotonic() + LONGEST
    while True:
        asyncio.run(work(once=True))
        ahead = [run for run in finished(account, runs) if run.state in {State.REQUESTED, State.RUNNING}]
        if not ahead or time.monotonic() > ends_at:
            return
        time.sleep(0.5)


def finished(account: Account, runs: Sequence[SyncRun]) -> list[SyncRun]:
    """These runs as they are now, in the order in which they were asked for."""
    with acting_in(account):
        return list(SyncRun.objects.filter(pk__in=[run.pk for run in runs]).order_by("requested_at", "id"))


def _watch(account: Account, runs: Sequence[SyncRun], report: Report, ended: Event) -> None:
    """Move the progress bar while the worker works."""
    with suppress(Exception):  # a progress bar is never worth a failure
        while not ended.wait(0.3):
            now = finished(account, runs)
            report(sum(run.read for run in now), sum(run.total or run.read for run in now))
    connections.close_all()
