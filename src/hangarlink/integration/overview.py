"""What the page of a connection needs to say how it is doing. Set-wise; every function needs the right to see
the connection's settings area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from hangarlink.integration.connections.models import Connection, ConnectionState, Stream
from hangarlink.integration.connections.rights import VIEW, area_of, require_right, right
from hangarlink.integration.connections.schedules import SCHEDULED_TASK
from hangarlink.integration.contract import Area, Dataset
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, Kind
from hangarlink.platform.errors import Missing
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.people.permissions import Actor, require


@dataclass(frozen=True)
class FlowRow:
    """One flow of a connection.

    last     the newest real run that has ended, or None
    next_at  when its schedule fires next, or None
    """

    stream: Stream
    flow: Flow
    last: SyncRun | None
    next_at: datetime | None


@dataclass(frozen=True)
class Refused:
    """Records that wait for somebody, of one kind.

    example  the reason of one of them
    """

    code: str
    count: int
    example: str


def connections_of(connector: str, *, acting_user: Actor) -> list[Connection]:
    """Every connection to this kind of partner, those in use first."""
    require_right(acting_user, connector, VIEW)
    found = Connection.objects.filter(connector=connector).order_by("name")
    return sorted(found, key=lambda one: one.state == ConnectionState.DISCONNECTED)


def find_connection(connection_id: UUID, *, connector: str, acting_user: Actor) -> Connection:
    """Raises Missing."""
    require_right(acting_user, connector, VIEW)
    found = Connection.objects.select_related("account").filter(pk=connection_id, connector=connector).first()
    if found is None:
        raise Missing("There is no such connection in this account.")
    return found


def connection_of_area(connection_id: UUID, area: Area, *, acting_user: Actor) -> Connection:
    """A connection of this settings area. Raises Missing, also for a connection of another area."""
    require(acting_user, right(area, VIEW))
    found = Connection.objects.select_related("account").filter(pk=connection_id).first()
    if found is None or area_of(found.connector) != area:
        raise Missing("There is no such connection in these settings.")
    return found


def flow_rows(connection: Connection, *, acting_user: Actor) -> list[FlowRow]:
    """The flows of a connection with their last run and next time: three queries whatever their history."""
    require_right(acting_user, connection.connector, VIEW)
    newest = SyncRun.objects.filter(
        connection_id=OuterRef("connection_id"),
        flow=OuterRef("flow"),
        direction=OuterRef("direction"),
        kind=Kind.RUN,
    )
    newest = newest.exclude(state__in=UNFINISHED).order_by("-requested_at", "-id")
    streams = list(
        Stream.objects.filter(connection=connection)
        .annotate(last_run=Subquery(newest.values("pk")[:1]))
        .order_by("flow", "direction")
    )
    runs = SyncRun.objects.defer("technical", "checkpoint").in_bulk([s.last_run for s in streams if s.last_run])
    schedules = Schedule.objects.filter(
        account=connection.account, task=SCHEDULED_TASK, subject_id__in=[s.pk for s in streams], is_active=True
    )
    next_at = dict(schedules.values_list("subject_id", "next_run_at"))
    return [FlowRow(s, Flow(s.flow), runs.get(s.last_run), next_at.get(s.pk)) for s in streams]


def unfinished_runs(connection: Connection, *, acting_user: Actor) -> list[SyncRun]:
    """Runs and dry runs that wait or are under way, oldest first."""
    require_right(acting_user, connection.connector, VIEW)
    rows = SyncRun.objects.filter(connection_id=connection.pk, state__in=UNFINISHED)
    return list(rows.defer("technical", "checkpoint").order_by("requested_at"))


def latest_plan(
    connection: Connection, flow: Flow, *, direction: Direction = Direction.IN, acting_user: Actor
) -> SyncRun | None:
    """The newest dry run of a flow in a direction, finished or not."""
    require_right(acting_user, connection.connector, VIEW)
    rows = SyncRun.objects.filter(connection_id=connection.pk, flow=flow, direction=direction, kind=Kind.DRY_RUN)
    return rows.defer("technical", "checkpoint").order_by("-requested_at", "-id").first()


def latest_plans(connection: Connection, *, acting_user: Actor) -> dict[tuple[str, str], SyncRun]:
    """The newest dry run of each flow and direction, finished or not: one query."""
    require_right(acting_user, connection.connector, VIEW)
    rows = SyncRun.objects.filter(connection_id=connection.pk, kind=Kind.DRY_RUN).defer("technical", "checkpoint")
    newest = rows.order_by("flow", "direction", "-requested_at", "-id").distinct("flow", "direction")
    return {(run.flow, run.direction): run for run in newest}


def open_records(connection: Connection, *, acting_user: Actor) -> QuerySet[SyncRecord]:
    """Records that were refused and wait for somebody, with their run. Aircraft have a page of their own."""
    require_right(acting_user, connection.connector, VIEW)
    found = SyncRecord.objects.filter(connection_id=connection.pk, is_open=True).exclude(dataset=Dataset.AIRCRAFT)
    return found.select_related("run")


def refusals(connection: Connection, *, acting_user: Actor) -> list[Refused]:
    """Open records by kind, the most frequent first: two queries."""
    rows = open_records(connection, acting_user=acting_user).select_related(None)
    counts = list(rows.order_by().values_list("code").annotate(count=Count("pk")).order_by("-count"))
    examples = dict(rows.order_by("code", "id").distinct("code").values_list("code", "reason"))
    return [Refused(code, count, examples.get(code, "")) for code, count in counts]


def chosen_records(connection: Connection, ids: Sequence[UUID], *, acting_user: Actor) -> list[SyncRecord]:
    """Those of these records that are open and belong to the connection."""
    return list(open_records(connection, acting_user=acting_user).filter(pk__in=ids))
