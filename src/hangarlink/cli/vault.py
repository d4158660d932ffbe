"""`hangarlink vault rotate`: a new key, and every secret encrypted with it."""

import click


@click.group(help="The keys that secrets are encrypted with.")
def command() -> None:
    pass
