"""`hangarlink up`: database, web and worker on one machine, cleanly stopped; `--demo` adds an account and a partner."""

import os
import socket
import subprocess
import time
from contextlib import ExitStack

import click
from rich.panel import Panel

from hangarlink.cli import boot, web
from hangarlink.cli.processes import Supervisor, this_command
from hangarlink.config import demo as demonstration
from hangarlink.config import environment
from hangarlink.sandbox.serve import MOUNTED

SANDBOX_PORT = 8090
# The sandbox never follows --host.
LOOPBACK = demonstration.HOST


@click.command(help="Start everything: database, web, worker.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address the web server listens on.")
@click.option("--port", default=8000, show_default=True)
@click.option("--web-workers", default=1, show_default=True, help="Web processes.")
@click.option("--demo", is_flag=True, help="Seed a demo account and serve a sandbox FlightLogger beside it.")
@click.option("--sandbox-port", default=SANDBOX_PORT, show_default=True)
def command(host: str, port: int, web_workers: int, demo: bool, sandbox_port: int) -> None:
    raise SystemExit(up(host, port, web_workers, demo=demo, sandbox_port=sandbox_port))


def up(host: str, port: int, web_workers: int, *, demo: bool, sandbox_port: int) -> int:
    """Run until Ctrl-C; return the exit status."""
    for wanted in (port, sandbox_port) if demo else (port,):
        _refuse_if_taken(host, wanted)
    if demo:
        beside = " ".join(f"{name}=http://{LOOPBACK}:{sandbox_port}/{name}" for name in MOUNTED)
        os.environ.setdefault("HANGARLINK_SANDBOXES", beside)
    if not environment.flag("HANGARLINK_HTTPS"):
        # Links that Hangarlink makes lead where people's browsers reach it.
        os.environ.setdefault("HANGARLINK_PUBLIC_PORT", str(port))
    with ExitStack() as stack:
        if demo:
            # The sandbox listens on loopback, which outbound calls may otherwise never reach.
            stack.enter_context(demonstration.opened(environment.data_dir(), sandbox_port, sandbox_port + 1))
        return _serve(host, port, web_workers, demo=demo, sandbox_port=sandbox_port)


def _serve(host: str, port: int, web_workers: int, *, demo: bool, sandbox_port: int) -> int:
    with boot.console.status("Starting the database"):
        environment.prepare_database()
    _step("Bringing the database to this version", "migrate")
    supervisor = Supervisor(boot.console)
    try:
        if demo:
            address = ("--host", LOOPBACK, "--port", str(sandbox_port))
            supervisor.start("sandbox", *this_command("sandbox", "--brief", *address))
            _wait_for(LOOPBACK, sandbox_port)
            endpoint, mail_port = f"http://{LOOPBACK}:{sandbox_port}/graphql", str(sandbox_port + 1)
            _step("Seeding the demo account", "seed", "--sandbox", endpoint, "--mail-port", mail_port)
        supervisor.start("worker", *this_command("worker"))
        supervisor.start("web", *web.server_command(host, port, web_workers))
        _wait_for(host, port)
    except (OSError, subprocess.CalledProcessError) as error:
        supervisor.stop()
        raise click.ClickException(f"Could not start: {error}") from error
    boot.console.print(_welcome(port, demo=demo))
    return supervisor.wait()


def _step(title: str, *arguments: str) -> None:
    with boot.console.status(title):
        subprocess.run(this_command(*arguments), check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


def _refuse_if_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} is taken. Stop what uses it, or choose another: --port, --sandbox-port."
            ) from error


def _wait_for(host: str, port: int, seconds: int = 30) -> None:
    """Until something listens there. Raises OSError when nothing does in time."""
    for attempt in range(seconds * 10):
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            if attempt == seconds * 10 - 1:
                raise
            time.sleep(0.1)
        else:
            return


def _welcome(port: int, *, demo: bool) -> Panel:
    domain = os.environ.get("HANGARLINK_DOMAIN", "localhost")
    if not demo:
        text = (
            f"Hangarlink is up. Accounts live at http://SUBDOMAIN.{domain}:{port}\n"
            "Create one: hangarlink account create --help"
        )
    else:
        text = (
            f"Open   [bold]http://demo.{domain}:{port}[/]\n"
            "Sign in as   [bold]demo@example.com[/]   password   [bold]hangarlink-demo[/]\n"
            "Then press   [bold]Sync now[/]   and watch flights arrive."
        )
    return Panel(text + "\nStop with Ctrl-C; the data stays.", title="Hangarlink", expand=False, border_style="green")
