"""`hangarlink due`: what is due, across the fleet, soonest first; and `hangarlink due conform`."""

import click
from rich.console import Console
from rich.table import Table

from hangarlink.cli import boot, conforming, shown
from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.grounding import grounds_of
from hangarlink.maintenance.programme.queries import DuePage, Narrow, due_list
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.queries import tracked_states
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

COLOURS = {State.OVERDUE: "red", State.UNKNOWN: "magenta", State.DUE: "yellow", State.DUE_SOON: "yellow"}


@click.group(help="What is due, across the fleet, soonest first.", invoke_without_command=True)
@click.pass_context
@boot.account_option
@click.option("--state", "states", multiple=True, type=click.Choice([state.code for state in State]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@boot.json_option
def command(context: click.Context, subdomain: str, states: tuple[str, ...], limit: int, as_json: bool) -> None:
    if context.invoked_subcommand:
        return
    wanted = [state for state in State if state.code in states]
    with acting_in(boot.find_account(subdomain, Account)):
        page = due_list(Narrow(states=wanted), limit=limit)
        elsewhere = {state.code: number for state, number in tracked_states().items() if number}
        rest = _other_reasons()
    if as_json:
        items = [shown.item(row) for row in page.rows]
        told = {"as_of": page.as_of, "items": items, "more": page.has_more, "tracked_elsewhere": elsewhere}
        boot.print_json({**told, "other_reasons": rest})
        return
    Console().print(_table(page))
    if elsewhere:
        said = ", ".join(f"{number} {code.replace('_', ' ')}" for code, number in elsewhere.items())
        Console().print(f"\nTracked elsewhere, not listed here: {said}.")
    for one in rest:
        Console().print(f"{one['aircraft']}: {one['said']}.")


def _other_reasons() -> list[dict[str, str]]:
    """What besides due items speaks against an aircraft, such as a directive nobody assessed."""
    names = dict(Aircraft.objects.exclude(status=AircraftStatus.OUT_OF_SERVICE).values_list("pk", "registration"))
    found = [
        {
            "aircraft": names[aircraft_id],
            "state": ground.state.code,
            "code": ground.code,
            "said": ground.said or f"{ground.reference} {ground.title}".strip(),
            "source": ground.source,
        }
        for aircraft_id, grounds in grounds_of(list(names), today()).items()
        for ground in grounds
    ]
    return sorted(found, key=lambda one: (one["aircraft"], one["code"], one["said"]))


command.add_command(conforming.command)


def _table(page: DuePage) -> Table:
    table = Table(show_edge=False, pad_edge=False, title=f"Due, as of {page.as_of:%d %b %Y}", title_justify="left")
    for title in ("state", "aircraft", "requirement", "title", "remaining", "forecast"):
        table.add_column(title, justify="right" if title == "remaining" else "left")
    for row in page.rows:
        colour = COLOURS.get(row.state, "green")
        remaining = " / ".join(shown.remaining(term) for term in row.terms)
        forecast = f"{row.forecast:%d %b %Y}" if row.forecast else ("never" if row.never else "unknown")
        state = f"[{colour}]{row.state.code.replace('_', ' ')}[/]"
        table.add_row(state, row.registration, row.reference, row.title, remaining, forecast)
    return table
