"""Raise and clear, inside the transaction that noticed; and a person's own setting."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.integration.alerts.models import Alert, AlertChoice, AlertMail
from hangarlink.integration.alerts.rules import Kind
from hangarlink.platform.audit.actions import record
from hangarlink.platform.jobs.queue import enqueue, lock_of
from hangarlink.platform.people import mail
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.people.queries import members
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import Account

MAIL_TASK = "alerts.mail"


@atomic
def raise_alert(kind: Kind, subject_id: UUID, *, label: str, code: str, message: str, permission: str) -> Alert:
    """Open an incident, or count one that is open already. Those who can mend it are told when it opens, once.

    label       what people call the thing; message: what happened, for people, without a secret
    permission  who may mend it
    """
    now = timezone.now()
    known = Alert.objects.select_for_update().filter(subject_id=subject_id, code=code, closed_at=None).first()
    if known is not None:
        Alert.objects.filter(pk=known.pk).update(
            occurrences=F("occurrences") + 1, last_at=now, message=message[:300], label=label[:200]
        )
        return known
    alert = Alert.objects.create(
        account=current_account(),
        kind=kind,
        subject_id=subject_id,
        label=label[:200],
        code=code[:40],
        message=message[:300],
        permission=permission,
        opened_at=now,
        last_at=now,
    )
    _want(alert, _who_wants(permission), now=now, is_recovery=False)
    return alert


@atomic
def clear_alerts(subject_id: UUID, *, codes: Iterable[str] | None = None, works_again: bool = True) -> int:
    """Close the incidents of a thing (of these codes), and tell those who were told that it works again; how many.

    works_again  False: it is gone, so there is nothing to tell
    """
    now = timezone.now()
    open_ones = Alert.objects.select_for_update().filter(subject_id=subject_id, closed_at=None)
    if codes is not None:
        open_ones = open_ones.filter(code__in=list(codes))
    closed = list(open_ones)
    for alert in closed:
        Alert.objects.filter(pk=alert.pk).update(closed_at=now)
        # Whom nobody told that it began, nobody tells that it is over.
        AlertMail.objects.filter(alert=alert, is_recovery=False, sent_at=None).delete()
        if works_again:
            told = AlertMail.objects.filter(alert=alert, is_recovery=False).values_list("membership_id", flat=True)
            _want(alert, list(told), now=now, is_recovery=True)
    return len(closed)


@atomic
def choose(membership: Membership, *, by_mail: bool, acting_user: Actor) -> None:
    """A person's own choice whether alerts come by e-mail. The page shows them in any case."""
    if acting_user.kind is not ActorKind.PERSON or acting_user.id != membership.user_id:
        raise RuntimeError("Everybody chooses for themselves.")
    AlertChoice.objects.update_or_create(
        account=current_account(), membership=membership, defaults={"by_mail": by_mail}
    )
    record(acting_user, membership, "alerts_by_mail", new={"by_mail": by_mail})


def _who_wants(permission: str) -> list[UUID]:
    """Active members who hold the permission and have not said no."""
    said_no = set(AlertChoice.objects.filter(by_mail=False).values_list("membership_id", flat=True))
    active = members().filter(is_active=True, user__is_active=True)
    return [one.id for one in active if permission in one.grants() and one.id not in said_no]


def _want(alert: Alert, membership_ids: Iterable[UUID], *, now: datetime, is_recovery: bool) -> None:
    """Messages to be sent once this commits. Without a mail server there is the page."""
    if not mail.is_sent():
        return
    account = current_account()
    rows = [
        AlertMail(account=account, alert=alert, membership_id=id, is_recovery=is_recovery, wanted_at=now)
        for id in membership_ids
    ]
    if rows:
        AlertMail.objects.bulk_create(rows, ignore_conflicts=True)
        subject = mail_subject(account)
        enqueue(MAIL_TASK, account, lock=lock_of(subject), subject_id=str(subject))


def mail_subject(account: Account) -> UUID:
    """A schedule belongs to a subject; these mails have none of their own."""
    return uuid5(account.id, MAIL_TASK)
