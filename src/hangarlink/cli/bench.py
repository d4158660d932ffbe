"""`hangarlink bench NAME`: figures as ratios within one run, on a fresh installation of its own."""

import importlib
import sys
from pathlib import Path
from typing import Any

import click

import hangarlink
from hangarlink.cli import boot, scratch

BENCHMARKS = {
    "sync-flights": "benchmarks.sync_flights",
    "sync-engine": "benchmarks.sync_engine",
    "hub-idle": "benchmarks.hub_idle",
    "due-list": "benchmarks.due_list",
    "due-recompute": "benchmarks.due_recompute",
    "forecast": "benchmarks.forecast",
    "api-hours": "benchmarks.api_hours",
    "webhooks": "benchmarks.webhooks",
}


@click.command(help="Measure, as ratios within one run. NAME is a benchmark or all.")
@click.argument("name", type=click.Choice([*BENCHMARKS, "all"]))
@boot.json_option
def command(name: str, as_json: bool) -> None:
    root = Path(hangarlink.__file__).parents[2]
    if not (root / "benchmarks").is_dir():
        raise click.ClickException("The benchmarks are part of the source checkout, which this installation is not.")
    sys.path.insert(0, str(root))
    chosen = BENCHMARKS if name == "all" else {name: BENCHMARKS[name]}
    with scratch.installation():
        results = {key: _run(module) for key, module in chosen.items()}
    shown: Any = results if name == "all" else results[name]
    if as_json:
        boot.print_json(shown)
        return
    for key, figures in results.items():
        click.echo(key)
        for figure, value in figures.items():
            click.echo(f"  {figure:<24} {value}")


def _run(module: str) -> dict[str, Any]:
    figures: dict[str, Any] = importlib.import_module(module).run()
    return figures
