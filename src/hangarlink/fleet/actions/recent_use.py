"""Recent use grows old by itself: a job brings it up to date once a day."""

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet.ledger import recent
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.rules.recent import window
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

TASK = "fleet.refresh_recent_use"
DAY = 24 * 3600
BATCH = 200


def refresh_recent_use(account: Account) -> int:
    """Bring recent use of every counter up to date; return how many changed. Two statements per 200 aircraft.

    Derived values only: no audit row and no event. Each batch commits by itself, so no sync waits for all of them.
    """
    changed = 0
    days = window(timezone.now(), account.utilisation_days)
    with acting_in(account):
        aircraft = list(Aircraft.objects.order_by("id").values_list("id", flat=True))
    for first in range(0, len(aircraft), BATCH):
        with acting_in(account):
            locked = lock_aircraft(aircraft[first : first + BATCH])
            counters = Counter.objects.filter(aircraft_id__in=locked).values_list("id", flat=True)
            changed += recent.refresh(list(counters), days)
    return changed


@transaction.atomic
def schedule_recent_use(account: Account) -> None:
    """Have it refreshed every midnight UTC. Called when an account is set up; harmless to repeat."""
    set_schedule(account, TASK, account.id, every_seconds=DAY)
