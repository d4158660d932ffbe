"""Bells: the lightest way to wake a job for an account. Many rings at once are one job; a ring rolled back is none.

A job row per cause would make twenty thousand jobs of twenty thousand events, and a row that says "wanted" would make
their transactions wait for each other. A notification does neither. It is lost when no worker listens, so whoever is
rung also has a schedule: the worker rings for every schedule of a rung task when it begins to listen.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID, uuid5

import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, transaction
from procrastinate.contrib.django.utils import connector_params

from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.jobs.queue import RUNG, enqueue, is_waiting, lock_of
from hangarlink.platform.tenancy.models import Account

log = structlog.get_logger(__name__)

CHANNEL = "hangarlink_bell"
# How long further rings are collected before jobs are made of them.
COLLECT_SECONDS = 0.01


def subject_of(task: str, account: Account) -> UUID:
    """The subject of a rung task's schedule, and so its lock: one of its own per task and account."""
    return uuid5(account.id, task)


def ring(task: str, account: Account) -> None:
    """Start the task for the account when, and only if, the surrounding transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{task} {account.id}"])


async def answer_bells() -> None:
    """Make jobs of bells until cancelled. A broken connection is opened again, and everybody is rung then."""
    while True:
        try:
            async with _listening() as listener:
                await sync_to_async(_ring_all)()
                while True:
                    bells = [note.payload async for note in listener.notifies(stop_after=1)]
                    bells += [note.payload async for note in listener.notifies(timeout=COLLECT_SECONDS)]
                    await sync_to_async(_start)(set(bells))
        except (psycopg.Error, OSError) as error:
            log.warning("bells_not_heard", error=type(error).__name__)
            await asyncio.sleep(1)


@contextlib.asynccontextmanager
async def _listening() -> AsyncIterator[psycopg.AsyncConnection[tuple[object, ...]]]:
    listener = await psycopg.AsyncConnection.connect(**{**connector_params(), "autocommit": True})
    async with listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        yield listener


def _ring_all() -> None:
    """What was rung for while nobody listened."""
    found = Schedule.objects.filter(task__in=RUNG, is_active=True).values_list("task", "account_id").distinct()
    _start({f"{task} {account}" for task, account in found})


def _start(bells: set[str]) -> None:
    close_old_connections()
    wanted = [(task, UUID(account)) for task, account in (bell.split(" ") for bell in bells) if task in RUNG]
    accounts = Account.objects.in_bulk({account for _, account in wanted})
    for task, id in wanted:
        if account := accounts.get(id):
            subject = subject_of(task, account)
            with transaction.atomic():
                # The lock of its schedule: a job by bell and one by schedule never overlap.
                if not is_waiting(account, lock=lock_of(subject)):
                    enqueue(task, account, lock=lock_of(subject), subject_id=str(subject))
