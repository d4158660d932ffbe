"""What most commands do first: find the database, load Django, and print in one of two ways."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

console = Console(stderr=True)


def django() -> None:
    """Load Django. Starts the embedded database where no DATABASE_URL is set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hangarlink.config.settings")
    import django as framework  # noqa: PLC0415 - after the environment is set

    framework.setup()


def print_json(value: Any) -> None:
    """The one way to print data for a program: one JSON document on standard output."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


json_option: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
account_option: Callable[[Any], Any] = click.option(
    "--account", "subdomain", default="demo", show_default=True, help="The account's subdomain."
)


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; call the result with (done, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def find_account(subdomain: str, accounts: Any) -> Any:
    """The account of that subdomain, or an error that names those there are."""
    found = accounts.objects.filter(subdomain=subdomain).first()
    if found is None:
        known = ", ".join(accounts.objects.order_by("subdomain").values_list("subdomain", flat=True)[:20])
        raise click.ClickException(f"There is no account {subdomain!r}. Accounts: {known or 'none yet'}.")
    return found
