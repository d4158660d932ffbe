"""Why does this connection not sync?"""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from hangarlink.integration.connections.catalogue import connectors, is_switched_on
from hangarlink.integration.connections.models import Connection, ConnectionState, Link, LinkState, Stream
from hangarlink.integration.connections.rights import MANAGE, VIEW, area_of, require_right, right
from hangarlink.integration.connections.rules import Beat, is_late
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.queries import matching_report
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
from hangarlink.platform import outbound
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import PERMISSIONS, Actor
from hangarlink.platform.tenancy.context import current_account

CREDENTIALS = frozenset({"auth_failed", "not_ready"})


def diagnose_connection(connection_id: UUID, *, acting_user: Actor) -> Report:
    """Raises Missing, and NotPermitted without the right to see the connection's settings area."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        raise Missing("There is no such connection in this account.")
    require_right(acting_user, connection.connector, VIEW)
    checks = _checks(connection, acting_user)
    return report(Kind.CONNECTION, connection.pk, connection.name, "Why does this not sync?", checks)


def _checks(connection: Connection, actor: Actor) -> Iterator[Check]:
    streams = list(Stream.objects.filter(connection=connection).order_by("flow", "direction"))
    yield _moves(connection, streams)
    yield _account(connection)
    yield _feature(connection)
    yield _right(connection, actor)
    yield _active(connection)
    yield _endpoint(connection)
    yield _key(connection)
    yield _answers(connection, actor)
    yield _aircraft(connection)
    yield _counters(connection, actor)
    yield from _runs(connection, streams, actor)
    yield _schedule(connection, streams)
    yield from _records(connection)


def _moves(connection: Connection, streams: list[Stream]) -> Check:
    question = "Is anything switched on to move?"
    on = [f"{stream} {'in' if stream.direction == Direction.IN else 'out'}" for stream in streams if stream.is_enabled]
    if not on:
        mend = "Choose which data may move; nothing is switched on by itself."
        return failed(Step.FLOW, question, "No data type is switched on.", mend, _settings(connection))
    return passed(Step.FLOW, question, f"Switched on: {listed(on)}. Nothing else ever moves.")


def _account(connection: Connection) -> Check:
    account = current_account()
    evidence = (
        f"This is {account.name} ({account.subdomain}). The credentials opened {connection.identity_name}. Records of "
        "another account of that partner cannot appear here."
    )
    return passed(Step.ACCOUNT, "Are both sides the right account?", evidence)


def _feature(connection: Connection) -> Check:
    question = "Is the integration available to this account?"
    if connection.connector not in connectors():
        mend = "Ask the operator of this installation to install its connector."
        return failed(Step.ACCOUNT, question, f"No connector named {connection.connector} is installed.", mend)
    if not is_switched_on(connection.connector, current_account()):
        mend = "An administrator can switch it on."
        return failed(Step.ACCOUNT, question, "It is switched off for this account.", mend, _account_page())
    return passed(Step.ACCOUNT, question, "It is installed and switched on.")


def _right(connection: Connection, actor: Actor) -> Check:
    permission = right(area_of(connection.connector), MANAGE)
    question = "May you start and change syncs?"
    if actor.may(permission):
        return passed(Step.RIGHTS, question, f"You hold {permission}: {PERMISSIONS[permission].lower()}.")
    mend = "Ask an administrator for a role that holds it."
    return failed(Step.RIGHTS, question, f"You lack {permission}.", mend, Place(Page.ROLES, "Roles"))


def _active(connection: Connection) -> Check:
    question = "Is the connection active?"
    if connection.state == ConnectionState.ACTIVE:
        return passed(Step.ENDPOINT, question, f"Active since {when(connection.created_at)}.")
    if connection.state == ConnectionState.PAUSED:
        return failed(Step.ENDPOINT, question, "It is paused.", "Resume it.", _page(connection))
    mend = "Connect it again: links and imported data are still there."
    return failed(Step.ENDPOINT, question, "It is disconnected, its key is forgotten.", mend, _page(connection))


def _endpoint(connection: Connection) -> Check:
    question = "Is the endpoint a public http or https address?"
    if not connection.base_url.startswith(("http://", "https://")):
        return not_applicable(Step.ENDPOINT, question, "This partner is not reached over HTTP.")
    try:
        outbound.check_url(connection.base_url, resolve=False)
    except outbound.UrlRefused as refused:
        return failed(Step.ENDPOINT, question, str(refused), "Correct the endpoint.", _settings(connection))
    evidence = f"{outbound.origin(connection.base_url)}. Every address it resolves to is checked again at each call."
    return passed(Step.ENDPOINT, question, evidence)


def _key(connection: Connection) -> Check:
    question = "Are credentials stored?"
    if connection.state == ConnectionState.DISCONNECTED or connection.secret_set_at is None:
        return failed(Step.ENDPOINT, question, "No credentials are stored.", "Enter them.", _settings(connection))
    return passed(Step.ENDPOINT, question, f"Stored {when(connection.secret_set_at)}, encrypted; nobody can read them.")


def _answers(connection: Connection, actor: Actor) -> Check:
    question = "Does the partner accept them and answer?"
    if connection.alert_code:
        since = f" (since {when(connection.alert_since)})" if connection.alert_since else ""
        mend = "Enter valid credentials." if connection.alert_code in CREDENTIALS else "Test the connection."
        return failed(
            Step.ENDPOINT, question, f"{connection.alert_message}{since}", mend, _settings(connection),
            _newest_technical(connection, actor),
        )  # fmt: skip
    if connection.failures:
        evidence = f"The last {counted(connection.failures, 'run')} failed."
        mend = "It is tried again by itself; look at the last run for the reason."
        return failed(Step.ENDPOINT, question, evidence, mend, _log(), _newest_technical(connection, actor))
    if connection.last_success_at is None:
        return failed(Step.ENDPOINT, question, "Nothing has run yet.", "Start with the dry run.", _dry_run(connection))
    return passed(Step.ENDPOINT, question, f"Last success {when(connection.last_success_at)}.")


def _aircraft(connection: Connection) -> Check:
    question = "Do the partner's aircraft match ours?"
    links = Link.objects.filter(connection=connection, dataset=Dataset.AIRCRAFT)
    states = dict(links.order_by().values_list("state").annotate(count=Count("pk")))
    if not states:
        return not_applicable(Step.MATCHING, question, "The partner has shown no aircraft yet, or carries none.")
    if states.get(LinkState.UNMATCHED):
        names = listed(links.filter(state=LinkState.UNMATCHED).order_by("label").values_list("label", flat=True))
        mend = "Write call sign or registration the same way on both sides, or link them by hand."
        return failed(Step.MATCHING, question, f"No aircraft here is: {names}.", mend, _matching(connection))
    return passed(Step.MATCHING, question, f"All {states.get(LinkState.LINKED, 0)} that are wanted are linked.")


def _counters(connection: Connection, actor: Actor) -> Check:
    question = "Is every log of a matched aircraft mapped to a counter?"
    carries = connectors().get(connection.connector)
    if carries is None or Dataset.FLIGHT_TIMES not in carries.manifest.datasets or not actor.may("integrations.view"):
        return not_applicable(Step.SETUP, question, "This connection brings no flight times in.")
    rows = matching_report(connection, acting_user=actor)
    wanting = [row for row in rows if row.aircraft and row.needs_attention]
    if not wanting:
        return passed(Step.SETUP, question, "Nothing is left to decide.")
    names = listed(str(row.aircraft) for row in wanting)
    mend = "Map each log to a counter or ignore it; a counter that nothing feeds stands still while the aircraft flies."
    return failed(Step.SETUP, question, f"Undecided on {names}.", mend, _matching(connection))


def _runs(connection: Connection, streams: list[Stream], actor: Actor) -> Iterator[Check]:
    """The last real run of each flow that is on: one query."""
    rows = SyncRun.objects.filter(connection_id=connection.pk, kind=RunKind.RUN).exclude(state__in=UNFINISHED)
    newest = {
        (run.flow, run.direction): run
        for run in rows.order_by("flow", "direction", "-requested_at").distinct("flow", "direction")
    }
    for stream in streams:
        if stream.is_enabled:
            yield _last_run(connection, stream, newest.get((stream.flow, stream.direction)), actor)


def _last_run(connection: Connection, stream: Stream, run: SyncRun | None, actor: Actor) -> Check:
    question = f"Did the last run of {Flow(stream.flow).label.lower()} succeed?"
    if run is None:
        if stream.planned_at is None:
            mend = "Look at the dry run first; the first real run waits for it."
            return failed(Step.LOG, question, "It never ran.", mend, _dry_run(connection))
        return failed(Step.LOG, question, "It never ran.", "Start it.", _page(connection))
    place = Place(Page.SYNC_RUN, "That run", (str(run.pk),))
    evidence = f"{when(run.requested_at)}: {run.summary or State(run.state).value}"
    if run.state in {State.FAILED, State.STOPPED}:
        technical = run.technical if reads_technical(actor) else ""
        return failed(Step.LOG, question, evidence, "Read what the run says, mend it and sync again.", place, technical)
    return passed(Step.LOG, question, evidence, place)


def _schedule(connection: Connection, streams: list[Stream]) -> Check:
    question = "Does the schedule run?"
    timed = [stream for stream in streams if stream.is_enabled and stream.every_seconds]
    if not timed:
        return not_applicable(Step.LOG, question, "Nothing runs by the clock here: it is started by hand or by events.")
    now = timezone.now()
    late = [stream for stream in timed if is_late(Beat(stream.every_seconds or 0, stream.last_success_at), now)]
    if late and connection.is_active:
        mend = "Check that a worker is running (`hangarlink doctor`), and read the last run."
        return failed(Step.LOG, question, f"Late: {listed(str(stream) for stream in late)}.", mend, _log())
    return passed(Step.LOG, question, f"{counted(len(timed), 'flow')} by the clock, none late.")


def _records(connection: Connection) -> Iterator[Check]:
    """What of the newest word on each record was refused."""
    question = "Were all records taken?"
    rows = SyncRecord.objects.filter(connection_id=connection.pk, is_open=True)
    counts = dict(rows.order_by().values_list("code").annotate(count=Count("pk")))
    unread = counts.pop("unreadable", 0)
    place = Place(Page.REFUSED, "Refused records", (str(connection.pk), connection.connector))
    if unread:
        evidence = f"{counted(unread, 'record')} did not have the documented shape."
        yield failed(Step.PAYLOAD, "Could the partner's records be read?", evidence, "Correct them there.", place)
    else:
        yield passed(Step.PAYLOAD, "Could the partner's records be read?", "All that came had the documented shape.")
    if not counts:
        yield passed(Step.OUTCOME, question, "No record waits for anybody.")
        return
    code = max(counts, key=lambda one: counts[one])
    example = rows.filter(code=code).values_list("reason", flat=True).first() or code
    evidence = f"{counted(sum(counts.values()), 'record')} refused; most often: {example}"
    yield failed(Step.OUTCOME, question, evidence, "Mend the reason, then retry: nothing is lost.", place)


def _newest_technical(connection: Connection, actor: Actor) -> str:
    if not reads_technical(actor):
        return ""
    rows = SyncRun.objects.filter(connection_id=connection.pk, state=State.FAILED).order_by("-requested_at")
    return rows.values_list("technical", flat=True).first() or ""


def _page(connection: Connection) -> Place:
    return Place(Page.CONNECTION, connection.name, (str(connection.pk), connection.connector))


def _settings(connection: Connection) -> Place:
    return Place(Page.CONNECTION_SETTINGS, "Settings", (str(connection.pk), connection.connector))


def _matching(connection: Connection) -> Place:
    return Place(Page.MATCHING, "Aircraft and counters", (str(connection.pk), connection.connector))


def _dry_run(connection: Connection) -> Place:
    return Place(Page.DRY_RUN, "Dry run", (str(connection.pk), connection.connector))


def _account_page() -> Place:
    return Place(Page.ACCOUNT, "Account settings")


def _log() -> Place:
    return Place(Page.SYNC_LOG, "Sync logs")
