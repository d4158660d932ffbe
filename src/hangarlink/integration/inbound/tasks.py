"""The jobs: look at what arrived; forget what was done long ago."""

from datetime import timedelta

from django.utils import timezone

from hangarlink.integration.inbound.actions import PROCESS_TASK, TIDY_TASK, process
from hangarlink.integration.inbound.models import Hook, Received
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

# As long as a partner might send something again.
KEPT = timedelta(days=7)


@task(PROCESS_TASK)
def run_process(account: Account, subject_id: str) -> None:
    """Until nothing is waiting that can be done now."""
    done = 1
    while done:
        with acting_in(account):
            hook = Hook.objects.select_related("connection__account", "account").filter(pk=subject_id).first()
            done = process(hook) if hook is not None else 0


@task(TIDY_TASK)
def run_tidy(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - schedules name their subject
    with acting_in(account):
        Received.objects.filter(processed_at__isnull=False, received_at__lt=timezone.now() - KEPT).delete()
