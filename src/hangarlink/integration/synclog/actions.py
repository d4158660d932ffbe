"""`log_call`: how the API logs one request. Runs of connections are written by `integration.sync`."""

from datetime import datetime

from django.utils import timezone

from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Kind, State, Trigger, Verdict
from hangarlink.platform.database.inserting import insert
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.context import current_account

TECHNICAL_LENGTH = 20_000


def log_call(
    *,
    flow: Flow,
    direction: Direction,
    acting_user: Actor,
    verdict: Verdict,
    summary: str = "",
    technical: str = "",
    code: str = "",
    count: int = 1,
    started_at: datetime | None = None,
) -> SyncRun:
    """Write one row for one API call: a single INSERT in the caller's transaction.

    verdict    what became of the record; READ with `count` for lists
    summary    one sentence that anybody with the log may read: no personal data, no secret
    technical  for administrators; pass nothing that holds a credential or a request's Authorization header
    code       the API's error code, e.g. "not_found"
    """
    now = timezone.now()
    refused = verdict in {Verdict.REJECTED, Verdict.FAILED}
    run = SyncRun(
        account=current_account(),
        connection_id=acting_user.id if acting_user.kind is ActorKind.CONNECTION else None,
        application_id=acting_user.id if acting_user.kind is ActorKind.APPLICATION else None,
        partner=acting_user.label[:120],
        flow=flow,
        direction=direction,
        kind=Kind.CALL,
        trigger=Trigger.API,
        requested_by=acting_user.id,
        requested_by_label=acting_user.label[:200],
        state=State.FAILED if refused else State.SUCCEEDED,
        requested_at=started_at or now,
        started_at=started_at or now,
        finished_at=now,
        code=code[:40],
        summary=summary[:300],
        technical=technical[:TECHNICAL_LENGTH],
    )
    setattr(run, verdict.value, count)
    insert([run])
    return run
