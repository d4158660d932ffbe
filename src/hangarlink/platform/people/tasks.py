"""Jobs that send e-mail. Secrets are made here, at the moment of sending, so that none waits in the queue's table."""

from smtplib import SMTPException
from uuid import UUID

import structlog
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from hangarlink.platform.jobs.queue import task
from hangarlink.platform.people import mail, queries
from hangarlink.platform.people.actions.invitations import issue_token
from hangarlink.platform.people.links import invitation_link, password_link
from hangarlink.platform.people.models import Invitation
from hangarlink.platform.tenancy.addresses import account_url
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

log = structlog.get_logger(__name__)
FAILURES = (OSError, SMTPException)


@task("people.send_invitation")
def send_invitation(account: Account, *, invitation_id: str) -> None:
    """Make a token, commit its hash, then send the link: a message that arrives always works."""
    with acting_in(account):
        invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
        if invitation is None or not invitation.is_open(timezone.now()) or invitation.sent_at:
            return
        inviter = str(invitation.invited_by or "")
        token = issue_token(invitation)
    error = ""
    try:
        mail.send(
            "invitation",
            invitation.email,
            account=account,
            subject=f"Join {account.name}",
            inviter=inviter,
            link=invitation_link(account, token),
            expires_at=invitation.expires_at,
        )
    except FAILURES as failure:
        error = f"The mail server refused: {type(failure).__name__}"
        log.warning("invitation_not_sent", invitation=invitation_id, error=type(failure).__name__)
    with acting_in(account):
        Invitation.objects.filter(pk=invitation_id).update(sent_at=None if error else timezone.now(), send_error=error)


@task("people.send_password_reset")
def send_password_reset(account: Account, *, user_id: str) -> None:
    """Send a link for a new password to an active member. Anybody else gets nothing, and nobody learns which it was."""
    with acting_in(account):
        member = queries.active_membership(UUID(user_id))
    if member is None or not mail.is_sent():
        return
    user = member.user
    _send_or_log(
        "password_reset",
        user.email,
        account=account,
        subject=f"New password for {account.name}",
        email=user.email,
        link=password_link(account, user),
    )


@task("people.send_security_notice")
def send_security_notice(account: Account, *, user_id: str, what: str, at: str) -> None:
    """Tell a member that their sign-in was changed."""
    with acting_in(account):
        member = queries.active_membership(UUID(user_id))
    if member is None:
        return
    _send_or_log(
        "security_notice",
        member.user.email,
        account=account,
        subject=f"Your sign-in at {account.name} was changed",
        email=member.user.email,
        what=what,
        at=parse_datetime(at),
        link=account_url(account, reverse("account_reset_password")),
    )


def _send_or_log(template: str, to: str, *, account: Account, subject: str, **context: object) -> None:
    try:
        mail.send(template, to, account=account, subject=subject, **context)
    except FAILURES as failure:
        log.warning("mail_not_sent", template=template, error=type(failure).__name__)
