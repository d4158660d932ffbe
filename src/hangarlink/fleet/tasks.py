"""The fleet's jobs."""

from typing import Any

from hangarlink.fleet.actions.recent_use import TASK, refresh_recent_use
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.tenancy.models import Account


@task(TASK)
def refresh(account: Account, **_: Any) -> None:
    """Once a day per account; doing it twice changes nothing."""
    refresh_recent_use(account)
