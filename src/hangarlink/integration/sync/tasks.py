"""The jobs of the engine. Each may run again after a crash: they carry on from rows, not from arguments."""

from uuid import UUID

from hangarlink.integration.connections.catalogue import is_switched_on
from hangarlink.integration.connections.flows import flow_of
from hangarlink.integration.connections.models import Connection, ConnectionState, Frequency, Stream
from hangarlink.integration.connections.schedules import NEWS_TASK, RECONCILING, SCHEDULED_TASK, WAKE_TASK
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.outgoing import announced_by, has_changed
from hangarlink.integration.sync.actions import PUMP_TASK, pump, request_run
from hangarlink.integration.sync.engine import drain
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, Trigger
from hangarlink.platform.events.following import take
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

NEWS_AT_ONCE = 1_000


@task(PUMP_TASK)
def run_pump(account: Account, connection_id: str) -> None:
    """Drain one connection. If somebody else is at it, look again in a minute: they might be killed."""
    if drain(account, UUID(connection_id)) is None:
        with acting_in(account):
            set_schedule(account, WAKE_TASK, UUID(connection_id), every_seconds=60)


@task(SCHEDULED_TASK)
def run_scheduled(account: Account, subject_id: str) -> None:
    """A stream's hour has come: ask for its run, unless the connection is paused or gone."""
    with acting_in(account):
        stream = Stream.objects.select_related("connection").filter(pk=subject_id).first()
        if stream is None or not stream.is_enabled or not stream.connection.is_active:
            return
        if is_switched_on(stream.connection.connector, account) and stream.planned_at is not None:
            request_run(
                stream.connection,
                Flow(stream.flow),
                direction=Direction(stream.direction),
                trigger=Trigger.SCHEDULE,
                full=stream.frequency in RECONCILING,
                acting_user=SYSTEM,
            )


@task(WAKE_TASK)
def run_wake(account: Account, subject_id: str) -> None:
    """Start the pump for a connection with unfinished runs; stop looking when there are none."""
    with acting_in(account):
        connection = Connection.objects.select_related("account").filter(pk=subject_id).first()
        if (
            connection is not None
            and SyncRun.objects.filter(connection_id=connection.id, state__in=UNFINISHED).exists()
        ):
            pump(connection)
        else:
            set_schedule(account, WAKE_TASK, UUID(subject_id), every_seconds=None)


@task(NEWS_TASK, rung=True)
def run_news(account: Account, subject_id: str = "") -> None:
    """Something happened here: streams that send in real time send it, if their partner has not seen it yet.

    What came from that very partner has been seen; so nothing is sent back and forth.
    """
    del subject_id
    while True:
        with acting_in(account):
            told = take(NEWS_TASK, limit=NEWS_AT_ONCE)
            datasets = {dataset for kind in {one.type for one in told} for dataset in announced_by(kind)}
            for stream in _in_real_time(datasets):
                request_run(
                    stream.connection,
                    Flow(stream.flow),
                    direction=Direction.OUT,
                    trigger=Trigger.EVENT,
                    acting_user=SYSTEM,
                )
        if len(told) < NEWS_AT_ONCE:
            return


def _in_real_time(datasets: set[Dataset]) -> list[Stream]:
    flows = {flow_of(dataset): dataset for dataset in datasets}
    rows = Stream.objects.select_related("connection__account").filter(
        flow__in=flows,
        direction=Direction.OUT,
        is_enabled=True,
        frequency=Frequency.REAL_TIME,
        planned_at__isnull=False,
        connection__state=ConnectionState.ACTIVE,
    )
    return [
        stream
        for stream in rows
        if is_switched_on(stream.connection.connector, stream.account)
        and any(has_changed(stream.connection, one) for one in datasets if flow_of(one) == stream.flow)
    ]
