"""What happens to customers: ids only."""

from uuid import UUID

from hangarlink.platform.events.registry import Event, event


@event("customer.added", version=1)
class CustomerAdded(Event):
    customer_id: UUID


@event("customer.changed", version=1)
class CustomerChanged(Event):
    """A customer was changed. `changed`: the names of the fields that differ."""

    customer_id: UUID
    changed: tuple[str, ...] = ()


@event("customer.archived", version=1)
class CustomerArchived(Event):
    customer_id: UUID


@event("customer.restored", version=1)
class CustomerRestored(Event):
    customer_id: UUID
