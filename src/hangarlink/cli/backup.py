"""`hangarlink backup FILE`: the whole installation in one file: database, documents, keys."""

from pathlib import Path

import click

from hangarlink.cli import archive, boot


@click.command(help="Write the whole installation into FILE (.tar.gz). The file holds the keys too: keep it safe.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@boot.json_option
def command(file: Path, as_json: bool) -> None:
    with boot.progress("Backing up") as report:
        manifest = archive.write(file, report)
    if as_json:
        boot.print_json(manifest)
    else:
        size = file.stat().st_size / 1_000_000
        click.echo(f"Wrote {file} ({size:.1f} MB, {len(manifest['files'])} files). It holds the keys: keep it safe.")
