"""What happens to OAuth applications, told to the world: ids and scope codes."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("application.created", version=1)
class ApplicationCreated(Event):
    application_id: UUID
    scopes: tuple[str, ...]


@event("application.changed", version=1)
class ApplicationChanged(Event):
    application_id: UUID
    scopes: tuple[str, ...]


@event("application.secret_rotated", version=1)
class ApplicationSecretRotated(Event):
    application_id: UUID


@event("application.revoked", version=1)
class ApplicationRevoked(Event):
    application_id: UUID
