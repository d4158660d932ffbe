"""Telling people by e-mail. A mail server that is down is tried again for a day; nobody waits for it."""

from datetime import timedelta
from smtplib import SMTPException

import structlog
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from hangarlink.integration.alerts.actions import MAIL_TASK, mail_subject
from hangarlink.integration.alerts.models import AlertMail
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.addresses import account_url
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

log = structlog.get_logger(__name__)
TRIED_FOR = timedelta(days=1)
TRY_EVERY = 300


@task(MAIL_TASK)
def send_alert_mails(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - schedules name a subject
    """Send what waits. Whom a message could not reach in a day finds it on the page."""
    while (waiting := _next(account)) is not None:
        if not _send(account, waiting):
            _look_again(account, every=TRY_EVERY)
            return
        with acting_in(account):
            AlertMail.objects.filter(pk=waiting.pk).update(sent_at=timezone.now())
    _look_again(account, every=None)


def _next(account: Account) -> AlertMail | None:
    with acting_in(account):
        AlertMail.objects.filter(sent_at=None, wanted_at__lt=timezone.now() - TRIED_FOR).delete()
        waiting = AlertMail.objects.filter(sent_at=None, membership__is_active=True, membership__user__is_active=True)
        return waiting.select_related("alert", "membership__user").order_by("wanted_at", "id").first()


def _send(account: Account, waiting: AlertMail) -> bool:
    alert = waiting.alert
    subject = f"{'Over' if waiting.is_recovery else 'Look'}: {alert.label} ({account.name})"
    context = {
        "account": account,
        "alert": alert,
        "is_recovery": waiting.is_recovery,
        "link": account_url(account, reverse("alerts:list")),
    }
    body = render_to_string("alerts/mail/alert.txt", context)
    try:
        # A name with a line break must not become a second header.
        EmailMessage(" ".join(subject.split()), body, to=[waiting.membership.user.email]).send()
    except (OSError, SMTPException) as error:
        log.warning("alert_not_mailed", alert=str(alert.id), error=type(error).__name__)
        return False
    return True


def _look_again(account: Account, *, every: int | None) -> None:
    with acting_in(account):
        set_schedule(account, MAIL_TASK, mail_subject(account), every_seconds=every)
