"""The database's side of delivering: which endpoints there are, what is due, what came of it. Statements over sets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook

from hangarlink.integration.webhooks.actions import PREVIOUS, SECRET
from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.integration.webhooks.vocabulary import DeliveryState, EndpointState, Outcome
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.vault import actions as vault
from hangarlink.platform.vault.queries import fields_of

# OFFSET 0: each event is looked up by its key, whatever the planner (mis)judges about tables that grow this fast.
_CLAIM = """
SELECT d.id, d.endpoint_id, d.event_id, d.due_at, d.attempts, e.type, e.at, e.data::text
FROM unnest(%s::uuid[], %s::int[], %s::bool[], %s::timestamptz[], %s::uuid[])
    AS want (endpoint_id, room, is_strict, after_due, after_event)
CROSS JOIN LATERAL (
    SELECT d.id, d.endpoint_id, d.event_id, d.attempts, d.due_at
    FROM webhook_delivery d
    WHERE d.endpoint_id = want.endpoint_id AND d.state = 'pending' AND (want.is_strict OR d.due_at <= %s)
        AND (d.due_at, d.event_id) > (want.after_due, want.after_event)
        AND d.id <> ALL(%s::uuid[])
    ORDER BY d.due_at, d.event_id LIMIT want.room
) d
CROSS JOIN LATERAL (SELECT type, at, data FROM outbox_event WHERE id = d.event_id OFFSET 0) e
ORDER BY d.due_at, d.event_id
"""
_BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
_SETTLE = """
WITH told AS (
    SELECT * FROM unnest(
        %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::int[], %s::int[], %s::text[],
        %s::int[]
    ) AS t (id, state, due_at, at, outcome, status, ms, answer, number)
), done AS (
    UPDATE webhook_delivery d SET
        state = t.state, due_at = COALESCE(t.due_at, d.due_at), attempts = t.number, last_at = t.at,
        last_outcome = t.outcome, last_status = t.status, last_ms = t.ms
    FROM told t WHERE d.id = t.id AND d.account_id = %s
    RETURNING d.id, d.account_id
)
INSERT INTO webhook_attempt (id, account_id, delivery_id, number, at, outcome, status, ms, answer)
SELECT gen_random_uuid(), done.account_id, t.id, t.number, t.at, t.outcome, t.status, t.ms, t.answer
FROM told t JOIN done USING (id)
"""
_HEALTH = """
UPDATE webhook_endpoint w SET
    failures = t.failures, failing_since = t.failing_since, held_until = t.held_until,
    last_success_at = COALESCE(t.last_success_at, w.last_success_at)
FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
    AS t (id, failures, failing_since, held_until, last_success_at)
WHERE w.id = t.id AND w.account_id = %s AND w.state = 'active'
"""
_NEXT_DUE = """
SELECT min(CASE WHEN w.held_until > first.due_at OR w.strict_order THEN COALESCE(w.held_until, first.due_at)
                ELSE first.due_at END)
FROM webhook_endpoint w CROSS JOIN LATERAL (
    SELECT due_at FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 'pending' ORDER BY due_at LIMIT 1
) first
WHERE w.account_id = %s AND w.state = 'active'
"""


@dataclass(slots=True)
class Parcel:
    """One delivery as claimed. `data` is the event's JSON."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    due_at: datetime
    attempts: int
    type: str
    at: datetime
    data: str


@dataclass(slots=True)
class Result:
    """What came of one attempt. `asked` are the seconds that the receiver asked for."""

    parcel: Parcel
    outcome: Outcome
    at: datetime
    ms: int
    status: int | None = None
    answer: str = ""
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A result with what follows from it, ready to be written."""

    result: Result
    state: DeliveryState
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint stands after a batch of results."""

    failures: int
    failing_since: datetime | None
    held_until: datetime | None
    last_success_at: datetime | None


def endpoints() -> list[Endpoint]:
    """Those that are sent to now. An application's endpoints are silent once it is revoked."""
    return list(
        Endpoint.objects.filter(state=EndpointState.ACTIVE, application__revoked_at=None).order_by("created_at", "id")
    )


def signers_of(endpoint: Endpoint) -> tuple[Webhook, ...]:
    """One per secret that signs now, the newest first. Raises Missing and what the vault raises."""
    names = [SECRET]
    if endpoint.previous_until and endpoint.previous_until > timezone.now() and PREVIOUS in fields_of(endpoint):
        names.append(PREVIOUS)
    return tuple(Webhook(vault.reveal(endpoint, name).reveal()) for name in names)


@dataclass(frozen=True, slots=True)
class Want:
    """How many deliveries an endpoint can take, and behind which one to look: what was handed out is not read again."""

    room: int
    is_strict: bool
    after: tuple[datetime, UUID] | None = None


def claim(wanted: Mapping[UUID, Want], *, except_for: Iterable[UUID], now: datetime) -> list[Parcel]:
    """The next due deliveries of these endpoints, but for those that are under way (`except_for`)."""
    if not wanted:
        return []
    after = [one.after or _BEGINNING for one in wanted.values()]
    columns: list[list[Any]] = [
        list(wanted),
        [one.room for one in wanted.values()],
        [one.is_strict for one in wanted.values()],
        [due for due, _ in after],
        [event for _, event in after],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [*columns, now, list(except_for)])
        return [Parcel(*row) for row in cursor.fetchall()]


def settle(settled: Sequence[Settled]) -> None:
    """Write the results of many attempts, and their rows in the log."""
    if not settled:
        return
    results = [one.result for one in settled]
    columns: list[list[Any]] = [
        [one.parcel.id for one in results],
        [one.state.value for one in settled],
        [one.due_at for one in settled],
        [one.at for one in results],
        [one.outcome.value for one in results],
        [one.status for one in results],
        [one.ms for one in results],
        [one.answer for one in results],
        [one.parcel.attempts + 1 for one in results],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [*columns, current_account().id])


def note_health(health: Mapping[UUID, Health]) -> None:
    """Write how endpoints stand."""
    if not health:
        return
    rows = list(health.values())
    columns: list[list[Any]] = [
        list(health),
        [row.failures for row in rows],
        [row.failing_since for row in rows],
        [row.held_until for row in rows],
        [row.last_success_at for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_HEALTH, [*columns, current_account().id])


def next_due() -> datetime | None:
    """When something is due again; None when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_DUE, [current_account().id])
        row = cursor.fetchone()
        return row[0] if row else None
