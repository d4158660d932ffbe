"""`hangarlink migrate`: bring the database to this version and give the application role its rights."""

import os

import click
from django.conf import settings
from django.core.management import call_command

from hangarlink.platform.database import roles


def migrate(*, quiet: bool = False) -> None:
    """Apply what is missing, as the owner. Harmless to repeat."""
    call_command("migrate", database="owner", verbosity=0 if quiet else 1, interactive=False)
    roles.grant(os.environ["DATABASE_URL"], os.environ["HANGARLINK_APP_DATABASE_URL"])
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=False)


@click.command(help="Bring the database to this version.")
def command() -> None:
    migrate()
    click.echo("The database is up to date.")
