"""The worker: runs jobs, fires schedules, frees the jobs of workers that were killed."""

import asyncio
import contextlib

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ProcrastinateException

from hangarlink.platform.jobs.schedules import fire_due

log = structlog.get_logger(__name__)


async def work(*, once: bool = False) -> None:
    """Run until stopped; with `once`, until the queue is empty."""
    await sync_to_async(fire_due)()
    with django_app.replace_connector(DjangoConnector().get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            await _free_stalled(worker_app)
            housekeeping = asyncio.create_task(_housekeeping(worker_app))
            try:
                await worker_app.run_worker_async(
                    wait=not once,
                    concurrency=settings.HANGARLINK_WORKER_CONCURRENCY,
                    # Procrastinate tells nobody when a lock is released; the next job of that lock waits for this poll.
                    fetch_job_polling_interval=0.5,
                    update_heartbeat_interval=settings.HANGARLINK_HEARTBEAT_SECONDS,
                    stalled_worker_timeout=settings.HANGARLINK_STALLED_SECONDS,
                    delete_jobs="successful",
                    install_signal_handlers=not once,
                )
            finally:
                housekeeping.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await housekeeping


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
