"""`hangarlink doctor`: check this installation and say what to do."""

import click
from rich.console import Console
from rich.table import Table

from hangarlink.cli import boot
from hangarlink.cli.checks import Finding, Verdict, examine

MARKS = {Verdict.OK: "[green]✓ ok[/]", Verdict.WARNING: "[yellow]! warning[/]", Verdict.FAILED: "[red]✗ failed[/]"}


@click.command(help="Check this installation and say what to do. Exit status 1 when something failed.")
@boot.json_option
def command(as_json: bool) -> None:
    findings = list(examine())
    if as_json:
        boot.print_json([finding.as_dict() for finding in findings])
    else:
        Console().print(_table(findings))
    raise SystemExit(any(finding.verdict is Verdict.FAILED for finding in findings))


def _table(findings: list[Finding]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for title in ("", "check", "found", "what to do"):
        table.add_column(title)
    for finding in findings:
        table.add_row(MARKS[finding.verdict], finding.check, finding.evidence, finding.mend)
    return table
