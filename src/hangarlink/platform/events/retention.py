"""How long events are kept: until they are old, and nobody needs them any more."""

from datetime import datetime

from django.db import connection

from hangarlink.platform.events.needs import is_needed
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

# A transaction deletes so many, so that nothing waits long for its locks.
SLICE = 5_000


def remove_old_events(account: Account, before: datetime) -> int:
    """Delete what was announced before that moment and is not needed; return how many. Not inside `acting_in`."""
    # Conditions of rooms, no input. What is under way is left for tomorrow.
    statement = f"""
        DELETE FROM outbox_event WHERE id = ANY(ARRAY(
            SELECT e.id FROM outbox_event e
            WHERE e.account_id = %s AND e.at < %s AND NOT ({is_needed()})
            ORDER BY e.at, e.id LIMIT %s FOR UPDATE SKIP LOCKED
        ))
    """  # noqa: S608 - constants
    total, count = 0, SLICE
    while count == SLICE:
        with acting_in(account), connection.cursor() as cursor:
            cursor.execute(statement, [account.id, before, SLICE])
            count = cursor.rowcount
        total += count
    return total
