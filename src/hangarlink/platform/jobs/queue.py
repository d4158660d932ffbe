"""`@task` declares a job, `enqueue` puts one into the queue as part of the caller's transaction."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import close_old_connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from hangarlink.platform.tenancy.models import Account

Job = Callable[..., None]
TASKS: dict[str, Job] = {}
# Tasks that `bells.ring` may start.
RUNG: set[str] = set()
# Tasks that every account has once a day: `schedules.schedule_daily`.
DAILY: set[str] = set()
DEFAULT = "default"
WEBHOOKS = "webhooks"


def task(name: str, *, queue: str = DEFAULT, rung: bool = False, daily: bool = False) -> Callable[[Job], Job]:
    """Register `job(account, **ids)` under a name. Arguments are JSON values; read the rest from the database.

    queue  WEBHOOKS for jobs that mostly wait for strangers: they have slots of their own in every worker
    rung   bells may start it (platform.jobs.bells); then it takes `subject_id`
    daily  it runs at midnight UTC for every account, also those of before; takes `subject_id`

    A job may run again after its worker was killed, so it must be a pump: drain what is pending, then return.
    """
    if rung:
        RUNG.add(name)
    if daily:
        DAILY.add(name)

    def register(job: Job) -> Job:
        def run(account_id: str, **arguments: Any) -> None:
            close_old_connections()
            try:
                job(Account.objects.get(pk=account_id), **arguments)
            finally:
                close_old_connections()

        app.task(name=name, queue=queue, pass_context=False)(run)
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
    deferred = app.configure_task(name, lock=_full(account, lock))
    return int(deferred.defer(account_id=str(account.id), **arguments))


def is_waiting(account: Account, *, lock: str) -> bool:
    """Whether a job of this lock has not begun yet: it will see whatever was committed until now."""
    return bool(ProcrastinateJob.objects.filter(lock=_full(account, lock), status="todo").exists())


def _full(account: Account, lock: str) -> str:
    return f"{account.id}:{lock}"


def lock_of(subject: UUID) -> str:
    """The lock under which one connection's or endpoint's jobs run one after the other."""
    return str(subject)
