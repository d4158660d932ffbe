"""Speaking to the partner that carries messages: a connector on an open line, and what can be asked beforehand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hangarlink.integration.connections.catalogue import connector_of
from hangarlink.integration.connections.dialling import open_line
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.pace import Pace
from hangarlink.integration.contract import Connector
from hangarlink.integration.contract.messaging import Destination, ListsDestinations
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account


@contextmanager
def speaking_to(account: Account, connection: Connection, *, pace: Pace | None = None) -> Iterator[Connector]:
    """The connection's connector, dialled. Not to be used inside a transaction. Raises PartnerError."""
    connector = connector_of(connection.connector)
    with acting_in(account):
        line = open_line(connection, pace=pace)
    with line as opened:
        yield connector(opened, options=connection.options)


def destinations_of(account: Account, connection: Connection) -> list[Destination]:
    """The places to choose from; empty where a person types an address. Raises PartnerError."""
    if not lists_destinations(connection.connector):
        return []
    with speaking_to(account, connection) as connector:
        return list(connector.destinations()) if isinstance(connector, ListsDestinations) else []


def lists_destinations(connector: str) -> bool:
    return issubclass(connector_of(connector), ListsDestinations)


def check_channel(connector: str, channel: str) -> None:
    """Raise DataError for what can never be a channel of this partner."""
    check: Callable[[str], None] | None = getattr(connector_of(connector), "check_channel", None)
    if check is not None:
        check(channel)
