"""`hangarlink seed`: the demo account, once. Part of `up --demo`; not listed, because nobody needs it by hand."""

import click

from hangarlink.cli import boot
from hangarlink.cli.seeding.school import seed


@click.command(help="Seed the demo account from the sandbox FlightLogger at the given endpoint.")
@click.option("--sandbox", "endpoint", required=True, help="The sandbox's GraphQL endpoint.")
@boot.json_option
def command(endpoint: str, as_json: bool) -> None:
    with boot.progress("Seeding") as report:
        made = seed(endpoint, report)
    if as_json:
        boot.print_json(made)
    else:
        click.echo("The demo account is there already." if not made else f"Seeded {made['aircraft']} aircraft.")
