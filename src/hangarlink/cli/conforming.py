"""`hangarlink due conform`: worked examples of due logic, played through the real thing."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from django.db import ProgrammingError
from rich.console import Console
from rich.table import Table

from hangarlink.cli import boot
from hangarlink.maintenance.conformance.problems import FileInvalid
from hangarlink.maintenance.conformance.running import Outcome, Result, load_all, run, shipped

COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.PENDING: "yellow"}
UNREADABLE = 2


@click.command(
    "conform",
    help="Play files of worked examples through the due engine and the due list, and say what differs. Without PATH: "
    "the examples that come with the product. Nothing is kept. "
    "Ends with 1 when a case fails, 2 when a file cannot be read.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--case", "wanted", multiple=True, metavar="ID", help="Only this case; may be given several times.")
@boot.json_option
def command(paths: Sequence[Path], wanted: tuple[str, ...], as_json: bool) -> None:
    try:
        scripts = load_all(paths or [shipped()])
    except FileInvalid as error:
        if as_json:
            boot.print_json({"problems": [vars(problem) for problem in error.problems]})
        else:
            click.echo(f"{error}\nNothing was played.", err=True)
        raise SystemExit(UNREADABLE) from None
    if missing := set(wanted) - {script.case.id for script in scripts}:
        raise click.ClickException(f"There is no case {', '.join(sorted(missing))} in these files.")
    chosen = [script for script in scripts if not wanted or script.case.id in wanted]
    try:
        results = [run(script) for script in chosen]
    except ProgrammingError as error:
        raise click.ClickException(
            f"The database is not of this version ({str(error).splitlines()[0]}). Run `hangarlink migrate` first."
        ) from error
    if as_json:
        boot.print_json({"cases": [_json(result) for result in results], **_counts(results)})
    else:
        _show(results)
    raise SystemExit(1 if any(result.outcome is Outcome.FAILED for result in results) else os.EX_OK)


def _json(result: Result) -> dict[str, Any]:
    case = result.script.case
    return {
        "file": result.script.file,
        "id": case.id,
        "title": case.title,
        "source": case.source,
        "outcome": result.outcome.value,
        "pending": case.pending or None,
        "differences": [vars(difference) for difference in result.differences],
    }


def _counts(results: Sequence[Result]) -> dict[str, int]:
    found = [result.outcome for result in results]
    return {outcome.value: found.count(outcome) for outcome in Outcome}


def _show(results: Sequence[Result]) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("case", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("title")
    for result in results:
        case = result.script.case
        said = [case.title, *(str(difference) for difference in result.differences)]
        if case.pending:
            said.append(f"cannot be played yet: {case.pending}")
        table.add_row(case.id, f"[{COLOURS[result.outcome]}]{result.outcome}[/]", "\n  ".join(said))
    Console().print(table)
    click.echo("\n" + ", ".join(f"{number} {outcome}" for outcome, number in _counts(results).items()) + ".")
