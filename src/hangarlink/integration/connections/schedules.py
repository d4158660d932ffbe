"""How often a flow runs by itself. The grid starts at midnight UTC, so daily means midnight UTC."""

from django.db.transaction import atomic

from hangarlink.integration.connections import events
from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.connections.rights import MANAGE, require_right
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.people.permissions import Actor

# Source: requirements/3, "Scheduled sync". None: only when somebody asks.
FREQUENCIES: dict[str, int | None] = {"hourly": 3600, "six_hourly": 6 * 3600, "daily": 24 * 3600, "manual": None}
# The jobs are declared in integration.sync.tasks, which stands above this module.
SCHEDULED_TASK = "integration.scheduled"
WAKE_TASK = "integration.wake"


@atomic
def set_frequency(stream: Stream, frequency: str, *, acting_user: Actor) -> Stream:
    """Run a flow hourly, six_hourly, daily, or (manual) never by itself. Events: connection.changed.

    Needs manage_sync of the connection's area. Raises RuleBroken before a plan of the flow was looked at.
    """
    if frequency not in FREQUENCIES:
        raise RuleBroken(f"{frequency} is not a frequency. Choose {', '.join(FREQUENCIES)}.", field="frequency")
    held = Stream.objects.select_for_update().select_related("connection", "account").get(pk=stream.pk)
    require_right(acting_user, held.connection.connector, MANAGE)
    every = FREQUENCIES[frequency]
    if every is not None and held.planned_at is None:
        raise RuleBroken(f"Look at a dry run of {held} first: it shows what would be written.", field="frequency")
    if held.every_seconds == every:
        return held
    record(acting_user, held.connection, "scheduled", old={held.flow: held.every_seconds}, new={held.flow: every})
    held.every_seconds = every
    held.save(update_fields=["every_seconds"])
    set_schedule(held.account, SCHEDULED_TASK, held.id, every_seconds=every)
    announce(events.ConnectionChanged(held.connection_id))
    return held


def unschedule(connection: Connection) -> None:
    """End every schedule of a connection. Call inside the action's transaction."""
    for stream in Stream.objects.filter(connection=connection).select_related("account"):
        set_schedule(stream.account, SCHEDULED_TASK, stream.id, every_seconds=None)
    Stream.objects.filter(connection=connection).update(every_seconds=None)
    set_schedule(connection.account, WAKE_TASK, connection.id, every_seconds=None)
