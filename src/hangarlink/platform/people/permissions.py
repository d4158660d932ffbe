"""Permissions are strings named `room.verb`; roles are bundles of them. One declaration serves web, API and jobs."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from hangarlink.platform.errors import NotPermitted

PERMISSIONS: dict[str, str] = {
    "fleet.view": "See aircraft, counters and usage",
    "fleet.edit": "Create and change aircraft, models and counters",
    "fleet.plan": "Plan flights and days on which aircraft stand",
    "fleet.record_usage": "Record flights and readings",
    "fleet.correct_usage": "Correct flights and readings already recorded",
    "programme.view": "See requirements and what is due",
    "programme.edit": "Create and change requirements",
    "programme.record": "Record accomplishments",
    "programme.approve": "Record approved variations and keep tolerance classes",
    "amp.edit": "Draft revisions of maintenance programmes",
    "amp.approve": "Approve, activate and assign maintenance programmes, record their annual reviews",
    "tracked.record": "Take over items that another system tracks",
    "tracked.manage": "Set how old the word of another system may get",
    "compliance.view": "See directives, what was decided of them and special flight permits",
    "compliance.edit": "Enter and revise directives",
    "compliance.assess": "Assess directives, record AMOCs, credits and special flight permits",
    "components.view": "See components, where they are and how long they ran",
    "components.edit": "Create and change components, types, positions and life limits",
    "components.install": "Install, remove and exchange components",
    "components.record": "Record overhauls, repairs, bench time, meter readings and totals of components",
    "defects.view": "See defects",
    "defects.report": "Report defects",
    "defects.manage": "Assess, defer, rectify and close defects",
    "visits.manage": "Plan workshop visits",
    "customers.view": "See customers",
    "customers.manage": "Add, change and archive customers",
    "trips.view": "See trips",
    "trips.manage": "Plan, change, confirm, complete and cancel trips",
    "billing.view": "See invoices, payments and expenses",
    "billing.manage": "Draft invoices, record payments and expenses, keep cost categories",
    "billing.issue": "Issue invoices and void issued ones",
    "integrations.view": "See connections and sync logs",
    "integrations.edit": "Create and change connections, keys and mappings",
    "integrations.manage_sync": "Start, pause and schedule syncs",
    "integrations.view_technical": "Read technical error details of syncs",
    "safety_integrations.view": "See safety connections and their logs",
    "safety_integrations.edit": "Create and change safety connections, keys and mappings",
    "safety_integrations.manage_sync": "Start, pause and schedule syncs of safety connections",
    "billing_integrations.view": "See payment connections and their logs",
    "billing_integrations.edit": "Create and change payment connections, keys and mappings",
    "billing_integrations.manage_sync": "Start, pause and schedule syncs of payment connections",
    "applications.manage": "Create and change OAuth applications",
    "webhooks.view": "See webhook endpoints and their deliveries",
    "webhooks.manage": "Create and change webhook endpoints, and send again",
    "notifications.view": "See notification rules and alerts",
    "notifications.manage": "Create and change notification rules",
    "people.view": "See users and roles",
    "people.manage": "Invite users, change roles and remove users",
    "people.privacy": "Export and erase the personal data of a person",
    "audit.view": "Read the audit trail",
    "account.manage": "Change account settings",
}

ROLES: dict[str, tuple[str, ...]] = {
    "Administrator": tuple(PERMISSIONS),
    "Maintenance controller": (
        "components.view", "components.edit", "components.install", "components.record",
        "fleet.view", "fleet.edit", "fleet.plan", "fleet.record_usage", "fleet.correct_usage", "programme.view",
        "programme.edit",
        "programme.record", "programme.approve", "amp.edit", "amp.approve", "compliance.view",
        "compliance.edit", "compliance.assess", "tracked.manage", "visits.manage", "defects.view",
        "defects.report", "defects.manage",
        "integrations.view",
        "notifications.view", "audit.view",
    ),
    "Technician": (
        "components.view", "components.install", "components.record",
        "fleet.view", "fleet.record_usage", "programme.view", "programme.record", "compliance.view", "defects.view",
        "defects.report",
    ),
    "Safety manager": (
        "fleet.view", "defects.view", "safety_integrations.view", "safety_integrations.edit",
        "safety_integrations.manage_sync", "notifications.view", "audit.view",
    ),
    "Owner": (
        "components.view",
        "fleet.view", "programme.view", "compliance.view", "defects.view", "billing_integrations.view",
        "billing_integrations.edit", "billing_integrations.manage_sync", "webhooks.view", "webhooks.manage",
        "people.view", "notifications.view", "audit.view", "account.manage",
    ),
    "Dispatcher": ("fleet.view", "fleet.plan", "programme.view", "compliance.view", "defects.view", "customers.view",
        "customers.manage", "trips.view", "trips.manage"),
    "Bookkeeper": ("fleet.view", "customers.view", "customers.manage", "trips.view", "billing.view", "billing.manage",
        "billing.issue"),
    "Read only": ("components.view", "fleet.view", "programme.view", "compliance.view", "defects.view"),
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
