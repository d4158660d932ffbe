"""Why does this aircraft not sync?"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.queries import FleetRow, fleet
from hangarlink.integration.connections.models import Connection, ConnectionState, Link, LinkState, Stream
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.matching import how_they_differ
from hangarlink.integration.datasets.queries import Matched, matching_report
from hangarlink.integration.diagnose.application import refused_calls, scopes_of
from hangarlink.integration.diagnose.making import counted, listed, reads_technical, report, when
from hangarlink.integration.diagnose.report import (
    Check,
    Kind,
    Page,
    Place,
    Report,
    Step,
    failed,
    not_applicable,
    passed,
)
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, State
from hangarlink.integration.synclog.vocabulary import Kind as RunKind
from hangarlink.platform.applications.models import Application
from hangarlink.platform.applications.queries import applications, find_application
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

LATELY = timedelta(days=7)


def diagnose_aircraft(aircraft_id: UUID, *, acting_user: Actor) -> Report:
    """Raises Missing, and NotPermitted without fleet.view and integrations.view."""
    require(acting_user, "fleet.view")
    require(acting_user, "integrations.view")
    rows = fleet([aircraft_id])
    if not rows:
        raise Missing("There is no such aircraft in this account.")
    aircraft = rows[0].aircraft
    question = "Why does this aircraft not sync?"
    return report(Kind.AIRCRAFT, aircraft.pk, str(aircraft), question, _checks(rows[0], acting_user))


def diagnose_for_program(aircraft_id: UUID, application_id: UUID, *, acting_user: Actor) -> Report:
    """The same as one program may know it: its own scopes and calls, nothing of other partners.

    Raises Missing, and NotPermitted without fleet.view.
    """
    require(acting_user, "fleet.view")
    rows = fleet([aircraft_id])
    if not rows:
        raise Missing("There is no such aircraft in this account.")
    application = find_application(application_id)
    question = "Why does this aircraft not sync?"
    return report(
        Kind.AIRCRAFT, aircraft_id, str(rows[0].aircraft), question, _program_checks(rows[0], application, acting_user)
    )


def _program_checks(row: FleetRow, application: Application, actor: Actor) -> Iterator[Check]:
    yield _account(row.aircraft)
    yield scopes_of(application)
    yield _identity(row.aircraft)
    yield from refused_calls(application, actor)
    yield configured(row)
    yield usage(row)


def _checks(row: FleetRow, actor: Actor) -> Iterator[Check]:
    aircraft = row.aircraft
    connections, programs = _connections(), _programs()
    showing = _showing()
    links = {
        link.connection_id: link
        for link in Link.objects.filter(dataset=Dataset.AIRCRAFT, internal_id=aircraft.pk, connection__in=connections)
    }
    yield _fed(connections, programs)
    yield _account(aircraft)
    yield _scope(programs)
    yield _identity(aircraft)
    for connection in connections:
        if connection.pk not in showing:
            yield _silent(connection)
            continue
        link = links.get(connection.pk)
        yield _linked(aircraft, connection, link)
        if link is not None:
            matched = _matched(connection, aircraft, actor)
            yield _active(connection)
            yield _last_run(connection, actor)
            yield _refused(connection, link)
            yield _mapped(connection, matched)
    yield _calls(actor)
    yield configured(row)
    yield usage(row)


def _connections() -> Sequence[Connection]:
    """Those that have shown us aircraft, or may: it is switched on, and only has to run."""
    shown = Link.objects.filter(dataset=Dataset.AIRCRAFT).values("connection_id")
    may = Stream.objects.filter(direction=Direction.IN, is_enabled=True, flow__in=[Flow.AIRCRAFT, Flow.HOURS_CYCLES])
    rows = Connection.objects.filter(Q(pk__in=shown) | Q(pk__in=may.values("connection_id")))
    return list(rows.exclude(state=ConnectionState.DISCONNECTED).order_by("name"))


def _showing() -> set[UUID]:
    """The connections that have shown at least one aircraft."""
    rows = Link.objects.filter(dataset=Dataset.AIRCRAFT).values_list("connection_id", flat=True)
    return set(rows.distinct())


def _programs() -> list[str]:
    rows = applications().filter(revoked_at__isnull=True, scopes__contains=[Scope.HOURS_CYCLES_WRITE.value])
    return list(rows.values_list("name", flat=True))


def _fed(connections: Sequence[Connection], programs: Sequence[str]) -> Check:
    question = "Does anything bring usage in?"
    sources = [*(connection.name for connection in connections), *programs]
    if not sources:
        evidence = "No connection brings aircraft or hours in, and no OAuth application may write hours."
        mend = "Connect FlightLogger, create an OAuth application with hours_cycles_write, or record flights by hand."
        return failed(Step.FLOW, question, evidence, mend, Place(Page.CONNECTIONS, "Integrations"))
    return passed(Step.FLOW, question, f"{listed(sources)}.")


def _account(aircraft: Aircraft) -> Check:
    account = current_account()
    evidence = f"{aircraft} exists in {account.name} ({account.subdomain}); syncs of other accounts do not reach it."
    return passed(Step.ACCOUNT, "Does the aircraft exist in this account?", evidence)


def _scope(programs: Sequence[str]) -> Check:
    question = "May a program write its hours through the API?"
    if programs:
        return passed(Step.RIGHTS, question, f"hours_cycles_write is held by {listed(programs)}.")
    return not_applicable(Step.RIGHTS, question, "No OAuth application holds hours_cycles_write.")


def _identity(aircraft: Aircraft) -> Check:
    question = "By which names is it found?"
    if aircraft.call_sign:
        names = f"Call sign {aircraft.call_sign!r}, then registration {aircraft.registration!r}"
    else:
        names = f"Registration {aircraft.registration!r}; it has no call sign"
    evidence = f"{names}, then its id. Dashes, blanks and case must match exactly."
    return passed(Step.MATCHING, question, evidence, Place(Page.AIRCRAFT_EDIT, "Edit", (str(aircraft.pk),)))


def _linked(aircraft: Aircraft, connection: Connection, link: Link | None) -> Check:
    question = f"Is it linked to an aircraft of {connection.name}?"
    place = Place(Page.MATCHING, "Aircraft and counters", (str(connection.pk), connection.connector))
    if link is not None:
        if not link.is_listed:
            evidence = f"Linked to {link.label}, which the partner no longer lists."
            return failed(Step.MATCHING, question, evidence, "Check whether it was disabled or renamed there.", place)
        return passed(Step.MATCHING, question, f"Linked to {link.label}.", place)
    evidence = f"No aircraft of {connection.name} is linked to it."
    if similar := _similar(aircraft, connection):
        evidence += f" {listed(similar)} there looks like it, written differently."
        return failed(Step.MATCHING, question, evidence, "Write both the same way, or link them by hand.", place)
    mend = "If it flies there, check call sign and registration there, then read the aircraft again."
    return failed(Step.MATCHING, question, evidence, mend, place)


def _silent(connection: Connection) -> Check:
    """Connected and switched on, but it never ran: nobody need connect anything, only run it."""
    question = f"Is it linked to an aircraft of {connection.name}?"
    place = Place(Page.CONNECTION, connection.name, (str(connection.pk), connection.connector))
    evidence = f"{connection.name} has shown no aircraft yet."
    if not connection.is_active:
        return failed(
            Step.MATCHING, question, f"{evidence} It is {connection.state}.", "Resume it, then run it.", place
        )
    return failed(Step.MATCHING, question, evidence, "Run it: look at its dry run, then sync aircraft.", place)


def _similar(aircraft: Aircraft, connection: Connection) -> list[str]:
    """Aircraft there that nobody matched and whose name differs only a little."""
    ours = [name for name in (aircraft.call_sign, aircraft.registration) if name]
    rows = Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT, state=LinkState.UNMATCHED)
    labels = rows.values_list("label", flat=True)
    return [label for label in labels if any(how_they_differ(name, label) for name in ours)]


def _matched(connection: Connection, aircraft: Aircraft, actor: Actor) -> Matched | None:
    rows = matching_report(connection, acting_user=actor)
    return next((row for row in rows if row.aircraft and row.aircraft.pk == aircraft.pk), None)


def _active(connection: Connection) -> Check:
    question = f"Is {connection.name} active and healthy?"
    place = Place(Page.CONNECTION, connection.name, (str(connection.pk), connection.connector))
    if not connection.is_active:
        return failed(Step.ENDPOINT, question, f"It is {connection.state}.", "Resume it.", place)
    if connection.alert_code:
        return failed(Step.ENDPOINT, question, connection.alert_message, "See what it needs.", place)
    return passed(Step.ENDPOINT, question, "It is active, and no incident is open.", place)


def _last_run(connection: Connection, actor: Actor) -> Check:
    question = f"Did the last sync of hours and cycles from {connection.name} succeed?"
    rows = SyncRun.objects.filter(connection_id=connection.pk, kind=RunKind.RUN, flow=Flow.HOURS_CYCLES)
    run = rows.exclude(state__in=UNFINISHED).order_by("-requested_at").first()
    if run is None:
        place = Place(Page.CONNECTION, connection.name, (str(connection.pk), connection.connector))
        return failed(Step.LOG, question, "It never ran.", "Look at the dry run, then start it.", place)
    place = Place(Page.SYNC_RUN, "That run", (str(run.pk),))
    evidence = f"{when(run.requested_at)}: {run.summary or run.state}"
    if run.state in {State.FAILED, State.STOPPED}:
        technical = run.technical if reads_technical(actor) else ""
        return failed(Step.LOG, question, evidence, "Read what the run says, mend it and sync again.", place, technical)
    return passed(Step.LOG, question, evidence, place)


def _refused(connection: Connection, link: Link) -> Check:
    question = f"Were its flights from {connection.name} taken?"
    # One that could not be read does not say whose it is, but for its name.
    its = Q(parent_id=link.external_id) | Q(parent_id="", subject__startswith=f"{link.label}, ")
    rows = SyncRecord.objects.filter(its, connection_id=connection.pk, is_open=True)
    reasons = list(rows.order_by("-id").values_list("reason", flat=True)[:1])
    if not reasons:
        return passed(Step.OUTCOME, question, "None waits. One that is recorded already is skipped, not doubled.")
    place = Place(Page.REFUSED, "Refused records", (str(connection.pk), connection.connector))
    evidence = f"{counted(rows.count(), 'flight')} refused: {reasons[0]}"
    return failed(Step.OUTCOME, question, evidence, "Mend the reason, then retry: nothing is lost.", place)


def _mapped(connection: Connection, matched: Matched | None) -> Check:
    question = f"Do the logs of {connection.name} feed its counters?"
    if matched is None:
        return not_applicable(Step.SETUP, question, "The partner has told nothing about its logs yet.")
    place = Place(Page.MATCHING, "Aircraft and counters", (str(connection.pk), connection.connector))
    undecided = [source.name for source in matched.sources if source.is_open]
    unfed = [str(counter) for counter in matched.unfed]
    if undecided:
        evidence = f"Undecided: {listed(undecided)}. Flights that have such a log are refused."
        return failed(Step.SETUP, question, evidence, "Map each log to a counter, or ignore it.", place)
    if unfed:
        mend = "Map a log to each, or keep it by typed readings."
        return failed(Step.SETUP, question, f"Nothing feeds {listed(unfed)}.", mend, place)
    return passed(Step.SETUP, question, "Every log is decided, and every counter is fed.", place)


def _calls(actor: Actor) -> Check:
    """Calls do not name their aircraft in the log, so these are all of the account's."""
    question = "Were programs' writes through the API refused lately?"
    since = timezone.now() - LATELY
    rows = SyncRun.objects.filter(kind=RunKind.CALL, requested_at__gte=since, state=State.FAILED)
    run = rows.filter(flow__in=[Flow.HOURS_CYCLES, Flow.AIRCRAFT, Flow.FLIGHT_LOGS]).order_by("-requested_at").first()
    if run is None:
        return passed(Step.PAYLOAD, question, "No call about aircraft or hours was refused in the last 7 days.")
    technical = run.technical if reads_technical(actor) else ""
    evidence = f"{when(run.requested_at)}, {run.partner}: {run.summary or run.code}"
    place = Place(Page.SYNC_RUN, "That call", (str(run.pk),))
    return failed(Step.PAYLOAD, question, evidence, "Correct what the program sends.", place, technical)


