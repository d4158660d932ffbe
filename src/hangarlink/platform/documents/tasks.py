"""Daily tidying of files."""

from hangarlink.platform.documents.actions import sweep_orphans
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

TIDY = "documents.tidy"


@task(TIDY, daily=True)
def tidy(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - schedules name their subject
    """Delete files that no document names: a transaction that was rolled back left them behind."""
    with acting_in(account):
        sweep_orphans()
