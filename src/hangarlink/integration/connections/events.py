"""The facts that connections announce: ids and codes only."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("connection.created")
class ConnectionCreated(Event):
    connection_id: UUID
    connector: str


@event("connection.changed")
class ConnectionChanged(Event):
    connection_id: UUID


@event("connection.paused")
class ConnectionPaused(Event):
    connection_id: UUID


@event("connection.resumed")
class ConnectionResumed(Event):
    connection_id: UUID


@event("connection.disconnected")
class ConnectionDisconnected(Event):
    connection_id: UUID


@event("connection.alerted")
class ConnectionAlerted(Event):
    """Somebody has to look: once per incident. `code` as in the sync log."""

    connection_id: UUID
    code: str


@event("connection.recovered")
class ConnectionRecovered(Event):
    connection_id: UUID
