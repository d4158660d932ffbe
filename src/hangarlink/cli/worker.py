"""`hangarlink worker`: runs jobs and fires schedules."""

import asyncio

import click

from hangarlink.platform.jobs.worker import work


@click.command(help="The worker alone, for many machines.")
@click.option("--once", is_flag=True, help="Run what is queued, then end.")
def command(once: bool) -> None:
    asyncio.run(work(once=once))
