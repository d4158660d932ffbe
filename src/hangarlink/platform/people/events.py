"""What the people room announces. Ids only: no name, no address."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("account.created")
class AccountCreated(Event):
    account_id: UUID


@event("account.changed")
class AccountChanged(Event):
    account_id: UUID


@event("member.invited")
class MemberInvited(Event):
    invitation_id: UUID


@event("member.invitation_withdrawn")
class InvitationWithdrawn(Event):
    invitation_id: UUID


@event("member.joined")
class MemberJoined(Event):
    membership_id: UUID
    user_id: UUID


@event("member.roles_changed")
class MemberRolesChanged(Event):
    membership_id: UUID
    role_ids: tuple[UUID, ...]


@event("member.deactivated")
class MemberDeactivated(Event):
    membership_id: UUID


@event("member.reactivated")
class MemberReactivated(Event):
    membership_id: UUID


@event("role.created")
class RoleCreated(Event):
    role_id: UUID


@event("role.changed")
class RoleChanged(Event):
    role_id: UUID


@event("role.deleted")
class RoleDeleted(Event):
    role_id: UUID
