"""`hangarlink sync`: run a sync now and show what it did."""

from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from hangarlink.cli import boot, shown
from hangarlink.cli.syncing import sync
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.platform.errors import Refused
from hangarlink.platform.tenancy.models import Account

FLOWS = (Flow.AIRCRAFT, Flow.HOURS_CYCLES)
COUNTS = ("read", "created", "updated", "unchanged", "removed", "skipped", "rejected", "failed")


@click.command(help="Run a sync now and show what it did. Exit status 1 when a run failed.")
@boot.account_option
@click.option("--flow", type=click.Choice([flow.value for flow in FLOWS]), help="One flow only; the default is all.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@boot.json_option
def command(subdomain: str, flow: str | None, dry_run: bool, full: bool, as_json: bool) -> None:
    account = boot.find_account(subdomain, Account)
    flows = [Flow(flow)] if flow else list(FLOWS)
    try:
        with boot.progress("Syncing") as report:
            runs = sync(account, flows, dry_run=dry_run, full=full, report=report)
    except Refused as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        boot.print_json([shown.run(run) for run in runs])
    else:
        Console().print(_table(runs))
    raise SystemExit(any(run.state == State.FAILED for run in runs))


def _table(runs: Sequence[SyncRun]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("flow")
    table.add_column("outcome")
    for name in COUNTS:
        table.add_column(name, justify="right")
    table.add_column("summary")
    for run in runs:
        counts = [str(getattr(run, name)) for name in COUNTS]
        table.add_row(Flow(run.flow).label, State(run.state).value, *counts, run.summary)
    return table
