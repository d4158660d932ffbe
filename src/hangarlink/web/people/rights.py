"""Permissions as people read them: by the area they belong to."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.people.rules import view_of

AREAS = {
    "fleet": "Fleet",
    "programme": "Maintenance programme",
    "defects": "Defects",
    "customers": "Customers",
    "trips": "Trips",
    "billing": "Billing",
    "integrations": "Integrations",
    "safety_integrations": "Safety integrations",
    "billing_integrations": "Payment integrations",
    "applications": "OAuth applications",
    "webhooks": "Webhooks",
    "notifications": "Notifications",
    "people": "Users and roles",
    "audit": "Audit trail",
    "account": "Account",
}


@dataclass(frozen=True)
class Right:
    """One permission.

    needs  the permission without which this one is of no use; empty when there is none
    """

    code: str
    does: str
    needs: str


@dataclass(frozen=True)
class Area:
    title: str
    rights: tuple[Right, ...]


@cache
def areas() -> tuple[Area, ...]:
    """All permissions, in the order they are declared in."""
    rooms = dict.fromkeys(code.partition(".")[0] for code in PERMISSIONS)
    return tuple(Area(AREAS.get(room, room.capitalize()), tuple(_rights(room))) for room in rooms)


def held(permissions: Collection[str]) -> list[Area]:
    """Only these permissions, and the areas that have any."""
    found = (Area(area.title, tuple(r for r in area.rights if r.code in permissions)) for area in areas())
    return [area for area in found if area.rights]


def _rights(room: str) -> list[Right]:
    codes = [code for code in PERMISSIONS if code.partition(".")[0] == room]
    return [Right(code, PERMISSIONS[code], view_of(code) or "") for code in codes]
