"""When the two jobs of this room run: one takes news from the outbox, one per connection sends what is due."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from hangarlink.integration.notifications.models import Message, State
from hangarlink.platform.jobs.queue import enqueue, lock_of
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.context import current_account

NEWS_TASK = "notifications.news"
SEND_TASK = "notifications.send"
# Digests are due at full hours of any time zone, so at quarters of an hour UTC; a retry is looked for each minute.
SOON, LATER = 60, 900
NEAR = timedelta(minutes=30)


def send_soon(connection_id: UUID) -> None:
    """Send what is due through this connection once the surrounding transaction commits."""
    enqueue(SEND_TASK, current_account(), lock=lock_of(connection_id), subject_id=str(connection_id))


def look_again(connection_id: UUID, *, while_on: bool = True) -> None:
    """Keep the schedule that fits what still waits: none when nothing does, so that a quiet rule costs nothing.

    while_on  False: nothing may be sent now; the event of its being resumed starts it again
    """
    waiting = (
        Message.objects.filter(connection_id=connection_id, state=State.WAITING) if while_on else Message.objects.none()
    )
    first = waiting.aggregate(first=Min("not_before"))["first"]
    every = None if first is None else SOON if first <= timezone.now() + NEAR else LATER
    set_schedule(current_account(), SEND_TASK, connection_id, every_seconds=every)
