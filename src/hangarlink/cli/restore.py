"""`hangarlink restore FILE`: put a backup into an empty installation."""

import os
import subprocess
from pathlib import Path

import click

from hangarlink.cli import archive, boot
from hangarlink.cli.processes import this_command


@click.command(help="Put the backup FILE into this installation, which must be empty.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@boot.json_option
def command(file: Path, as_json: bool) -> None:
    given = "HANGARLINK_APP_DATABASE_URL" in os.environ
    try:
        with boot.progress("Restoring") as report:
            manifest = archive.read(file, report)
    except archive.ArchiveRefused as error:
        raise click.ClickException(str(error)) from error
    if not given:
        del os.environ["HANGARLINK_APP_DATABASE_URL"]
    # In a process of its own: the restored secret key gives the application role another password than the one
    # this process started with. It also brings an older backup to this version.
    subprocess.run(this_command("migrate"), check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    if as_json:
        boot.print_json(manifest)
    else:
        click.echo(f"Restored {len(manifest['files'])} files written {manifest['written_at']}. Next: hangarlink doctor")
