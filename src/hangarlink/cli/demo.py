"""`hangarlink demo`: the demo in the browser, or with --once the whole main job without one."""

import importlib

import click

from hangarlink.cli import boot, scratch
from hangarlink.cli.up import SANDBOX_PORT, up


@click.command(help="A demo account with a partner to sync with. --once runs the whole main job headless and ends.")
@click.option(
    "--once", is_flag=True, help="In a fresh temporary installation: seed, sync over HTTP, compute what is due."
)
@click.option("--port", default=8000, show_default=True)
@click.option("--sandbox-port", default=SANDBOX_PORT, show_default=True)
@boot.json_option
def command(once: bool, port: int, sandbox_port: int, as_json: bool) -> None:
    if not once:
        raise SystemExit(up("127.0.0.1", port, 1, demo=True, sandbox_port=sandbox_port))
    with scratch.installation(), boot.progress("Demo") as report:
        result = importlib.import_module("hangarlink.cli.main_job").run(report)
    if as_json:
        boot.print_json(result)
    else:
        for line in result["story"]:
            click.echo(line)
    raise SystemExit(0 if result["ok"] else 1)
