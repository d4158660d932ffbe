"""The jobs: the pump, and the daily tidying."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from hangarlink.integration.webhooks.actions import DELIVER_TASK, TIDY_TASK
from hangarlink.integration.webhooks.delivery.pump import Pump
from hangarlink.integration.webhooks.models import Endpoint
from hangarlink.platform.events.following import LOOK_EVERY
from hangarlink.platform.jobs.bells import ring, subject_of
from hangarlink.platform.jobs.queue import WEBHOOKS, task
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

# A statement deletes so many at once, so that nothing waits long for its locks.
SLICE = 10_000
_TIDY = """
WITH old AS (
    SELECT id FROM webhook_delivery WHERE account_id = %s AND state <> 'pending' AND event_at < %s LIMIT %s
), tries AS (
    DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM old)
)
DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM old)
"""


@task(DELIVER_TASK, queue=WEBHOOKS, rung=True)
def deliver(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - schedules name their subject
    """Deliver what is due, and come again when the next one is."""
    with Pump(account) as pump:
        due_at = pump.run()
    with acting_in(account):
        if pump.was_cut:
            ring(DELIVER_TASK, account)
        if not Endpoint.objects.exists():
            return
        # What is due and could not be sent (a secret that cannot be read) must not turn this into a loop.
        next_at = max(due_at, timezone.now() + timedelta(seconds=1)) if due_at else None
        set_schedule(
            account, DELIVER_TASK, subject_of(DELIVER_TASK, account), every_seconds=LOOK_EVERY, next_at=next_at
        )


@task(TIDY_TASK, queue=WEBHOOKS)
def tidy(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - schedules name their subject
    """Delete finished deliveries that are older than the operator keeps them."""
    before = timezone.now() - timedelta(days=settings.HANGARLINK_WEBHOOK_DAYS)
    deleted = SLICE
    while deleted == SLICE:
        with acting_in(account), connection.cursor() as cursor:
            cursor.execute(_TIDY, [account.id, before, SLICE])
            deleted = cursor.rowcount
