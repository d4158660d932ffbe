"""Runs of a connection, asked for and waited for by a command."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread

from django.db import connections

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, Trigger
from hangarlink.platform.jobs.worker import work
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

Report = Callable[[int, int], None]


def sync(account: Account, flows: Sequence[Flow], *, dry_run: bool, full: bool, report: Report) -> list[SyncRun]:
    """Run these flows of every active connection, one after the other, and return the finished runs.

    The work is done in this process; a worker that runs beside it may take it over, which makes no difference.
    """
    with acting_in(account):
        active = list(Connection.objects.filter(state="active").order_by("name"))
        runs = [
            request_run(one, flow, acting_user=SYSTEM, trigger=Trigger.COMMAND, dry_run=dry_run, full=full)
            for one in active
            for flow in flows
        ]
    ended = Event()
    watcher = Thread(target=_watch, args=(account, runs, report, ended), daemon=True)
    watcher.start()
    try:
        asyncio.run(work(once=True))
    finally:
        ended.set()
        watcher.join(5)
    return finished(account, runs)


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
