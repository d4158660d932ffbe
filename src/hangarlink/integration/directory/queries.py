"""The directory as one member of one account sees it: two queries, whatever the number of connections."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hangarlink.integration.connections.catalogue import connectors, is_switched_on
from hangarlink.integration.connections.models import Connection, ConnectionState
from hangarlink.integration.connections.rights import VIEW, right
from hangarlink.integration.contract import Area, Manifest
from hangarlink.integration.directory.partners import PARTNERS, Partner
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import Account


class Standing(StrEnum):
    """How an account stands with a partner. UNAVAILABLE: there is no connector; OFF: the account's feature is off."""

    ATTENTION = "attention"
    CONNECTED = "connected"
    PAUSED = "paused"
    NOT_CONNECTED = "not_connected"
    OFF = "off"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Entry:
    """A partner with what this installation can do with it and what this account did.

    manifest     of its connector; None where there is none yet
    connections  not the disconnected ones; those that need somebody first
    """

    partner: Partner
    manifest: Manifest | None
    standing: Standing
    connections: tuple[Connection, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether its page leads anywhere."""
        return self.manifest is not None and self.standing is not Standing.OFF


def entries(area: Area, *, acting_user: Actor) -> list[Entry]:
    """The partners of a settings area in the order of the directory. Needs the area's right to view."""
    require(acting_user, right(area, VIEW))
    account = current_account()
    by_connector = _connections()
    return [_entry(partner, by_connector, account) for partner in all_partners() if partner.area == area]


def find_entry(area: Area, key: str, *, acting_user: Actor) -> Entry:
    """One partner of an area. Raises Missing for another area's, for an unknown one and for one without a connector."""
    for entry in entries(area, acting_user=acting_user):
        if entry.partner.key == key:
            if entry.manifest is None:
                raise Missing(f"There is no connector for {entry.partner.name} yet.")
            return entry
    raise Missing(f"There is no partner {key} in these settings.")


def all_partners() -> list[Partner]:
    """Ours, then what connectors of other packages bring."""
    listed = {partner.key for partner in PARTNERS}
    others = [
        Partner(manifest.key, manifest.name, manifest.category, area=manifest.area, about=manifest.about)
        for manifest in (connector.manifest for connector in connectors().values())
        if manifest.key not in listed
    ]
    return [_where_it_is(partner) for partner in (*PARTNERS, *others)]


def _where_it_is(partner: Partner) -> Partner:
    """The connector's manifest has the last word on the settings area."""
    connector = connectors().get(partner.key)
    if connector is None or connector.manifest.area == partner.area:
        return partner
    return Partner(**{**vars(partner), "area": connector.manifest.area})


def _connections() -> dict[str, list[Connection]]:
    found: defaultdict[str, list[Connection]] = defaultdict(list)
    for connection in Connection.objects.exclude(state=ConnectionState.DISCONNECTED).order_by("name"):
        found[connection.connector].append(connection)
    return found


def _entry(partner: Partner, by_connector: dict[str, list[Connection]], account: Account) -> Entry:
    connector = connectors().get(partner.key)
    if connector is None:
        return Entry(partner, None, Standing.UNAVAILABLE)
    if not is_switched_on(partner.key, account):
        return Entry(partner, connector.manifest, Standing.OFF)
    mine = sorted(by_connector.get(partner.key, ()), key=lambda one: not one.alert_code)
    return Entry(partner, connector.manifest, standing_of(mine), tuple(mine))


def standing_of(connections: Sequence[Connection]) -> Standing:
    """The worst that is true comes first."""
    if any(one.alert_code for one in connections):
        return Standing.ATTENTION
    if any(one.is_active for one in connections):
        return Standing.CONNECTED
    return Standing.PAUSED if connections else Standing.NOT_CONNECTED
