"""Aircraft Model Sync: which data sources there are, which models follow which, and what went wrong. Set-wise.

Source: requirements/2, "Aircraft Model Sync is not working"; contracts/flightlogger.md 4. The syncs themselves are
ordinary runs of connections to `connectors.model_source`.
"""

from dataclasses import dataclass

from django.db.models import Count

from hangarlink.fleet.models import AircraftModel
from hangarlink.integration.connections.models import Connection, ConnectionState, Stream
from hangarlink.integration.connections.rights import ALSO_NEEDS, MANAGE, VIEW, area_of, require_right, right
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Flow, Kind
from hangarlink.platform.people.permissions import Actor, require

CONNECTOR = "model_source"
MOST_SHOWN = 20


@dataclass(frozen=True)
class DataSource:
    """A data source: its connection, its stream, how many models follow it, and its newest run that has ended."""

    connection: Connection
    stream: Stream | None
    models: int
    last: SyncRun | None

    @property
    def is_active(self) -> bool:
        return self.connection.is_active and self.stream is not None and self.stream.is_enabled


@dataclass(frozen=True)
class Following:
    """A model that bears a data source; `is_followed` when a connection of that name is active."""

    model: AircraftModel
    is_followed: bool


@dataclass(frozen=True)
class ModelSync:
    sources: tuple[DataSource, ...]
    following: tuple[Following, ...]
    errors: tuple[SyncRecord, ...]


def may_sync(actor: Actor) -> bool:
    """Both rights: to run the connection, and to change aircraft models."""
    manage = right(area_of(CONNECTOR), MANAGE)
    return actor.may(manage) and actor.may(ALSO_NEEDS[Flow.AIRCRAFT_MODELS])


def model_sync(*, acting_user: Actor) -> ModelSync:
    """Everything that the page shows: six queries. Needs the right to see connections, and fleet.view."""
    require_right(acting_user, CONNECTOR, VIEW)
    require(acting_user, "fleet.view")
    connections = list(
        Connection.objects.filter(connector=CONNECTOR).exclude(state=ConnectionState.DISCONNECTED).order_by("name")
    )
    streams = {one.connection_id: one for one in Stream.objects.filter(connection__in=connections)}
    tied = AircraftModel.objects.exclude(external_data_source="")
    counts = dict(tied.order_by().values_list("external_data_source").annotate(count=Count("pk")))
    ids = [one.pk for one in connections]
    ended = SyncRun.objects.filter(connection_id__in=ids, kind=Kind.RUN).exclude(state__in=UNFINISHED)
    newest = ended.order_by("connection_id", "-requested_at", "-id").distinct("connection_id")
    last = {run.connection_id: run for run in newest.defer("technical", "checkpoint")}
    sources = tuple(
        DataSource(one, streams.get(one.pk), counts.get(one.name, 0), last.get(one.pk)) for one in connections
    )
    active = {source.connection.name for source in sources if source.is_active}
    rows = tied.order_by("external_data_source", "name")
    errors = SyncRecord.objects.filter(connection_id__in=ids, is_open=True).select_related("run").order_by("-id")
    return ModelSync(
        sources,
        tuple(Following(model, model.external_data_source in active) for model in rows),
        tuple(errors[:MOST_SHOWN]),
    )
