"""`hangarlink account`: accounts of this installation and their first administrators."""

import click

from hangarlink.cli import boot
from hangarlink.platform.errors import Refused
from hangarlink.platform.people import links
from hangarlink.platform.people.actions import NewPerson, create_account, remove_second_factors
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
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


@command.command("password-link", help="A link to choose a new password, for who forgot it and gets no e-mail.")
@boot.account_option
@click.option("--email", required=True, help="The user's e-mail address.")
def password_link(subdomain: str, email: str) -> None:
    account = _account(subdomain)
    with acting_in(account):
        user = _member(email).user
    click.echo(links.password_link(account, user))
    click.echo("It works once, for two hours. Give it to nobody else.", err=True)


@command.command("remove-second-step", help="Let the password alone open again, for who lost phone and recovery codes.")
@boot.account_option
@click.option("--email", required=True, help="The user's e-mail address.")
def remove_second_step(subdomain: str, email: str) -> None:
    with acting_in(_account(subdomain)):
        count = remove_second_factors(_member(email), acting_user=SYSTEM)
    click.echo(f"{count} second factors of {email} are removed.")


def _account(subdomain: str) -> Account:
    account = Account.objects.filter(subdomain=subdomain).first()
    if account is None:
        raise click.ClickException(f"There is no account at {subdomain}.")
    return account


def _member(email: str) -> Membership:
    member = Membership.objects.select_related("user").filter(user__email=email.strip().lower(), is_active=True).first()
    if member is None:
        raise click.ClickException(f"{email} is no active user of this account.")
    return member
