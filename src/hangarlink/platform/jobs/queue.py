"""`@task` declares a job, `enqueue` puts one into the queue as part of the caller's transaction."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import close_old_connections, transaction
from procrastinate.contrib.django import app

from hangarlink.platform.tenancy.models import Account

Job = Callable[..., None]
TASKS: dict[str, Job] = {}


def task(name: str) -> Callable[[Job], Job]:
    """Register `job(account, **ids)` under a name. Arguments are JSON values; read the rest from the database.

    A job may run again after its worker was killed, so it must be a pump: drain what is pending, then return.
    """

    def register(job: Job) -> Job:
        def run(account_id: str, **arguments: Any) -> None:
            close_old_connections()
            try:
                job(Account.objects.get(pk=account_id), **arguments)
            finally:
                close_old_connections()

        app.task(name=name, pass_context=False)(run)
        TASKS[name] = job
        return job

    return register


def enqueue(name: str, account: Account, *, lock: str, **arguments: str) -> int:
    """Add a job that starts once the surrounding transaction commits; jobs of one lock never overlap.

    Raises RuntimeError outside a transaction: a job whose cause rolls back must not exist.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"enqueue({name!r}) needs a transaction: the job and its cause commit together.")
    if name not in TASKS:
        raise LookupError(f"No task is named {name!r}.")
    deferred = app.configure_task(name, lock=f"{account.id}:{lock}")
    return int(deferred.defer(account_id=str(account.id), **arguments))


def lock_of(subject: UUID) -> str:
    """The lock under which one connection's or endpoint's jobs run one after the other."""
    return str(subject)
