"""Finding a connection in its settings area, and the pages that belong to it."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from hangarlink.integration import overview
from hangarlink.integration.connections.catalogue import is_switched_on, manifest_of
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import area_of
from hangarlink.integration.contract import Area, Dataset
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest
from hangarlink.web.connections.record import tabs as own_tabs
from hangarlink.web.fleet.tabs import Tab
from hangarlink.web.integrations.areas import OWN_PAGES, to

TABS = (
    ("connection", "Overview"),
    ("data", "Data"),
    ("accounts", "Accounts"),
    ("aircraft", "Aircraft"),
    ("parts", "Maintenance types"),
    ("refused", "Refused records"),
    ("review", "Review"),
    ("plan", "Dry run"),
    ("settings", "Settings"),
)


# What comes in or goes out by aircraft.
OF_AIRCRAFT = frozenset({Dataset.AIRCRAFT, Dataset.DUE_ITEMS, Dataset.DEFECTS})


def mappings_of(connection: Connection) -> list[Tab]:
    """Pages where somebody says what is what on both sides, for the set-up."""
    return [tab for tab in tabs(connection, "") if tab.label in {"Accounts", "Aircraft"}]


def find(request: PageRequest, area: Area, connection_id: UUID) -> Connection:
    """Raises Missing for another area's connection, and where its feature is off."""
    found = overview.connection_of_area(connection_id, area, acting_user=request.actor)
    if not is_switched_on(found.connector, request.account):
        raise Missing("This partner is switched off for this account. An administrator can have it switched on.")
    return found


def tabs(connection: Connection, current: str, **counts: int | None) -> list[Tab]:
    """The pages of one connection."""
    area = area_of(connection.connector)
    carried = manifest_of(connection.connector).datasets.keys()
    kept = {
        "accounts": Dataset.LEDGER_ACCOUNTS in carried,
        "aircraft": bool(OF_AIRCRAFT & carried),
        "parts": Dataset.MAINTENANCE_PARTS in carried,
    }
    if connection.connector in OWN_PAGES:
        shared = [("data", "Data"), *([("parts", "Maintenance types")] if kept["parts"] else [])]
        return [
            *own_tabs(connection, ""),
            *(Tab(label, to(area, name, connection.pk), name == current) for name, label in shared),
        ]
    return [
        Tab(label, to(area, name, connection.pk), name == current, counts.get(name))
        for name, label in TABS
        if kept.get(name, True)
    ]


def flow_in(name: str) -> Flow:
    """Raises Missing."""
    if name not in set(Flow):
        raise Missing("There is no such flow.")
    return Flow(name)


def direction_in(name: str) -> Direction:
    """Raises Missing."""
    if name not in set(Direction):
        raise Missing("Data moves in or out.")
    return Direction(name)


def ids_in(texts: Sequence[str]) -> list[UUID]:
    """Those of the posted texts that are ids."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found
