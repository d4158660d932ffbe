"""Invitations: the only way into an account."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.jobs.queue import enqueue, lock_of
from hangarlink.platform.people import events, mail, queries, rules
from hangarlink.platform.people.actions.locking import under_lock
from hangarlink.platform.people.actions.members import give_roles, grants_of, names
from hangarlink.platform.people.models import Invitation, InvitationRole, Membership, Role, User
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account

VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite(email: str, *, roles: Collection[Role], acting_user: Actor) -> Invitation:
    """Offer a place in this account for seven days; the link goes out by e-mail. Events: member.invited.

    Where the installation sends no e-mail, `make_link` gives the link to hand over.
    """
    acting_user = under_lock(acting_user)
    email = checked_email(email)
    if not roles:
        raise RuleBroken("Choose at least one role.", field="roles")
    rules.may_give(acting_user.permissions, grants_of(roles), what=f"an invitation as {', '.join(names(roles))}")
    _refuse_member(email)
    _refuse_second_invitation(email)
    account, now = current_account(), timezone.now()
    invitation = Invitation.objects.create(
        account=account, email=email, invited_by_id=acting_user.id, expires_at=now + VALID_FOR
    )
    InvitationRole.objects.bulk_create(
        InvitationRole(account=account, invitation=invitation, role=role) for role in roles
    )
    record(acting_user, invitation, "invited", new={"email": email, "roles": names(roles)})
    announce(events.MemberInvited(invitation.id))
    _send(invitation)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, acting_user: Actor) -> None:
    """Send a fresh link, good for another seven days; the one sent before stops working."""
    acting_user = under_lock(acting_user)
    invitation = _still_open(invitation, acting_user)
    _extend(invitation)
    record(acting_user, invitation, "sent_again")
    _send(invitation)


@transaction.atomic
def make_link(invitation: Invitation, *, acting_user: Actor) -> str:
    """A fresh token to hand over by other means than e-mail; the link sent before stops working.

    Refused where e-mail works: the message proves that the address is the invited person's own.
    """
    acting_user = under_lock(acting_user)
    if mail.is_sent():
        raise RuleBroken("This installation sends invitations by e-mail. Use Send again.")
    invitation = _still_open(invitation, acting_user)
    _extend(invitation)
    record(acting_user, invitation, "link_made")
    return issue_token(invitation)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, acting_user: Actor) -> None:
    """Take an offer back: its link stops working. Events: member.invitation_withdrawn."""
    acting_user = under_lock(acting_user)
    invitation = _still_open(invitation, acting_user)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record(acting_user, invitation, "withdrawn")
    announce(events.InvitationWithdrawn(invitation.id))


def open_invitation(token: str) -> Invitation:
    """The invitation that a link belongs to. Raises Missing, with the same words whatever is wrong with it."""
    invitation = Invitation.objects.prefetch_related("roles").filter(token_hash=hash_of(token)).first()
    if invitation is None or not invitation.is_open(timezone.now()):
        raise Missing("This invitation is not valid any more. Ask an administrator of the account for a new one.")
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, name: str = "", password: str) -> Membership:
    """Join the account. A new person chooses a name and a password; who has a sign-in already proves its password.

    Works once, also when the link is used twice at the same moment. Events: member.joined.
    """
    Invitation.objects.select_for_update().filter(token_hash=hash_of(token)).first()
    invitation = open_invitation(token)
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = _new_user(invitation.email, name, password)
    elif not (user.check_password(password) and user.is_active):
        raise RuleBroken("This is not the password of your sign-in.", field="password")
    if Membership.objects.filter(user=user).exists():
        raise RuleBroken("You are a member of this account already. Sign in.")
    member = Membership.objects.create(account=current_account(), user=user)
    roles = list(invitation.roles.all())
    give_roles(member, roles)
    invitation.accepted_at, invitation.token_hash = timezone.now(), None
    invitation.save(update_fields=["accepted_at", "token_hash"])
    record(member.actor(), member, "joined", new={"roles": names(roles)})
    announce(events.MemberJoined(member.id, user.id))
    return member


def issue_token(invitation: Invitation) -> str:
    """Make a new secret for the invitation, keep its hash, and return it: the only time it can be seen."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.save(update_fields=["token_hash"])
    return token


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def checked_email(email: str) -> str:
    """The address as it is kept: trimmed, lower case."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise RuleBroken(f"{email or 'Nothing'} is not an e-mail address.", field="email") from None
    return email


def checked_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleBroken(" ".join(error.messages), field="password") from None


def _new_user(email: str, name: str, password: str) -> User:
    name = name.strip()
    if not name:
        raise RuleBroken("Tell us your name: it stands beside everything you record.", field="name")
    if len(name) > 200:
        raise RuleBroken(f"A name has at most 200 characters; this one has {len(name)}.", field="name")
    checked_password(password, User(email=email, name=name))
    return User.objects.create_user(email, password, name=name)


def _still_open(invitation: Invitation, acting_user: Actor) -> Invitation:
    """Read again under the lock. An expired one may be sent again or withdrawn."""
    fresh = queries.find_invitation(invitation.pk)
    if fresh.accepted_at:
        raise RuleBroken(f"{fresh.email} has accepted this invitation.")
    if fresh.withdrawn_at:
        raise RuleBroken("This invitation was withdrawn.")
    rules.may_give(acting_user.permissions, grants_of(list(fresh.roles.all())), what="this invitation")
    return fresh


def _extend(invitation: Invitation) -> None:
    invitation.expires_at = timezone.now() + VALID_FOR
    invitation.token_hash, invitation.sent_at, invitation.send_error = None, None, ""
    invitation.save(update_fields=["expires_at", "token_hash", "sent_at", "send_error"])


def _send(invitation: Invitation) -> None:
    if mail.is_sent():
        enqueue(
            "people.send_invitation", current_account(), lock=lock_of(invitation.id), invitation_id=str(invitation.id)
        )


def _refuse_member(email: str) -> None:
    member = Membership.objects.select_related("user").filter(user__email=email).first()
    if member is not None and member.is_active:
        raise RuleBroken(f"{email} is a member of this account already.", field="email")
    if member is not None:
        raise RuleBroken(f"{email} is a former member of this account. Reactivate the user instead.", field="email")


def _refuse_second_invitation(email: str) -> None:
    """One open invitation per address; an expired one gives way."""
    now = timezone.now()
    earlier = Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None)
    earlier.filter(expires_at__lte=now).update(withdrawn_at=now)
    if earlier.filter(withdrawn_at=None).exists():
        raise RuleBroken(f"{email} has an open invitation. Send it again, or withdraw it first.", field="email")
