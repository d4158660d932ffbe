"""How a connection has been doing: its runs day by day, and streams that do not get any further. Set-wise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import VIEW, require_right
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, Kind, State
from hangarlink.platform.people.permissions import Actor

DAYS = 14
# As many of the last runs are compared. A place that stands still for fewer than STUCK runs is an ordinary quiet hour.
LOOKED_AT = 200
STUCK = 3


@dataclass(frozen=True)
class Day:
    """The runs that were asked for on one day (UTC).

    refused  records that were rejected or failed in them
    """

    day: date
    runs: int
    failed: int
    refused: int


@dataclass(frozen=True)
class Standstill:
    """A stream whose last `runs` runs, all of them good, ended at the same place."""

    flow: Flow
    direction: Direction
    runs: int


@dataclass(frozen=True)
class Health:
    """days: one for each of the last fourteen, oldest first, today the last."""

    days: tuple[Day, ...]
    standstills: tuple[Standstill, ...]

    @property
    def runs(self) -> int:
        return sum(day.runs for day in self.days)

    @property
    def failed(self) -> int:
        return sum(day.failed for day in self.days)


def health(connection: Connection, *, acting_user: Actor, now: datetime | None = None) -> Health:
    """Two queries, whatever the length of the log. Needs the right to see the connection's area."""
    require_right(acting_user, connection.connector, VIEW)
    today = (now or timezone.now()).astimezone(UTC).date()
    rows = SyncRun.objects.filter(connection_id=connection.pk, kind=Kind.RUN).exclude(state__in=UNFINISHED)
    return Health(_days(rows, today), _standstills(rows))


def _days(rows: Any, today: date) -> tuple[Day, ...]:
    first = today - timedelta(days=DAYS - 1)
    counted = (
        rows.filter(requested_at__gte=datetime(first.year, first.month, first.day, tzinfo=UTC))
        .annotate(day=TruncDate("requested_at", tzinfo=UTC))
        .order_by()
        .values("day")
        .annotate(
            runs=Count("pk"),
            broken=Count("pk", filter=Q(state=State.FAILED)),
            refused=Sum("rejected") + Sum("failed"),
        )
    )
    found = {row["day"]: row for row in counted}
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return tuple(
        Day(day, found[day]["runs"], found[day]["broken"], found[day]["refused"]) if day in found else Day(day, 0, 0, 0)
        for day in days
    )


def _standstills(rows: Any) -> tuple[Standstill, ...]:
    good = rows.filter(state__in=(State.SUCCEEDED, State.PARTIAL)).order_by("-requested_at", "-id")
    places: dict[tuple[str, str], list[Any]] = {}
    for flow, direction, checkpoint in good.values_list("flow", "direction", "checkpoint")[:LOOKED_AT]:
        places.setdefault((flow, direction), []).append((checkpoint or {}).get("cursors"))
    found = ((*key, stands_for(cursors)) for key, cursors in sorted(places.items()))
    return tuple(Standstill(Flow(flow), Direction(way), runs) for flow, way, runs in found if runs >= STUCK)


def stands_for(cursors: Sequence[Any]) -> int:
    """How many runs on end, newest first, ended at the same place; a run that reached none moved nothing either.

    1 means that the last run moved on. Where no run ever reached a place there is nothing to stand still.
    """
    newest = next((cursor for cursor in cursors if cursor), None)
    if newest is None:
        return 0
    count = 0
    for cursor in cursors:
        if cursor and cursor != newest:
            break
        count += 1
    return count
