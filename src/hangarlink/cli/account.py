"""`hangarlink account`: accounts of this installation and their first administrators."""

import click

from hangarlink.cli import boot
from hangarlink.platform.errors import Refused
from hangarlink.platform.people.actions import NewPerson, create_account
from hangarlink.platform.tenancy.models import Account


@click.group(help="Create an account and its first administrator, or list the accounts.")
def command() -> None:
    pass


@command.command(help="Create an account and its first administrator.")
@click.option("--subdomain", required=True, help="Where the account lives: SUBDOMAIN.your-domain.")
@click.option("--name", required=True, help="The organisation's name.")
@click.option("--email", required=True, help="The first administrator's e-mail address.")
@click.option("--person", default="", help="The first administrator's name.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="HANGARLINK_NEW_PASSWORD")
@click.option("--time-zone", default="UTC", show_default=True)
def create(subdomain: str, name: str, email: str, person: str, password: str, time_zone: str) -> None:
    try:
        create_account(subdomain, name, NewPerson(email=email, name=person, password=password), time_zone=time_zone)
    except Refused as error:
        raise click.ClickException(f"{error.field}: {error}" if error.field else str(error)) from error
    click.echo(f"Created {name}. {email} may sign in now.")


@command.command("list", help="The accounts of this installation.")
@boot.json_option
def list_accounts(as_json: bool) -> None:
    rows = list(Account.objects.order_by("subdomain").values("subdomain", "name", "time_zone", "created_at"))
    if as_json:
        boot.print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['subdomain']:<24} {row['name']}")
