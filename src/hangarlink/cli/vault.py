"""`hangarlink vault rotate`: a new key, and every secret encrypted with it."""

import click

from hangarlink.cli import boot
from hangarlink.platform.vault.crypto import VaultError, new_key
from hangarlink.platform.vault.installation import installed_keys
from hangarlink.platform.vault.keyring import VARIABLE
from hangarlink.platform.vault.rotation import Rotation, keys_in_use, rotate_all


@click.group(help="The keys that secrets are encrypted with.")
def command() -> None:
    pass


@command.command(help="Make a new key and encrypt every secret with it. May run while everything else does.")
@click.option("--resume", is_flag=True, help="Make no new key: finish a rotation that was interrupted.")
@click.option(
    "--retire", is_flag=True, help="Then drop the keys that nothing needs. Older backups need them: keep those."
)
@boot.json_option
def rotate(resume: bool, retire: bool, as_json: bool) -> None:
    keys = installed_keys()
    try:
        if not resume and not keys.in_environment:
            keys.add()
        with boot.progress("Encrypting anew") as report:
            rotation = rotate_all(progress=report)
        retired = keys.retire(keys_in_use()) if retire else []
    except VaultError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        active = keys.ring().active.id
        boot.print_json(
            {
                "active_key": active,
                "rewritten": rotation.rewritten,
                "unreadable": rotation.unreadable,
                "retired_keys": retired,
            }
        )
    else:
        _tell(rotation, retired, keys.ring().active.id)
    raise SystemExit(bool(rotation.unreadable))


@command.command("new-key", help=f"Print a new key for {VARIABLE}: put it in front of the others, then run rotate.")
def print_new_key() -> None:
    click.echo(new_key().line())


def _tell(rotation: Rotation, retired: list[str], active: str) -> None:
    click.echo(f"{rotation.rewritten} secrets are encrypted with the key {active} now.")
    if retired:
        click.echo(f"Retired: {', '.join(retired)}.")
    for name in rotation.unreadable:
        click.echo(f"Cannot be opened, enter it again: {name}", err=True)
