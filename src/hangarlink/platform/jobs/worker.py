"""The worker: runs jobs, fires schedules, frees the jobs of workers that were killed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ProcrastinateException

from hangarlink.platform.jobs.bells import answer_bells
from hangarlink.platform.jobs.queue import DEFAULT, WEBHOOKS
from hangarlink.platform.jobs.schedules import fire_due, schedule_daily

log = structlog.get_logger(__name__)


async def work(*, once: bool = False) -> None:
    """Run until stopped; with `once`, until the queue is empty."""
    # asyncio's own pool has a thread per core and four: too few for jobs that wait.
    slots = settings.HANGARLINK_WORKER_CONCURRENCY + settings.HANGARLINK_WEBHOOK_CONCURRENCY
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(slots + 4, thread_name_prefix="job"))
    await sync_to_async(schedule_daily)()
    await sync_to_async(fire_due)()
    with django_app.replace_connector(DjangoConnector().get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            await _free_stalled(worker_app)
            if once:
                await _run(worker_app, None, settings.HANGARLINK_WORKER_CONCURRENCY, wait=False)
            else:
                await _serve(worker_app)


async def _serve(worker_app: App) -> None:
    """Until told to stop. When one part fails for good the whole worker ends, and its supervisor starts it again."""
    async with asyncio.TaskGroup() as group:
        beside = [
            group.create_task(part) for part in (_housekeeping(worker_app), answer_bells(), _carry_out(worker_app))
        ]
        await _run(worker_app, [DEFAULT], settings.HANGARLINK_WORKER_CONCURRENCY, listens=True)
        for one in beside:
            one.cancel()


async def _carry_out(worker_app: App) -> None:
    """The jobs that wait for strangers, in slots of their own: a slow receiver never keeps a sync from starting."""
    await _run(worker_app, [WEBHOOKS], settings.HANGARLINK_WEBHOOK_CONCURRENCY)


async def _run(
    worker_app: App, queues: list[str] | None, concurrency: int, *, wait: bool = True, listens: bool = False
) -> None:
    only: dict[str, Any] = {} if queues is None else {"queues": queues}
    await worker_app.run_worker_async(
        **only,
        wait=wait,
        concurrency=concurrency,
        # Procrastinate tells nobody when a lock is released; the next job of that lock waits for this poll.
        fetch_job_polling_interval=0.5,
        update_heartbeat_interval=settings.HANGARLINK_HEARTBEAT_SECONDS,
        stalled_worker_timeout=settings.HANGARLINK_STALLED_SECONDS,
        delete_jobs="successful",
        install_signal_handlers=listens,
    )


async def _housekeeping(worker_app: App) -> None:
    """Every second: schedules. Every stalled-timeout: the reaper. An error is logged and the loop goes on."""
    beat = 0
    while True:
        await asyncio.sleep(1)
        beat += 1
        try:
            await sync_to_async(_tick)()
            if beat % max(1, int(settings.HANGARLINK_STALLED_SECONDS)) == 0:
                await _free_stalled(worker_app)
        except (ProcrastinateException, OSError, RuntimeError) as error:
            log.warning("housekeeping_failed", error=type(error).__name__)


def _tick() -> None:
    close_old_connections()
    fire_due()


async def _free_stalled(worker_app: App) -> None:
    """Give the jobs of dead workers back to the queue: Procrastinate leaves them `doing` for ever."""
    manager = worker_app.job_manager
    await manager.prune_stalled_workers(settings.HANGARLINK_STALLED_SECONDS)
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=settings.HANGARLINK_STALLED_SECONDS):
        log.warning("job_of_dead_worker_freed", job=job.id, task=job.task_name)
        await manager.retry_job(job)
