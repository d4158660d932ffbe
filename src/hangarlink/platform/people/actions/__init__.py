"""What can be done with people: accounts, roles, members, invitations. Every change is audited and works at once."""

from hangarlink.platform.people.actions.accounts import NewPerson, change_account, create_account
from hangarlink.platform.people.actions.invitations import (
    accept_invitation,
    invite,
    make_link,
    open_invitation,
    send_again,
    withdraw_invitation,
)
from hangarlink.platform.people.actions.members import (
    change_roles,
    deactivate,
    note_sign_in,
    reactivate,
    remove_second_factors,
)
from hangarlink.platform.people.actions.roles import change_role, create_role, delete_role

__all__ = [
    "NewPerson",
    "accept_invitation",
    "change_account",
    "change_role",
    "change_roles",
    "create_account",
    "create_role",
    "deactivate",
    "delete_role",
    "invite",
    "make_link",
    "note_sign_in",
    "open_invitation",
    "reactivate",
    "remove_second_factors",
    "send_again",
    "withdraw_invitation",
]
