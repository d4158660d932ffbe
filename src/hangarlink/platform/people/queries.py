"""Reads of the people room. All inside `acting_in(account)`."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hangarlink.platform.errors import Missing
from hangarlink.platform.people.models import Invitation, Membership, Role


def active_membership(user_id: UUID) -> Membership | None:
    """The user's membership of this account with its roles; None for strangers, former members and blocked users."""
    return (
        Membership.objects.filter(user_id=user_id, is_active=True, user__is_active=True)
        .select_related("user")
        .prefetch_related("roles")
        .first()
    )


def members() -> QuerySet[Membership]:
    """Everybody, active first, with user and roles, in two statements whatever their number.

    has_second_step  annotated: the password alone does not let them in
    """
    second_step = Authenticator.objects.filter(user=OuterRef("user")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return (
        Membership.objects.select_related("user")
        .prefetch_related("roles")
        .annotate(has_second_step=Exists(second_step))
        .order_by("-is_active", "user__name", "user__email")
    )


def find_member(membership_id: UUID) -> Membership:
    member = members().filter(pk=membership_id).first()
    if member is None:
        raise Missing("This user does not exist in this account.")
    return member


def administrators() -> set[UUID]:
    """Ids of the active members who hold the Administrator role."""
    return set(
        Membership.objects.filter(is_active=True, user__is_active=True, roles__is_administrator=True).values_list(
            "id", flat=True
        )
    )


def roles() -> QuerySet[Role]:
    """All roles with `member_count` (active members), the Administrator role first."""
    return Role.objects.annotate(
        member_count=Count("memberships", filter=Q(memberships__is_active=True), distinct=True)
    ).order_by("-is_administrator", "name")


def find_role(role_id: UUID) -> Role:
    role = roles().filter(pk=role_id).first()
    if role is None:
        raise Missing("This role does not exist in this account.")
    return role


def waiting_invitations() -> QuerySet[Invitation]:
    """Invitations neither accepted nor withdrawn, also expired ones, newest first, with roles and inviter."""
    return (
        Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
        .select_related("invited_by")
        .prefetch_related("roles")
        .order_by("-created_at")
    )


def find_invitation(invitation_id: UUID) -> Invitation:
    invitation = Invitation.objects.prefetch_related("roles").filter(pk=invitation_id).first()
    if invitation is None:
        raise Missing("This invitation does not exist in this account.")
    return invitation
