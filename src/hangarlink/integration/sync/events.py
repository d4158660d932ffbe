"""The facts that syncs announce."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("sync.finished")
class SyncFinished(Event):
    """A sync ended. `state`: succeeded, or partial when records were refused."""

    run_id: UUID
    connection_id: UUID
    flow: str
    state: str
    code: str


@event("sync.failed")
class SyncFailed(Event):
    """A sync failed. `code` says why, as in the sync log."""

    run_id: UUID
    connection_id: UUID
    flow: str
    state: str
    code: str
