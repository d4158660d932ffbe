"""Hand over what is due through one connection. The network is called outside any transaction of ours.

A message is marked as tried before it is sent: should the worker be killed in between, the next try knows that the
first may have arrived. Slack and mail have no way to ask, so a message may then arrive twice, never not at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import F
from django.utils import timezone

from hangarlink.integration.connections.health import note_failure, note_success
from hangarlink.integration.connections.line import PutOff
from hangarlink.integration.connections.models import Connection, ConnectionState, Stream
from hangarlink.integration.connections.pace import Pace
from hangarlink.integration.contract import (
    Change,
    DataError,
    Dataset,
    PartnerError,
    Pushed,
    Unreachable,
)
from hangarlink.integration.contract import Message as Record
from hangarlink.integration.notifications import partners
from hangarlink.integration.notifications.composing import compose
from hangarlink.integration.notifications.logged import log_batch
from hangarlink.integration.notifications.models import Message, State
from hangarlink.integration.notifications.rules import next_try
from hangarlink.integration.notifications.waking import look_again
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

log = structlog.get_logger(__name__)
AT_A_TIME = 20
# A message that is being sent is left alone for so long; then its worker is taken for dead.
LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Batch:
    """Messages taken for sending, in the connector's terms."""

    connection: Connection
    changes: tuple[Change[Record], ...]


def send_due(account: Account, connection_id: UUID, *, pace: Pace | None = None) -> int:
    """Send everything that is due; return how many messages were handed over. Not to be called in a transaction."""
    sent = 0
    while (batch := _claim(account, connection_id)) is not None:
        handed, went_well = _push(account, batch, pace)
        sent += handed
        if not went_well:
            break
    with acting_in(account):
        look_again(connection_id, while_on=may_send(connection_id))
    return sent


def may_send(connection_id: UUID) -> bool:
    """Whether anything may go through this connection now: it is active and its messages are switched on."""
    streams = Stream.objects.filter(
        connection_id=connection_id, flow=Flow.MESSAGES, direction=Direction.OUT, is_enabled=True
    )
    return streams.filter(connection__state=ConnectionState.ACTIVE).exists()


def _claim(account: Account, connection_id: UUID) -> Batch | None:
    """Take the next messages and write their texts. None when nothing is due, or nothing may be sent now."""
    now = timezone.now()
    with acting_in(account):
        if not may_send(connection_id):
            return None
        connection = Connection.objects.select_related("account").get(pk=connection_id)
        due = Message.objects.filter(connection_id=connection_id, state=State.WAITING, not_before__lte=now)
        taken = list(
            due.select_for_update(skip_locked=True, of=("self",))
            .select_related("rule")
            .order_by("not_before", "id")[:AT_A_TIME]
        )
        if not taken:
            return None
        records = compose(account, taken)
        changes = tuple(Change(str(m.id), records[m.id], is_repeat=m.is_unsure) for m in taken)
        Message.objects.filter(pk__in=[m.id for m in taken]).update(
            attempts=F("attempts") + 1, not_before=now + LEASE, is_unsure=True
        )
        return Batch(connection, changes)


def _push(account: Account, batch: Batch, pace: Pace | None) -> tuple[int, bool]:
    """Send a batch; how many arrived, and whether the partner is well enough to go on."""
    left = {change.key for change in batch.changes}
    began = timezone.now()
    handed = 0
    failure: PartnerError | None = None
    try:
        with partners.speaking_to(account, batch.connection, pace=pace) as connector:
            for pushed in _pushed(connector.push(Dataset.MESSAGES, batch.changes), left):
                left.discard(pushed.key)
                handed += arrived(pushed)
                _note(account, pushed)
    except PutOff as error:
        failure = error
        _put_off(account, left, error)
    except PartnerError as error:
        failure = error
        _try_later(account, batch.connection, left, error)
    refused = len(batch.changes) - len(left) - handed
    with acting_in(account):
        if handed and failure is None:
            note_success(batch.connection)
        log_batch(batch.connection, started_at=began, sent=handed, refused=refused, waiting=len(left), error=failure)
    return handed, failure is None


def arrived(pushed: Pushed) -> bool:
    """Whether the partner has it; also when it refused some of several recipients."""
    return pushed.error is None or bool(pushed.external_id)


def _pushed(told: Iterator[Pushed], asked: set[str]) -> Iterator[Pushed]:
    """What the connector says of what it was asked, and nothing else."""
    return (pushed for pushed in told if pushed.key in asked)


def _note(account: Account, pushed: Pushed) -> None:
    now = timezone.now()
    error, is_sent = pushed.error, arrived(pushed)
    with acting_in(account):
        Message.objects.filter(pk=pushed.key, state=State.WAITING).update(
            state=State.SENT if is_sent else State.REFUSED,
            sent_at=now if is_sent else None,
            external_id=pushed.external_id[:120],
            is_unsure=False,
            code=error.code if error else "",
            note=str(error)[:300] if error else "",
        )


def _put_off(account: Account, keys: Sequence[str] | set[str], error: PutOff) -> None:
    """The partner named a time: no failure of anybody."""
    with acting_in(account):
        Message.objects.filter(pk__in=keys, state=State.WAITING).update(
            not_before=timezone.now() + timedelta(seconds=error.seconds),
            attempts=F("attempts") - 1,
            is_unsure=False,
            code=error.code,
            note=str(error)[:300],
        )


def _try_later(account: Account, connection: Connection, keys: set[str], error: PartnerError) -> None:
    """The partner is down or refuses us: everything waits, somebody is told where the table says so."""
    now = timezone.now()
    unsure = isinstance(error, Unreachable) and error.may_have_arrived
    log.info("messages_not_sent", connection=str(connection.id), code=error.code, messages=len(keys))
    with acting_in(account):
        waiting = list(Message.objects.select_for_update().filter(pk__in=keys, state=State.WAITING))
        for number, message in enumerate(waiting):
            when = next_try(message.attempts, since=message.due_at, now=now)
            message.state = State.WAITING if when else State.REFUSED
            message.not_before = when or now
            # Only the one that was under way when the line broke can have arrived; the others were not sent at all.
            message.is_unsure = unsure and number == 0
            message.code, message.note = error.code, str(error)[:300]
        Message.objects.bulk_update(waiting, ["state", "not_before", "is_unsure", "code", "note"])
        if not isinstance(error, DataError):
            note_failure(connection, error)
