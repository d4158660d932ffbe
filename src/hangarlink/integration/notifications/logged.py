"""The sync log's entry for what was sent through a connection: numbers and codes, like every other move of data.

No event is announced: a rule that tells of finished syncs would tell of its own messages for ever.
"""

from datetime import datetime

from django.utils import timezone

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.contract import PartnerError, redact
from hangarlink.integration.synclog.actions import TECHNICAL_LENGTH
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Kind, State, Trigger
from hangarlink.platform.audit.actions import record
from hangarlink.platform.database.inserting import insert
from hangarlink.platform.people.permissions import Actor, ActorKind


def log_batch(
    connection: Connection,
    *,
    started_at: datetime,
    sent: int,
    refused: int,
    waiting: int = 0,
    error: PartnerError | None = None,
) -> None:
    """One row, and one in the audit trail, for a batch of messages. Call inside the account's wall.

    refused  the partner will not have them; waiting: not handed over because of `error`, tried again later
    """
    state = State.FAILED if error and not sent else State.PARTIAL if error or refused else State.SUCCEEDED
    run = SyncRun(
        account=connection.account,
        connection_id=connection.id,
        partner=connection.name[:120],
        flow=Flow.MESSAGES,
        direction=Direction.OUT,
        kind=Kind.RUN,
        trigger=Trigger.EVENT,
        state=state,
        requested_at=started_at,
        started_at=started_at,
        finished_at=timezone.now(),
        code=error.code if error else "",
        summary=_summary(sent, refused, waiting, error)[:300],
        technical=redact(error.detail)[:TECHNICAL_LENGTH] if error else "",
        created=sent,
        rejected=refused,
        failed=waiting,
    )
    insert([run])
    actor = Actor(ActorKind.CONNECTION, connection.id, connection.name, frozenset())
    counts = {name: count for name, count in (("created", sent), ("rejected", refused), ("failed", waiting)) if count}
    record(actor, connection, "synced", new={"flow": Flow.MESSAGES, "kind": Kind.RUN, "state": state, **counts})


def _summary(sent: int, refused: int, waiting: int, error: PartnerError | None) -> str:
    parts = [f"{sent} sent"]
    parts += [f"{refused} not taken"] if refused else []
    parts += [f"{waiting} wait"] if waiting else []
    return f"{', '.join(parts)}.{f' {error}' if error else ''}"
