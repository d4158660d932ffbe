"""Daily tidying: tokens that expired, answers and counts nobody can ask for any more."""

from datetime import timedelta

from django.utils import timezone

from hangarlink.platform.applications.models import AccessToken, KeptAnswer, RequestWindow
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

TIDY = "applications.tidy"
ANSWERS_KEPT = timedelta(hours=24)
WINDOWS_KEPT = timedelta(days=1)


@task(TIDY)
def tidy(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - schedules name their subject
    """Delete expired tokens, kept answers older than a day, and request counts of long ago."""
    now = timezone.now()
    with acting_in(account):
        AccessToken.objects.filter(expires__lt=now).delete()
        KeptAnswer.objects.filter(made_at__lt=now - ANSWERS_KEPT).delete()
    RequestWindow.objects.filter(started_at__lt=now - WINDOWS_KEPT).delete()
