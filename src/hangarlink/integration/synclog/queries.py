"""The sync log, read. Technical detail leaves this module only for those who may see it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import connectors_outside, require_some_view
from hangarlink.integration.contract import Area
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, Kind, State, Verdict
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor


@dataclass(frozen=True)
class RunDetail:
    """A run with what the reader may know. `technical` is None for a reader without integrations.view_technical."""

    run: SyncRun
    records: QuerySet[SyncRecord]
    technical: str | None


def visible_runs(acting_user: Actor) -> QuerySet[SyncRun]:
    """Runs of the settings areas that this reader may see; calls of programs belong to Ops.

    Raises NotPermitted for a reader who may see none.
    """
    areas = require_some_view(acting_user)
    rows = SyncRun.objects.all()
    if hidden := connectors_outside(areas):
        rows = rows.exclude(connection_id__in=Connection.objects.filter(connector__in=hidden).values("pk"))
    return rows if Area.OPS in areas else rows.filter(connection_id__isnull=False)


def recent_runs(
    *,
    acting_user: Actor,
    flow: Flow | None = None,
    state: State | None = None,
    kind: Kind | None = None,
    connection_id: UUID | None = None,
    application_id: UUID | None = None,
) -> QuerySet[SyncRun]:
    """The log, newest first, narrowed by what is given and to the areas that the reader may see. Slice it."""
    wanted = {
        "flow": flow,
        "state": state,
        "kind": kind,
        "connection_id": connection_id,
        "application_id": application_id,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    found = visible_runs(acting_user).filter(**given).defer("technical", "checkpoint", "options")
    return found.order_by("-requested_at", "-id")


def run_detail(run_id: UUID, *, acting_user: Actor, verdict: Verdict | None = None) -> RunDetail:
    """One run with its records. Raises Missing, also for a run of an area that the reader may not see."""
    run = visible_runs(acting_user).filter(pk=run_id).defer("technical").first()
    if run is None:
        raise Missing("There is no such entry in this account's sync log.")
    records = SyncRecord.objects.filter(run=run).order_by("id")
    technical = None
    if acting_user.may("integrations.view_technical"):
        technical = SyncRun.objects.values_list("technical", flat=True).get(pk=run_id)
    return RunDetail(run, records if verdict is None else records.filter(verdict=verdict), technical)
