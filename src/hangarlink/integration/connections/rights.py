"""Who may see and run which connections: each settings area has permissions of its own.

Source: requirements/3, "settings locations": Ops takes the Administrator role, Safety the Safety manager, Billing the
Owner or the Administrator. The roles are bundles (platform.people.permissions.ROLES); these are the rights in them.
"""

from collections.abc import Iterable

from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.contract import Area
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.platform.errors import NotPermitted
from hangarlink.platform.people.permissions import Actor, require

ROOMS = {Area.OPS: "integrations", Area.SAFETY: "safety_integrations", Area.BILLING: "billing_integrations"}
# Flows that change what a person may change by hand with this permission only: whoever runs or schedules them needs
# both. Source: requirements/2, "Aircraft Model Sync is not working".
ALSO_NEEDS = {Flow.AIRCRAFT_MODELS: "fleet.edit"}
VIEW, EDIT, MANAGE = "view", "edit", "manage_sync"


def right(area: Area, verb: str) -> str:
    """The permission for a verb in an area: right(Area.SAFETY, EDIT) is "safety_integrations.edit"."""
    return f"{ROOMS[area]}.{verb}"


def area_of(connector: str) -> Area:
    """Where connections to this partner are set up. One whose connector is no longer installed belongs to Ops."""
    known = connectors().get(connector)
    return known.manifest.area if known else Area.OPS


def require_right(acting_user: Actor, connector: str, verb: str) -> None:
    """Raise NotPermitted unless the acting user may do this with connections to this partner."""
    require(acting_user, right(area_of(connector), verb))


def require_run(acting_user: Actor, connector: str, flow: str) -> None:
    """Raise NotPermitted unless the acting user may run and schedule this flow."""
    require_right(acting_user, connector, MANAGE)
    if permission := ALSO_NEEDS.get(Flow(flow)):
        require(acting_user, permission)


def require_some_view(acting_user: Actor) -> list[Area]:
    """The areas whose connections this actor may see. Raises NotPermitted when there is none."""
    areas = visible_areas(acting_user)
    if not areas:
        raise NotPermitted(right(Area.OPS, VIEW))
    return areas


def visible_areas(acting_user: Actor) -> list[Area]:
    return [area for area in Area if acting_user.may(right(area, VIEW))]


def connectors_outside(areas: Iterable[Area]) -> list[str]:
    """Keys of the connectors that belong to other areas than these."""
    inside = set(areas)
    return [key for key, connector in connectors().items() if connector.manifest.area not in inside]
