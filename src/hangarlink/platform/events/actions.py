"""`announce`: called by every action, inside its transaction."""

from collections.abc import Iterable

from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.events.registry import Event
from hangarlink.platform.tenancy.context import current_account


def announce(fact: Event) -> None:
    """Put one event into the outbox. It exists if, and only if, the transaction commits."""
    announce_many([fact])


def announce_many(facts: Iterable[Event]) -> None:
    """Put the events of a whole page into the outbox in one statement."""
    account = current_account()
    OutboxEvent.objects.bulk_create(
        OutboxEvent(account=account, type=fact.type, version=fact.version, data=fact.payload()) for fact in facts
    )
