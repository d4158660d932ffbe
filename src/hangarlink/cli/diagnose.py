"""`hangarlink diagnose`: why does this not sync, and why is this status what it is?"""

from collections.abc import Callable, Iterable
from uuid import UUID

import click
from rich.console import Console

from hangarlink.cli import boot
from hangarlink.fleet.queries import find_aircraft
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.diagnose import (
    Report,
    Result,
    diagnose_aircraft,
    diagnose_application,
    diagnose_connection,
    diagnose_defect,
    diagnose_member,
    diagnose_status,
    diagnose_webhook,
)
from hangarlink.integration.webhooks.queries import endpoints
from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.applications.models import Application
from hangarlink.platform.errors import Missing, Refused
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

MARKS = {Result.PASSED: "[green]✓[/]", Result.FAILED: "[red]✗[/]", Result.NOT_APPLICABLE: "[dim]-[/]"}


def _aircraft(name: str) -> Report:
    return diagnose_aircraft(find_aircraft(name).pk, acting_user=SYSTEM)


def _status(name: str) -> Report:
    return diagnose_status(find_aircraft(name).pk, acting_user=SYSTEM)


def _connection(name: str) -> Report:
    rows = Connection.objects.filter(name=name).order_by("state").values_list("pk", flat=True)
    return diagnose_connection(_one("connection", rows, name), acting_user=SYSTEM)


def _application(name: str) -> Report:
    rows = Application.objects.filter(name=name).order_by("revoked_at").values_list("pk", flat=True)
    return diagnose_application(_one("OAuth application", rows, name), acting_user=SYSTEM)


def _defect(number: str) -> Report:
    rows = Defect.objects.filter(number=number).values_list("pk", flat=True) if number.isdecimal() else []
    return diagnose_defect(_one("defect", rows, number), acting_user=SYSTEM)


def _member(email: str) -> Report:
    rows = Membership.objects.filter(user__email__iexact=email).values_list("pk", flat=True)
    return diagnose_member(_one("user", rows, email), acting_user=SYSTEM)


def _webhook(name: str) -> Report:
    rows = [row.endpoint for row in endpoints(acting_user=SYSTEM)]
    found = [one.pk for one in rows if name in {str(one), one.url}]
    return diagnose_webhook(_one("webhook", found, name), acting_user=SYSTEM)


KINDS: dict[str, Callable[[str], Report]] = {
    "connection": _connection,
    "aircraft": _aircraft,
    "status": _status,
    "defect": _defect,
    "application": _application,
    "member": _member,
    "webhook": _webhook,
}


@click.command(
    help="Walk the recommended order and say what is wrong. NAME is a connection's or application's name, an aircraft's"
    " call sign or registration, a defect's number, or a user's e-mail address. Exit status 1 when a check failed."
)
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("name")
@boot.account_option
@click.option("--technical", is_flag=True, help="With technical detail, for support. Read it before you pass it on.")
@boot.json_option
def command(kind: str, name: str, subdomain: str, technical: bool, as_json: bool) -> None:
    with acting_in(boot.find_account(subdomain, Account)):
        try:
            found = KINDS[kind](name)
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
    if as_json:
        boot.print_json(found.as_dict(technical=technical))
    else:
        _print(found, technical=technical)
    raise SystemExit(1 if found.failed else 0)


def _one(thing: str, keys: Iterable[UUID], name: str) -> UUID:
    """The first of them; Missing when there is none."""
    for key in keys:
        return key
    raise Missing(f"There is no {thing} named {name!r} in this account.")


def _print(report: Report, *, technical: bool) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{report.question}[/]  {report.subject}, {report.account}")
    console.print(f"{report.answer}\n")
    step = None
    for check in report.checks:
        if check.step is not step:
            step = check.step
            console.print(f"[bold]{step.label}[/]")
        console.print(f"  {MARKS[check.result]} {check.question} [dim]{check.evidence}[/]")
        if check.mend:
            console.print(f"    → {check.mend}")
        if technical and check.technical:
            console.print(f"[dim]{check.technical}[/]", markup=False)
