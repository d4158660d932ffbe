"""`hangarlink web`: the web server alone."""

import os
import sys

import click

from hangarlink.config import environment


def server_command(host: str, port: int, workers: int) -> list[str]:
    """Granian's command line. Threads, because Django's work here is synchronous and waits for the database."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "hangarlink.config.wsgi:application",
        "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "4",
        "--backpressure", "64", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip


@click.command(help="The web server alone, for many machines.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes.")
def command(host: str, port: int, workers: int) -> None:
    environment.prepare_database()
    os.execv(sys.executable, server_command(host, port, workers))  # noqa: S606 - our own command
