"""Recent use grows old by itself: a job brings it up to date once a day."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet.ledger import recent
from hangarlink.fleet.ledger.lock import lock_aircraft, lock_free_aircraft
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.rules.recent import Window, window
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

TASK = "fleet.refresh_recent_use"
DAY = 24 * 3600
BATCH = 200


def refresh_recent_use(account: Account) -> int:
    """Bring recent use of every counter up to date; return how many changed. Three statements per 200 aircraft.

    Derived values only: no audit row and no event. Each batch commits by itself, so no sync waits for all of them, and
    waits for nobody: an aircraft that is being written to is done afterwards, by itself.
    """
    with acting_in(account):
        aircraft = list(Aircraft.objects.order_by("id").values_list("id", flat=True))
    days, changed = window(timezone.now(), account.utilisation_days), 0
    busy: list[UUID] = []
    for first in range(0, len(aircraft), BATCH):
        batch = aircraft[first : first + BATCH]
        with acting_in(account):
            free = lock_free_aircraft(batch)
            changed += _refresh(free, days)
        busy += [each for each in batch if each not in free]
    for each in busy:
        with acting_in(account):
            changed += _refresh(lock_aircraft([each]), days)
    return changed


def _refresh(aircraft_ids: Iterable[UUID], days: Window) -> int:
    counters = Counter.objects.filter(aircraft_id__in=list(aircraft_ids), formula__isnull=True)
    return recent.refresh(list(counters.values_list("id", flat=True)), days)


@transaction.atomic
def schedule_recent_use(account: Account) -> None:
    """Have it refreshed every midnight UTC. The first aircraft of an account does this; harmless to repeat."""
    if not Schedule.objects.filter(account=account, task=TASK, subject_id=account.id).exists():
        set_schedule(account, TASK, account.id, every_seconds=DAY)
