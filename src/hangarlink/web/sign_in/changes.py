"""When somebody's way of signing in changes, the audit trail keeps it and the person is told by e-mail."""

from django.utils import timezone

from hangarlink.platform.audit.actions import record
from hangarlink.platform.jobs.queue import enqueue, lock_of
from hangarlink.platform.people import mail, queries
from hangarlink.platform.people.models import User
from hangarlink.platform.tenancy.models import Account

# allauth's name of what happened -> audit action, and how the e-mail puts it. What allauth reports only after the
# transaction (a new app, new codes) is not here: the views note it themselves, so that it is never lost.
OF_ALLAUTH = {
    "account/email/password_changed": ("password_changed", "the password was changed"),
    "account/email/password_set": ("password_changed", "a password was set"),
    "account/email/password_reset": ("password_reset", "a new password was chosen through an e-mail link"),
    "mfa/email/totp_deactivated": ("authenticator_app_removed", "the authenticator app was removed"),
    "mfa/email/webauthn_added": ("passkey_added", "a passkey was added"),
    "mfa/email/webauthn_removed": ("passkey_removed", "a passkey was removed"),
}


def note(account: Account, user: User, action: str, what: str) -> None:
    """Record the change and queue the message."""
    member = queries.active_membership(user.pk)
    if member is None:
        return
    record(member.actor(), member, action)
    if mail.is_sent():
        enqueue(
            "people.send_security_notice",
            account,
            lock=lock_of(member.id),
            user_id=str(user.pk),
            what=what,
            at=timezone.now().isoformat(),
        )
