"""`hangarlink seed`: the demo account, once. Part of `up --demo`; not listed, because nobody needs it by hand."""

import click

from hangarlink.cli import boot
from hangarlink.cli.seeding.notices import seed_notices
from hangarlink.cli.seeding.school import seed


@click.command(help="Seed the demo account from the sandbox FlightLogger at the given endpoint.")
@click.option("--sandbox", "endpoint", required=True, help="The sandbox's GraphQL endpoint.")
@click.option("--mail-port", default=0, help="Where the sandbox's mail server listens; 0: there is none.")
@boot.json_option
def command(endpoint: str, mail_port: int, as_json: bool) -> None:
    with boot.progress("Seeding") as report:
        made = seed(endpoint, report)
        if made and mail_port:
            seed_notices("127.0.0.1", mail_port)
    if as_json:
        boot.print_json(made)
    else:
        click.echo("The demo account is there already." if not made else f"Seeded {made['aircraft']} aircraft.")
