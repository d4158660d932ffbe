"""From stored messages to what the contract carries."""

from collections.abc import Sequence
from uuid import UUID

from hangarlink.integration.contract import Message as Record
from hangarlink.integration.notifications.models import Entry, Kind, Message
from hangarlink.integration.notifications.wording import Text, digest_text, event_text, lines, test_text
from hangarlink.integration.notifications.wording.texts import MOST_LINES
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.tenancy.models import Account


def compose(account: Account, messages: Sequence[Message]) -> dict[UUID, Record]:
    """The record of each message (with `rule` loaded), by its id."""
    told: dict[UUID, list[OutboxEvent]] = {message.id: [] for message in messages}
    totals = dict.fromkeys(told, 0)
    # Ids of events are in the order of their announcing.
    entries = list(
        Entry.objects.filter(message__in=messages).order_by("event_id").values_list("message_id", "event_id")
    )
    events = OutboxEvent.objects.in_bulk([event_id for _, event_id in entries])
    for message_id, event_id in entries:
        totals[message_id] += 1
        if len(told[message_id]) < MOST_LINES and event_id in events:
            told[message_id].append(events[event_id])
    return {m.id: _record(account, m, told[m.id], totals[m.id]) for m in messages}


def text_of(account: Account, message: Message, events: Sequence[OutboxEvent], total: int) -> Text:
    rule = message.rule
    if message.kind == Kind.TEST:
        return test_text(account, name=rule.name)
    said = lines(events, with_details=rule.with_details)
    if message.kind == Kind.EVENT and said:
        return event_text(account, said[0])
    return digest_text(account, said, name=rule.name, total=total)


def _record(account: Account, message: Message, events: Sequence[OutboxEvent], total: int) -> Record:
    text = text_of(account, message, events, total)
    return Record(
        external_id="",
        channel=message.rule.channel,
        title=text.title[:300],
        text=text.body[:10_000],
        url=text.url,
        event_type=events[0].type if message.kind == Kind.EVENT and events else message.kind,
        at=message.due_at,
    )
