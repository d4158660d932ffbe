"""`announce`: called by every action, inside its transaction."""

import json
from collections.abc import Iterable

from django.utils import timezone

from hangarlink.platform.database.prepared import prepared_cursor
from hangarlink.platform.events.registry import Event
from hangarlink.platform.jobs.bells import CHANNEL
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_ids

# One JSON document instead of model instances or arrays: a page of flights announces a thousand events. News for the
# followers, and their bells, ride on the same statement; for an account without followers that is one empty look-up.
_INSERT = """
WITH told AS (
    INSERT INTO outbox_event (id, account_id, type, version, at, data)
    SELECT w.id, %s, w.type, w.version, %s, w.data
    FROM jsonb_to_recordset(%s::jsonb) AS w (id uuid, type text, version smallint, data jsonb)
    RETURNING id, account_id
), news AS (
    INSERT INTO outbox_news (id, account_id, task, event_id)
    SELECT gen_random_uuid(), told.account_id, f.task, told.id
    FROM told JOIN outbox_follower f ON f.account_id = told.account_id
    RETURNING task, account_id
)
SELECT pg_notify(%s, task || ' ' || account_id) FROM (SELECT DISTINCT task, account_id FROM news) AS bells
"""


def announce(fact: Event) -> None:
    """Put one event into the outbox. It exists if, and only if, the transaction commits."""
    announce_many([fact])


def announce_many(facts: Iterable[Event]) -> None:
    """Put the events of a whole page into the outbox in one statement."""
    told = list(facts)
    if not told:
        return
    rows = [
        {"id": id, "type": fact.type, "version": fact.version, "data": fact.payload()}
        for id, fact in zip(new_ids(len(told)), told, strict=True)
    ]
    with prepared_cursor() as cursor:
        cursor.execute(_INSERT, [current_account().id, timezone.now(), json.dumps(rows), CHANNEL])
