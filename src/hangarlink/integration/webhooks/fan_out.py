"""From events to deliveries, in statements over sets: which endpoint gets which event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hangarlink.integration.webhooks.catalogue import READERS
from hangarlink.integration.webhooks.events import TESTED
from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.platform.events.following import TAKEN
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import Feature

# An event `e` and an endpoint `w` belong together. Parameters: see `_wanted`.
_WANTED = """
    (w.event_types = '{}' OR e.type = ANY(w.event_types) OR e.type = %s)
    AND (e.type <> %s OR e.data ->> 'endpoint_id' = w.id::text)
    AND (w.application_id IS NULL OR e.type = %s OR EXISTS (
        SELECT 1 FROM oauth_application a
        JOIN unnest(%s::text[], %s::text[]) AS reader (noun, scope) ON reader.noun = split_part(e.type, '.', 1)
        WHERE a.id = w.application_id AND a.revoked_at IS NULL AND reader.scope = ANY(a.scopes) AND %s
    ))
    AND (NOT w.changed_fields ? e.type OR NOT e.data ? 'changed'
        OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(e.data -> 'changed') AS one
                   WHERE w.changed_fields -> e.type ? one.value))
"""
_FAN_OUT = f"""{TAKEN}, made AS (
    INSERT INTO webhook_delivery
        (id, account_id, endpoint_id, event_id, event_type, event_at, state, due_at, attempts, replays, last_outcome)
    SELECT gen_random_uuid(), e.account_id, w.id, e.id, e.type, e.at, 'pending', e.at, 0, 0, ''
    FROM outbox_event e JOIN webhook_endpoint w ON w.account_id = e.account_id AND w.state = 'active' AND {_WANTED}
    WHERE e.id = ANY(ARRAY(SELECT event_id FROM taken))
    ON CONFLICT (endpoint_id, event_id) DO NOTHING
)
SELECT count(*) FROM taken
"""  # noqa: S608 - constants
_MISSED = f"""
INSERT INTO webhook_delivery
    (id, account_id, endpoint_id, event_id, event_type, event_at, state, due_at, attempts, replays, last_outcome)
SELECT gen_random_uuid(), e.account_id, w.id, e.id, e.type, e.at, 'pending', e.at, 0, 0, ''
FROM outbox_event e JOIN webhook_endpoint w ON w.id = %s
WHERE e.account_id = %s AND e.at >= %s AND e.at >= w.created_at AND {_WANTED}
ON CONFLICT (endpoint_id, event_id) DO NOTHING
"""  # noqa: S608 - constants
_AGAIN = """
UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = event_at,
    replays = replays + CASE WHEN last_at IS NULL THEN 0 ELSE 1 END
WHERE account_id = %s AND endpoint_id = %s AND event_at >= %s AND state = ANY(%s)
"""


def fan_out(task: str, *, limit: int) -> int:
    """Make deliveries of the next events that wait for it; return how many events were taken."""
    with connection.cursor() as cursor:
        cursor.execute(_FAN_OUT, [current_account().id, task, limit, *_wanted()])
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def repeat_since(endpoint: Endpoint, since: datetime, *, undelivered_only: bool) -> int:
    """Make an endpoint's deliveries of what happened since then pending again, and those it never had."""
    account_id = current_account().id
    states = ["pending", "failed", "skipped", *([] if undelivered_only else ["delivered"])]
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, [account_id, endpoint.id, since, states])
        again = int(cursor.rowcount)
        cursor.execute(_MISSED, [endpoint.id, account_id, since, *_wanted()])
        return again + int(cursor.rowcount)


def forget_endpoint(endpoint_id: UUID) -> None:
    """Delete an endpoint and its log in three statements, however long the log is."""
    of_endpoint: Sequence[Any] = [current_account().id, endpoint_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM webhook_attempt t USING webhook_delivery d "
            "WHERE t.delivery_id = d.id AND d.account_id = %s AND d.endpoint_id = %s",
            of_endpoint,
        )
        cursor.execute("DELETE FROM webhook_delivery WHERE account_id = %s AND endpoint_id = %s", of_endpoint)
        cursor.execute("DELETE FROM webhook_endpoint WHERE account_id = %s AND id = %s", of_endpoint)


def _wanted() -> list[Any]:
    """The parameters of `_WANTED`."""
    api_is_on = current_account().has_feature(Feature.OAUTH_API)
    return [TESTED, TESTED, TESTED, list(READERS), [scope.value for scope in READERS.values()], api_is_on]
