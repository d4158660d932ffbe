"""Writes the demo school through the same actions that its people would use."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hangarlink.cli.seeding.approvals import seed_approvals
from hangarlink.cli.seeding.compliance import seed_compliance
from hangarlink.cli.seeding.components import seed_components
from hangarlink.cli.seeding.fleet import FLEET, MODELS, NEWCOMER, Machine
from hangarlink.cli.seeding.operations import seed_operations
from hangarlink.cli.seeding.papers import LANDINGS, Papers, read
from hangarlink.cli.seeding.plans import seed_plans
from hangarlink.cli.seeding.programme import DEMANDS, DONE, HOUR
from hangarlink.cli.seeding.programmes import seed_programmes
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_planned, set_opening
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter
from hangarlink.fleet.rules.counters import plan
from hangarlink.fleet.vocabulary import CounterKind, Slot, Unit
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.integration.connections.streams import switch_on
from hangarlink.integration.sync.actions import request_run
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.maintenance.programme.actions import add_requirement, apply_requirement, record_accomplishment
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.platform.people.actions import NewPerson, create_account
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault.secret import Secret
from hangarlink.sandbox import quickbooks, slack

SUBDOMAIN, EMAIL, PASSWORD = "demo", "demo@example.com", "hangarlink-demo"
# The sandbox's key for its demo school: it opens an invented school on the reader's own machine.
SANDBOX_KEY = "demo-skyline-head-of-training"
# Apps as a developer would have registered them, so that the demo's partners can be connected at once.
SANDBOX_APPS = (
    ("quickbooks", quickbooks.CLIENT_ID, quickbooks.CLIENT_SECRET),
    ("slack", slack.CLIENT_ID, slack.CLIENT_SECRET),
)
# Less than the account's limit for stale usage, so that the board is not all "unknown" before the first sync.
MOVED_IN_DAYS_AGO = 6
FLOWS = (Flow.AIRCRAFT, Flow.HOURS_CYCLES)
Report = Callable[[int, int], None]


def seed(endpoint: str, report: Report) -> dict[str, Any]:
    """Create the demo account with its fleet, programme and connection; {} when the account is there already.

    Nothing is synced: a worker draws up the plan that a first sync needs, and the first "Sync now" is the visitor's.
    """
    if Account.objects.filter(subdomain=SUBDOMAIN).exists():
        return {}
    opened_at = datetime.combine(datetime.now(UTC).date() - timedelta(days=MOVED_IN_DAYS_AGO), time(5), UTC)
    papers = read(endpoint, SANDBOX_KEY, opened_at)
    member = create_account(
        SUBDOMAIN, "Skyline Flight School", NewPerson(email=EMAIL, name="Kim Larsen", password=PASSWORD)
    )
    with acting_in(member.account):
        acting_user = member.actor()
        models = _models(acting_user)
        fleet = [_aircraft(machine, papers, acting_user) for machine in FLEET]
        _aircraft(NEWCOMER, None, acting_user)
        demands = _programme(models, acting_user)
        for done, aircraft in enumerate(fleet, start=1):
            _history(aircraft, demands, papers, acting_user)
            report(done, len(fleet))
        for connector, client_id, client_secret in SANDBOX_APPS:
            set_partner_app(
                connector=connector,
                client_id=client_id,
                client_secret=Secret(client_secret),
                acting_user=acting_user,
            )
        seed_operations({one.registration: one for one in fleet}, acting_user)
        seed_approvals({one.registration: one for one in fleet}, opened_at, acting_user)
        seed_compliance({one.registration: one for one in fleet}, opened_at, acting_user)
        seed_programmes({one.registration: one for one in fleet}, opened_at, acting_user)
        seed_components({one.registration: one for one in fleet}, opened_at, acting_user)
        seed_plans({one.registration: one for one in fleet}, acting_user)
        connection = create_connection(
            connector="flightlogger", secret=Secret(SANDBOX_KEY), base_url=endpoint, acting_user=acting_user
        )
        switch_on(connection, FLOWS, acting_user=acting_user)
        for flow in FLOWS:
            request_run(connection, flow, acting_user=acting_user, dry_run=True)
    return {"account": SUBDOMAIN, "aircraft": len(FLEET) + 1, "requirements": len(DEMANDS), "since": opened_at}


def _models(acting_user: Actor) -> dict[str, AircraftModel]:
    return {
        model.name: add_aircraft_model(
            name=model.name,
            manufacturer=model.manufacturer,
            model_number=model.number,
            description=model.description,
            acting_user=acting_user,
        )
        for model in MODELS
    }


def _programme(models: dict[str, AircraftModel], acting_user: Actor) -> dict[str, Requirement]:
    made = {}
    for demand in DEMANDS:
        requirement = add_requirement(
            reference=demand.reference,
            title=demand.title,
            ata=demand.ata,
            source_document=demand.source,
            source_paragraph=demand.paragraph,
            mandatory_class=demand.mandatory,
            schedule=demand.schedule,
            acting_user=acting_user,
        )
        for name in demand.models:
            apply_requirement(requirement, models[name], acting_user=acting_user)
        made[demand.reference] = requirement
    return made


def _aircraft(machine: Machine, papers: Papers | None, acting_user: Actor) -> Aircraft:
    """The aircraft with its counters, and their totals of the opening day where the papers give them."""
    aircraft = add_aircraft(
        registration=machine.registration,
        call_sign=machine.registration if papers else "",
        serial_number=machine.serial,
        aircraft_model=AircraftModel.objects.get(name=machine.model),
        location=machine.location,
        acting_user=acting_user,
    )
    plans = [plan(log.kind, display=log.display, slot=slot) for log, slot in zip(machine.logs, Slot, strict=False)]
    counters = add_planned(aircraft, [*plans, plan(CounterKind.LANDINGS)], acting_user=acting_user)
    if papers:
        for counter in counters:
            total = papers.total(machine.registration, _wire_name(counter))
            set_opening(counter, total=total, at=papers.opened_at, acting_user=acting_user)
    return aircraft


def _history(aircraft: Aircraft, demands: dict[str, Requirement], papers: Papers, acting_user: Actor) -> None:
    """What was done before the opening day, as the logbook has it."""
    counters = {counter.kind: counter for counter in aircraft.counters.all()}
    for reference, (days, flown) in DONE[aircraft.registration].items():
        performed = papers.opened_at - timedelta(days=days, hours=-8)
        values = {
            counter.id: papers.total(aircraft.registration, _wire_name(counter)) - _amount(counter, flown)
            for kind, counter in counters.items()
            if kind in _kinds(reference)
        }
        record_accomplishment(
            demands[reference],
            aircraft,
            performed_at=performed,
            values=values,
            certificate=f"CRS {performed:%y%m%d}-{reference}",
            acting_user=acting_user,
        )


def _kinds(reference: str) -> set[str]:
    """The counters that the requirement's limits count."""
    schedule = next(demand.schedule for demand in DEMANDS if demand.reference == reference)
    return {limit["counter"] for limit in schedule["repeat"]["of"] if limit["kind"] == "counter"}


def _amount(counter: Counter, flown: float) -> int:
    """Hours or landings of the table, exactly: tenths of hours are whole seconds."""
    return round(flown * 10) * (HOUR // 10) if counter.unit == Unit.SECONDS else round(flown)


def _wire_name(counter: Counter) -> str:
    return LANDINGS if counter.kind == CounterKind.LANDINGS else counter.kind.upper()
