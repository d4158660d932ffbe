"""The programme's jobs."""

from typing import Any

from hangarlink.maintenance.programme.calendar import TASK, turn_calendar
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.tenancy.models import Account


@task(TASK)
def turn(account: Account, **_: Any) -> None:
    """Announce what the new day did to what is due."""
    turn_calendar(account)
