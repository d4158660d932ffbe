"""Daily tidying of the outbox."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from hangarlink.platform.events.retention import remove_old_events
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.tenancy.models import Account

TIDY = "events.tidy"


@task(TIDY, daily=True)
def tidy(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - schedules name their subject
    """Delete events that are older than the operator keeps them, but for those that somebody still needs."""
    days = max(1, settings.HANGARLINK_EVENT_DAYS)
    remove_old_events(account, timezone.now() - timedelta(days=days))
