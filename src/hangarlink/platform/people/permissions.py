"""Permissions are strings named `room.verb`; roles are bundles of them. One declaration serves web, API and jobs."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from hangarlink.platform.errors import NotPermitted

PERMISSIONS: dict[str, str] = {
    "fleet.view": "See aircraft, counters and usage",
    "fleet.edit": "Create and change aircraft, models and counters",
    "fleet.record_usage": "Record flights and readings",
    "fleet.correct_usage": "Correct flights and readings already recorded",
    "programme.view": "See requirements and what is due",
    "programme.edit": "Create and change requirements",
    "programme.record": "Record accomplishments",
    "defects.view": "See defects",
    "defects.report": "Report defects",
    "defects.manage": "Assess, defer, rectify and close defects",
    "integrations.view": "See connections and sync logs",
    "integrations.edit": "Create and change connections, keys and mappings",
    "integrations.manage_sync": "Start, pause and schedule syncs",
    "integrations.view_technical": "Read technical error details of syncs",
    "applications.manage": "Create and change OAuth applications",
    "people.view": "See users and roles",
    "people.manage": "Invite users, change roles and remove users",
    "audit.view": "Read the audit trail",
    "account.manage": "Change account settings",
}

ROLES: dict[str, tuple[str, ...]] = {
    "Administrator": tuple(PERMISSIONS),
    "Maintenance controller": (
        "fleet.view", "fleet.edit", "fleet.record_usage", "fleet.correct_usage", "programme.view", "programme.edit",
        "programme.record", "defects.view", "defects.report", "defects.manage", "integrations.view", "audit.view",
    ),
    "Technician": (
        "fleet.view", "fleet.record_usage", "programme.view", "programme.record", "defects.view", "defects.report",
    ),
    "Read only": ("fleet.view", "programme.view", "defects.view"),
}  # fmt: skip


class ActorKind(StrEnum):
    PERSON = "person"
    APPLICATION = "application"
    CONNECTION = "connection"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who does something: a person, an OAuth application, a connection's sync, or the system itself.

    label  what the audit trail shows; never put into an event
    """

    kind: ActorKind
    id: UUID | None
    label: str
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        if permission not in PERMISSIONS:
            raise LookupError(f"{permission} is not a declared permission.")
        return permission in self.permissions


SYSTEM = Actor(ActorKind.SYSTEM, None, "Hangarlink", frozenset(PERMISSIONS))


def require(acting_user: Actor, permission: str) -> None:
    """Raise NotPermitted unless the acting user holds the permission."""
    if not acting_user.may(permission):
        raise NotPermitted(permission)
