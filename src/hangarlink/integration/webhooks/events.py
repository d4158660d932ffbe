"""The facts about endpoints: ids and codes only."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event

TESTED = "webhook_endpoint.tested"


@event("webhook_endpoint.created")
class EndpointCreated(Event):
    """Somebody added a webhook endpoint."""

    endpoint_id: UUID


@event("webhook_endpoint.changed")
class EndpointChanged(Event):
    """Address, choice of events, order or secret of a webhook endpoint is another one now."""

    endpoint_id: UUID


@event("webhook_endpoint.deleted")
class EndpointDeleted(Event):
    """A webhook endpoint was deleted, with its log."""

    endpoint_id: UUID


@event("webhook_endpoint.paused")
class EndpointPaused(Event):
    """Somebody paused a webhook endpoint."""

    endpoint_id: UUID


@event("webhook_endpoint.stopped")
class EndpointStopped(Event):
    """Hangarlink no longer sends to an endpoint: somebody has to look. `code`: dead, gone or blocked."""

    endpoint_id: UUID
    code: str


@event("webhook_endpoint.resumed")
class EndpointResumed(Event):
    """Somebody resumed a webhook endpoint."""

    endpoint_id: UUID


@event(TESTED)
class EndpointTested(Event):
    """Somebody pressed "Send test". Sent to that endpoint alone, whatever types it chose."""

    endpoint_id: UUID