def configured(row: FleetRow) -> Check:
    """Shared with the question about its status."""
    question = "Are flight logs configured on the aircraft?"
    place = Place(Page.AIRCRAFT, str(row.aircraft), (str(row.aircraft.pk),))
    if not row.counters:
        return failed(Step.SETUP, question, "It has no counter.", "Add the counters that its model needs.", place)
    blind = [str(counter) for counter in row.counters if counter.total is None]
    if blind:
        mend = "Record a reading or an opening balance: until then what depends on it is unknown."
        return failed(Step.SETUP, question, f"The total of {listed(blind)} is unknown.", mend, place)
    return passed(Step.SETUP, question, f"{listed(str(counter) for counter in row.counters)}, each with a known total.")


def usage(row: FleetRow, step: Step = Step.OUTCOME) -> Check:
    """Shared with the question about its status."""
    question = "Is usage arriving?"
    place = Place(Page.AIRCRAFT, str(row.aircraft), (str(row.aircraft.pk),))
    if row.last_usage_at is None:
        return failed(step, question, "Nothing was ever recorded.", "Sync, or record a reading.", place)
    evidence = f"The last entry is of {when(row.last_usage_at)}."
    if row.is_stale:
        limit = current_account().stale_usage_days
        mend = "Sync, or record a reading: until then what is due is unknown."
        return failed(step, question, f"{evidence} The limit is {limit} days.", mend, place)
    return passed(step, question, evidence)
