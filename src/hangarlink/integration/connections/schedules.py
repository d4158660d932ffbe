"""How often a flow runs by itself. The grid starts at midnight UTC, so daily means midnight UTC."""

from django.db.transaction import atomic

from hangarlink.integration.connections import events
from hangarlink.integration.connections.catalogue import manifest_of
from hangarlink.integration.connections.models import Connection, Frequency, Stream
from hangarlink.integration.connections.rights import require_run
from hangarlink.integration.synclog.vocabulary import Direction
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.following import follow, unfollow
from hangarlink.platform.jobs.queue import enqueue, lock_of
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.people.permissions import Actor

# Source: requirements/3, "Scheduled sync". None: only when somebody asks. Real time is not by the clock, but what a
# lost hint left out is caught up at midnight.
DAY = 24 * 3600
FREQUENCIES: dict[str, int | None] = {
    "hourly": 3600,
    "six_hourly": 6 * 3600,
    "daily": DAY,
    "manual": None,
    "real_time": DAY,
}
# At their hour these read everything again, not only what changed.
RECONCILING = frozenset({"daily", "real_time"})
# The jobs are declared in integration.sync.tasks, which stands above this module.
SCHEDULED_TASK = "integration.scheduled"
WAKE_TASK = "integration.wake"
NEWS_TASK = "integration.news"


@atomic
def set_frequency(stream: Stream, frequency: str, *, acting_user: Actor) -> Stream:
    """Run a stream hourly, six_hourly, daily, in real_time, or (manual) never by itself. Events: connection.changed.

    Needs manage_sync of the connection's area. Raises RuleBroken before a plan of the flow was looked at.
    """
    if frequency not in FREQUENCIES:
        raise RuleBroken(f"{frequency} is not a frequency. Choose {', '.join(FREQUENCIES)}.", field="frequency")
    held = Stream.objects.select_for_update().select_related("connection", "account").get(pk=stream.pk)
    require_run(acting_user, held.connection.connector, held.flow)
    _check_offered(held.connection, frequency)
    every = FREQUENCIES[frequency]
    if every is not None and held.planned_at is None:
        raise RuleBroken(f"Look at a dry run of {held} first: it shows what would be written.", field="frequency")
    if every is not None and not held.is_enabled:
        raise RuleBroken(f"{held} is switched off. Switch it on first.", field="frequency")
    if held.frequency == frequency:
        return held
    record(acting_user, held.connection, "scheduled", old={held.flow: held.frequency}, new={held.flow: frequency})
    held.frequency = frequency
    held.save(update_fields=["frequency"])
    reschedule(held)
    announce(events.ConnectionChanged(held.connection_id))
    return held


def _check_offered(connection: Connection, frequency: str) -> None:
    """By hand is always possible; what else, the connector says."""
    manifest = manifest_of(connection.connector)
    offered = [one.value for one in manifest.frequencies]
    if frequency not in {*offered, Frequency.MANUAL.value}:
        raise RuleBroken(f"{manifest.name} does not run {frequency}. Choose {', '.join(offered)}.", field="frequency")


def reschedule(stream: Stream) -> None:
    """Make the schedule what the stream says. Inside the action's transaction."""
    every = FREQUENCIES[stream.frequency] if stream.is_enabled else None
    Stream.objects.filter(pk=stream.pk).update(every_seconds=every)
    stream.every_seconds = every
    set_schedule(stream.account, SCHEDULED_TASK, stream.id, every_seconds=every)
    if stream.direction == Direction.OUT:
        _listen()


def nudge(stream: Stream) -> None:
    """Let a stream run soon, as if its hour had come. Inside a transaction."""
    enqueue(SCHEDULED_TASK, stream.account, lock=lock_of(stream.id), subject_id=str(stream.id))


def _listen() -> None:
    """Hear of what happens here while, and only while, something wants to send it in real time."""
    wanted = Stream.objects.filter(is_enabled=True, direction=Direction.OUT, frequency=Frequency.REAL_TIME)
    if wanted.exists():
        follow(NEWS_TASK)
    else:
        unfollow(NEWS_TASK)


def unschedule(connection: Connection) -> None:
    """Switch off every stream of a connection. Call inside the action's transaction."""
    for stream in Stream.objects.filter(connection=connection).select_related("account"):
        set_schedule(stream.account, SCHEDULED_TASK, stream.id, every_seconds=None)
    rows = Stream.objects.filter(connection=connection)
    rows.update(every_seconds=None, frequency=Frequency.MANUAL, is_enabled=False)
    _listen()
    set_schedule(connection.account, WAKE_TASK, connection.id, every_seconds=None)
