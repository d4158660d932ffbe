"""`drain`: carry out what is requested for one connection, in order, until nothing is left."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import Q
from django.utils import timezone

from hangarlink.integration.connections.catalogue import connector_of, is_switched_on
from hangarlink.integration.connections.dialling import open_line
from hangarlink.integration.connections.flows import DATASETS
from hangarlink.integration.connections.line import PutOff
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.pace import Pace, RealPace
from hangarlink.integration.connections.rights import ALSO_NEEDS
from hangarlink.integration.contract import Connector, Cursor, Dataset, Directions, Malformed, PartnerError
from hangarlink.integration.datasets.adapters import OWN_ADAPTERS, ROOMS
from hangarlink.integration.sync import ending
from hangarlink.integration.sync.again import try_again
from hangarlink.integration.sync.ahead import ahead
from hangarlink.integration.sync.batching import gathered
from hangarlink.integration.sync.guard import Halted, TakenOver, only_one
from hangarlink.integration.sync.interpreter import at_work
from hangarlink.integration.sync.itinerary import datasets_left
from hangarlink.integration.sync.models import PushAttempt
from hangarlink.integration.sync.paging import Journey, apply_absence, apply_page, fence
from hangarlink.integration.sync.pushing import plan, push, resume
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, Kind, State
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

log = structlog.get_logger(__name__)

# What a sync may do, whoever asked for it: record and correct usage, take over what others track, nothing else.
PERMISSIONS = frozenset({"fleet.view", "fleet.record_usage", "fleet.correct_usage", "tracked.record"})
LONGEST_RUN = timedelta(hours=2)
MOST_PAGES = 100_000
# Never listed as a whole: what is not in the list is not gone.
NEVER_LISTED = frozenset({Dataset.FLIGHT_TIMES, Dataset.COUNTER_TOTALS})

Watcher = Callable[[SyncRun], None]


class TookTooLong(PartnerError):
    """The run had its time. What it applied is complete, and the next run goes on from there."""

    code = "too_long"


@dataclass(frozen=True)
class Means:
    """What a drain works with; tests and benchmarks bring their own.

    pace     waiting
    dial     makes the connector's line for a connection
    watcher  told after every page, for progress bars
    """

    pace: Pace
    dial: Callable[..., Any] = open_line
    watcher: Watcher | None = None


def drain(account: Account, connection_id: UUID, means: Means | None = None) -> int | None:
    """Carry out every run of the connection that is due; return how many were ended or put off.

    None: somebody else is at it, and will also see what was requested meanwhile. Not to be called in a transaction.
    """
    means = means or Means(RealPace())
    ended = 0
    while True:
        with only_one(connection_id) as is_mine:
            if not is_mine:
                return ended or None
            while (journey := _begin(account, connection_id)) is not None:
                carry_out(journey, means)
                ended += 1
        # A request that came after our last look found the lock taken and went away.
        if not _is_due(account, connection_id):
            return ended


def carry_out(journey: Journey, means: Means) -> None:
    """One run, to its end or to where it is put off."""
    with structlog.contextvars.bound_contextvars(
        run=str(journey.run.id), partner=journey.connection.connector, flow=journey.run.flow
    ):
        try:
            with at_work():
                _end(journey, means)
        except TakenOver:
            log.warning("run_taken_over")


def _end(journey: Journey, means: Means) -> None:
    try:
        _travel(journey, means)
    except PutOff as error:
        ending.put_off(journey, error)
    except PartnerError as error:
        ending.failed(journey, error)
    except Halted as error:
        ending.halted(journey, str(error))
    except (TakenOver, OperationalError, InterfaceError):
        raise
    except Exception as error:
        # Whatever it is, the run must not stay "running" for ever.
        log.exception("run_broke")
        ending.broke(journey, "".join(traceback.format_exception(error)))
    else:
        ending.succeeded(journey)


def connection_actor(connection: Connection, flow: Flow = Flow.HOURS_CYCLES) -> Actor:
    """The connection as the one who acts: what the audit trail shows for what a sync wrote. It may do what this flow
    takes and nothing else."""
    needs = [ROOMS[dataset].needs for dataset in DATASETS[flow] if dataset in ROOMS and dataset not in OWN_ADAPTERS]
    permissions = frozenset[str]().union(*needs) if needs else PERMISSIONS
    if permission := ALSO_NEEDS.get(flow):
        permissions |= {permission}
    return Actor(ActorKind.CONNECTION, connection.id, connection.name, permissions)


def _due(connection_id: UUID, now: datetime) -> Q:
    waits = Q(state=State.WAITING, not_before__gt=now)
    return Q(connection_id=connection_id, state__in=UNFINISHED) & ~waits


def _is_due(account: Account, connection_id: UUID) -> bool:
    with acting_in(account):
        return SyncRun.objects.filter(_due(connection_id, timezone.now())).exclude(state=State.RUNNING).exists()


def _begin(account: Account, connection_id: UUID) -> Journey | None:
    """Take the oldest run that is due. A RUNNING one was interrupted: we hold the lock, so nobody carries it on."""
    with acting_in(account):
        now = timezone.now()
        due = SyncRun.objects.select_for_update().filter(_due(connection_id, now))
        run = due.order_by("requested_at", "id").first()
        if run is None:
            return None
        connection = Connection.objects.select_related("account").get(pk=connection_id)
        is_dry = run.kind == Kind.DRY_RUN
        if is_dry and run.starts:
            ending.clear_plan(run)
        run.state, run.starts, run.heartbeat_at = State.RUNNING, run.starts + 1, now
        run.started_at, run.not_before = run.started_at or now, None
        run.save()
        stream = Stream.objects.get(connection=connection, flow=run.flow, direction=run.direction)
        actor = connection_actor(connection, Flow(run.flow))
        journey = Journey(account, run, connection, stream, actor, run.starts, is_dry)
        journey.cursors = dict((run.checkpoint or {}).get("cursors") or {})
        return journey


def _travel(journey: Journey, means: Means) -> None:
    account, connection, run = journey.account, journey.connection, journey.run
    if not is_switched_on(connection.connector, account):
        raise Halted(f"{connection.name}: the feature is switched off for this account.")
    with acting_in(account):
        fence(journey)
    if not journey.stream.is_enabled:
        raise Halted(f"{connection.name}: {Flow(run.flow).label.lower()} was switched off.")
    kind = connector_of(connection.connector)
    datasets = [one for one in datasets_left(run, kind.manifest) if kind.carries(one, connection.options)]
    if run.direction == Direction.OUT and journey.is_dry:
        for dataset in datasets:
            plan(journey, dataset, lambda: _watch(journey, means))
        return
    with acting_in(account):
        fence(journey)
        line = means.dial(connection, pace=means.pace, deferrals=journey.epoch - 1)
    with line:
        connector = connector_of(connection.connector)(line, options=connection.options)
        for dataset in datasets:
            _move(journey, connector, dataset, means)


def _move(journey: Journey, connector: Connector, dataset: Dataset, means: Means) -> None:
    if journey.run.direction == Direction.OUT:
        push(journey, connector, dataset, lambda: _watch(journey, means))
        return
    if not journey.is_dry and _has_open_attempts(journey, dataset, connector):
        resume(journey, connector, dataset, lambda: _watch(journey, means))
    if not journey.run.options.get("only_again"):
        _pull(journey, connector, dataset, means)
    if dataset is not Dataset.COUNTER_TOTALS:
        try_again(journey, dataset)


def _has_open_attempts(journey: Journey, dataset: Dataset, connector: Connector) -> bool:
    """Whether a push was interrupted, and may go on: sending is still switched on."""
    if connector.manifest.datasets.get(dataset) not in {Directions.PUSH, Directions.BOTH}:
        return False
    with acting_in(journey.account):
        out = Stream.objects.filter(
            connection=journey.connection, flow=journey.run.flow, direction=Direction.OUT, is_enabled=True
        )
        attempts = PushAttempt.objects.filter(connection=journey.connection, dataset=dataset)
        return attempts.exists() and out.exists()


def _watch(journey: Journey, means: Means) -> None:
    if means.watcher is not None:
        means.watcher(journey.run)
    if timezone.now() - journey.began > LONGEST_RUN:
        raise TookTooLong(f"The run had its {LONGEST_RUN.seconds // 3600} hours. The next one goes on from here.")


def _pull(journey: Journey, connector: Connector, dataset: Dataset, means: Means) -> None:
    start = _start(journey, journey.stream, dataset)
    # Only a listing that began with its first page, here and now, tells what is no longer there.
    is_listing, seen = not start.values and dataset not in NEVER_LISTED, set[str]()
    batches = gathered(connector.pull(dataset, start), clock=time.monotonic)
    for count, page in enumerate(ahead(batches, beat=lambda: _heartbeat(journey)), 1):
        if is_listing:
            seen.update(one.external_id for one in (*page.records, *page.unreadable))
        apply_page(journey, dataset, page)
        if page.complete and is_listing:
            apply_absence(journey, dataset, seen)
        _watch(journey, means)
        if count >= MOST_PAGES:
            raise Malformed(f"The partner's list of {dataset.value} has no end.")


def _start(journey: Journey, stream: Stream, dataset: Dataset) -> Cursor:
    """Where this run was interrupted; else where the last one ended, or the beginning for a full run."""
    if dataset.value in journey.cursors:
        return Cursor(journey.cursors[dataset.value])
    if journey.run.options.get("full"):
        return Cursor()
    return Cursor(stream.cursors.get(dataset.value) or {})


def _heartbeat(journey: Journey) -> None:
    with acting_in(journey.account):
        fence(journey)
        SyncRun.objects.filter(pk=journey.run.pk).update(heartbeat_at=timezone.now())
