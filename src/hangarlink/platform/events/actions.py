"""`announce`: called by every action, inside its transaction."""

import json
from collections.abc import Iterable

from django.utils import timezone

from hangarlink.platform.database.prepared import prepared_cursor
from hangarlink.platform.events.registry import Event
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_ids

# One JSON document instead of model instances or arrays: a page of flights announces a thousand events.
_INSERT = """
INSERT INTO outbox_event (id, account_id, type, version, at, data)
SELECT w.id, %s, w.type, w.version, %s, w.data
FROM jsonb_to_recordset(%s::jsonb) AS w (id uuid, type text, version smallint, data jsonb)
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
        cursor.execute(_INSERT, [current_account().id, timezone.now(), json.dumps(rows)])
