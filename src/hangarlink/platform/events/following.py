"""Following the outbox: every committed event reaches every follower of its account, also across a kill."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hangarlink.platform.events.models import Follower, News
from hangarlink.platform.jobs.bells import subject_of
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.context import current_account

# A bell can ring while no worker listens. The schedule is the second chance.
LOOK_EVERY = 300

# Parameters: account, task, limit. For statements that make something of the news without reading them out first.
# Arrays, because a planner that knows nothing of the table yet may run an IN (SELECT ... LIMIT) once for every row.
TAKEN = """
WITH taken AS (
    DELETE FROM outbox_news WHERE id = ANY(ARRAY(
        SELECT id FROM outbox_news WHERE account_id = %s AND task = %s
        ORDER BY event_id LIMIT %s FOR UPDATE SKIP LOCKED
    )) RETURNING event_id
)
"""
_TAKE = f"""{TAKEN}
SELECT e.id, e.type, e.at, e.data FROM outbox_event e
WHERE e.id = ANY(ARRAY(SELECT event_id FROM taken)) ORDER BY e.id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a follower gets it."""

    id: UUID
    type: str
    at: datetime
    data: dict[str, Any]


def follow(task: str) -> None:
    """Keep every event of this account from now on for a job `task(account, subject_id="")`, and start it for them."""
    account = current_account()
    _, is_new = Follower.objects.get_or_create(account=account, task=task)
    if is_new:
        set_schedule(account, task, subject_of(task, account), every_seconds=LOOK_EVERY)


def unfollow(task: str) -> None:
    """Keep nothing any more, and drop what was kept."""
    account = current_account()
    Follower.objects.filter(task=task).delete()
    News.objects.filter(task=task).delete()
    set_schedule(account, task, subject_of(task, account), every_seconds=None)


def take(task: str, *, limit: int) -> list[Told]:
    """The next events for a follower, in the order of their announcing. They come again if the transaction fails."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [current_account().id, task, limit])
        return [Told(id, type, at, json.loads(data)) for id, type, at, data in cursor.fetchall()]
