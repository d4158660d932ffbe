"""Entry point. Each command lives in a module of its own and is imported only when it runs.

That is not to dodge an import cycle: importing Django's models needs the settings, and the settings need the database
and the data directory, which a few commands choose or start themselves first.
"""

import importlib
import sys
from typing import Any

import click

from hangarlink import __version__
from hangarlink.cli import boot

HIDDEN = {"seed"}
COMMANDS = {
    "up": "Start everything: database, web, worker",
    "demo": "A demo account with a partner to sync with; --once runs the whole main job and ends",
    "sandbox": "Serve a partner to try against",
    "web": "The web server alone, for many machines",
    "worker": "The worker alone, for many machines",
    "migrate": "Bring the database to this version",
    "account": "Create an account and its first administrator",
    "sync": "Run a sync now and show what it did",
    "due": "What is due, across the fleet",
    "diagnose": "Why something does not sync, or why a status is what it is",
    "connector": "List the connectors, begin a new one",
    "bench": "Measure, as ratios within one run",
    "privacy": "Export or erase a person's data",
    "vault": "Rotate the keys that secrets are encrypted with",
    "backup": "Write the whole installation into one file",
    "restore": "Put a backup into an empty installation",
    "doctor": "Check this installation and say what to do",
}

# These find their database themselves, or need none.
BEFORE_DJANGO = {"connector", "up", "demo", "sandbox", "restore", "web", "bench"}


class Commands(click.Group):
    """A group whose commands are modules of this package with a `command` in each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS and cmd_name not in HIDDEN:
            return None
        if cmd_name not in BEFORE_DJANGO:
            boot.django()
        command: Any = importlib.import_module(f"hangarlink.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hangarlink")
def main() -> None:
    """Hangarlink: an open maintenance system of record for aircraft."""


if __name__ == "__main__":
    sys.exit(main())
