"""From news to messages: every event that a rule is about gets its entry, in the transaction that takes the event."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from hangarlink.integration.notifications.models import Entry, Kind, Message, Rule, State
from hangarlink.integration.notifications.rules import Cadence, concerns, digest_due
from hangarlink.integration.notifications.waking import NEWS_TASK, look_again, send_soon
from hangarlink.platform.events.following import Told, take
from hangarlink.platform.tenancy.context import acting_in, current_account
from hangarlink.platform.tenancy.models import Account

AT_A_TIME = 500
# After these a connection may send again.
BACK = frozenset({"connection.resumed", "connection.changed", "connection.created"})


def take_news(account: Account) -> int:
    """Turn everything the outbox holds for us into messages; return how many events were looked at."""
    taken = 0
    while True:
        with acting_in(account):
            told = take(NEWS_TASK, limit=AT_A_TIME)
            enter(told)
            _follow_connections(told)
        taken += len(told)
        if len(told) < AT_A_TIME:
            return taken


def enter(told: Sequence[Told]) -> None:
    """Messages and entries for a page of events: a handful of statements, whatever its size."""
    matched = [
        (rule, event)
        for rule in (Rule.objects.filter(is_active=True) if told else ())
        for event in told
        if concerns(event.type, event.data, event_types=rule.event_types, aircraft=[str(id) for id in rule.aircraft])
    ]
    if not matched:
        return
    known = set(Entry.objects.filter(event_id__in=[event.id for event in told]).values_list("rule_id", "event_id"))
    fresh = [(rule, event) for rule, event in matched if (rule.id, event.id) not in known]
    singles = [_single(rule) for rule, _ in fresh if rule.cadence == Cadence.AT_ONCE]
    Message.objects.bulk_create(singles)
    ready = iter(singles)
    digests: dict[tuple[UUID, datetime], Message] = {}
    entries = []
    for rule, event in fresh:
        message = next(ready) if rule.cadence == Cadence.AT_ONCE else _digest(rule, event.at, digests)
        entries.append(Entry(account=message.account, message=message, rule=rule, event_id=event.id))
    Entry.objects.bulk_create(entries)
    at_once = {message.connection_id for message in singles}
    for connection_id in at_once:
        send_soon(connection_id)
    for connection_id in {message.connection_id for message in digests.values()}:
        look_again(connection_id)


def _follow_connections(told: Sequence[Told]) -> None:
    """What waited for a connection goes on when it is resumed, and is given up when it is disconnected."""
    back = {event.data["connection_id"] for event in told if event.type in BACK}
    gone = {event.data["connection_id"] for event in told if event.type == "connection.disconnected"}
    waiting = Message.objects.filter(state=State.WAITING)
    waiting.filter(connection_id__in=gone).update(
        state=State.REFUSED, code="disconnected", note="The connection was disconnected before this could be sent."
    )
    for connection_id in waiting.filter(connection_id__in=back).values_list("connection_id", flat=True).distinct():
        send_soon(connection_id)


def _single(rule: Rule) -> Message:
    now = timezone.now()
    return Message(
        account=current_account(),
        rule=rule,
        connection_id=rule.connection_id,
        kind=Kind.EVENT,
        due_at=now,
        not_before=now,
    )


def _digest(rule: Rule, at: datetime, made: dict[tuple[UUID, datetime], Message]) -> Message:
    """The digest that will tell of this moment. One that was sent already is not opened again: the next one tells."""
    account = current_account()
    moment = max(at, timezone.now())
    due = digest_due(moment, Cadence(rule.cadence), hour=rule.hour, zone=account.time_zone)
    if (rule.id, due) not in made:
        made[rule.id, due], _ = Message.objects.get_or_create(
            account=account,
            rule=rule,
            kind=Kind.DIGEST,
            due_at=due,
            defaults={"connection_id": rule.connection_id, "not_before": due},
        )
    return made[rule.id, due]
