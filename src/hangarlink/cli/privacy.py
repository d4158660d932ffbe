"""`hangarlink privacy`: what is held of a person, as JSON, or erased."""

import json

import click
from django.core.serializers.json import DjangoJSONEncoder
from rich.console import Console
from rich.table import Table

from hangarlink.cli import boot
from hangarlink.platform.errors import Refused
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.privacy.actions import erase, export
from hangarlink.platform.privacy.models import Basis
from hangarlink.platform.privacy.queries import findings, subject_of
from hangarlink.platform.privacy.registry import Treatment
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

COLOURS = {Treatment.ERASE: "red", Treatment.PSEUDONYMISE: "yellow", Treatment.HOLD: "cyan"}


@click.group(help="Export or erase the personal data of one person in one account.")
def command() -> None:
    """The group."""


@command.command("export", help="Write everything held of a person to standard output, as JSON.")
@boot.account_option
@click.option("--email", default="", help="The person's e-mail address.")
@click.option("--name", default="", help="The name, as records write it.")
def export_command(subdomain: str, email: str, name: str) -> None:
    account = boot.find_account(subdomain, Account)
    try:
        with acting_in(account):
            data = export(subject_of(email=email, name=name), acting_user=SYSTEM)
    except Refused as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(data, indent=2, cls=DjangoJSONEncoder, ensure_ascii=False))


@command.command("erase", help="Show what erasing would do; with --yes, do it.")
@boot.account_option
@click.option("--email", default="", help="The person's e-mail address.")
@click.option("--name", default="", help="The name, as records write it.")
@click.option("--basis", type=click.Choice(Basis.values), default=Basis.GDPR.value, show_default=True)
@click.option("--yes", "is_sure", is_flag=True, help="Erase. Without it nothing is changed.")
@boot.json_option
def erase_command(subdomain: str, email: str, name: str, basis: str, *, is_sure: bool, as_json: bool) -> None:
    account = boot.find_account(subdomain, Account)
    try:
        with acting_in(account):
            subject = subject_of(email=email, name=name)
            planned = findings(subject, acting_user=SYSTEM)
            made = erase(subject, basis=basis, acting_user=SYSTEM) if is_sure else None
    except Refused as error:
        raise click.ClickException(str(error)) from error
    lines = [
        {"room": one.room, "what": one.what, "count": one.count, "treatment": one.treatment.value, "reason": one.reason}
        for one in planned
    ]
    if as_json:
        boot.print_json({"erased": made is not None, "alias": made.alias if made else "", "lines": lines})
        return
    table = Table(show_edge=False, pad_edge=False)
    for title in ("where", "what", "records", "outcome", "because"):
        table.add_column(title, justify="right" if title == "records" else "left")
    for one in planned:
        outcome = f"[{COLOURS[one.treatment]}]{one.treatment.value}[/]"
        table.add_row(one.room, one.what, str(one.count), outcome, one.reason)
    Console().print(table)
    click.echo(f"Erased as {made.alias}." if made else "Nothing was changed. Repeat with --yes to erase.")
