"""Make, change, remove a rule; send a test through it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.models import Connection, ConnectionState, Stream
from hangarlink.integration.connections.streams import stream_of
from hangarlink.integration.contract import PartnerError
from hangarlink.integration.notifications import events
from hangarlink.integration.notifications.models import Kind, Message, Rule
from hangarlink.integration.notifications.partners import check_channel
from hangarlink.integration.notifications.queries import messengers
from hangarlink.integration.notifications.rules import Cadence
from hangarlink.integration.notifications.waking import NEWS_TASK, send_soon
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.following import follow, unfollow
from hangarlink.platform.events.registry import CATALOGUE
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

MANAGE = "notifications.manage"
MOST_RULES = 200


@atomic
def add_rule(
    *,
    name: str,
    connection: Connection,
    channel: str,
    channel_name: str = "",
    event_types: Sequence[str],
    aircraft: Sequence[UUID] = (),
    cadence: str = Cadence.AT_ONCE,
    hour: int = 6,
    with_details: bool = False,
    acting_user: Actor,
) -> Rule:
    """Tell these events from now on. Switches the connection's messages on: the rule is the wish for them.

    Needs notifications.manage. Raises RuleBroken with the field. Events: notification_rule.added.
    """
    require(acting_user, MANAGE)
    if Rule.objects.count() >= MOST_RULES:
        raise RuleBroken(f"There are {MOST_RULES} rules already. Put several event types into one.")
    given = {
        "name": name,
        "connection": connection,
        "channel": channel,
        "channel_name": channel_name or channel,
        "event_types": list(event_types),
        "aircraft": list(aircraft),
        "cadence": cadence,
        "hour": hour,
        "with_details": with_details,
    }
    rule = Rule(account=current_account(), **_checked(given))
    _refuse_taken_name(rule)
    rule.save()
    _switch_on(connection)
    follow(NEWS_TASK)
    record(acting_user, rule, "added", new=_audited(given))
    announce(events.RuleAdded(rule.id, connection.id))
    return rule


@atomic
def change_rule(rule: Rule, *, acting_user: Actor, **given: Any) -> Rule:
    """Change what is given (see `add_rule`; also is_active). What waits is sent as the rule now says.

    Needs notifications.manage. Events: notification_rule.changed, unless nothing differs.
    """
    require(acting_user, MANAGE)
    held = Rule.objects.select_for_update(of=("self",)).select_related("connection").get(pk=rule.pk)
    if "channel" in given or "connection" in given:
        given.setdefault("channel", held.channel)
        given.setdefault("connection", held.connection)
        given["channel_name"] = given.get("channel_name") or given["channel"]
    old, new = changes(held, _checked(given))
    if not new:
        return held
    for name, value in new.items():
        setattr(held, name, value)
    _refuse_taken_name(held)
    held.save()
    if "connection" in new:
        _switch_on(held.connection)
        Message.objects.filter(rule=held, state="waiting").update(connection_id=held.connection_id)
        send_soon(held.connection_id)
    record(acting_user, held, "changed", old=_audited(old), new=_audited(new))
    announce(events.RuleChanged(held.id, held.connection_id))
    return held


@atomic
def remove_rule(rule: Rule, *, acting_user: Actor) -> None:
    """Tell these events no more, and forget what still waits. Events: notification_rule.removed."""
    require(acting_user, MANAGE)
    record(acting_user, rule, "removed", old={"name": rule.name, "channel": rule.channel_name})
    announce(events.RuleRemoved(rule.id, rule.connection_id))
    Rule.objects.filter(pk=rule.pk).delete()
    if not Rule.objects.exists():
        unfollow(NEWS_TASK)


@atomic
def send_test(rule: Rule, *, acting_user: Actor) -> Message:
    """A message that says it is a test, to the rule's channel, at once. Needs notifications.manage."""
    require(acting_user, MANAGE)
    if rule.connection.state != ConnectionState.ACTIVE:
        raise RuleBroken(f"{rule.connection.name} is {rule.connection.state}. Nothing is sent until it is resumed.")
    now = timezone.now()
    message = Message.objects.create(
        account=current_account(),
        rule=rule,
        connection_id=rule.connection_id,
        kind=Kind.TEST,
        due_at=now,
        not_before=now,
    )
    record(acting_user, rule, "tested", new={"channel": rule.channel_name})
    send_soon(rule.connection_id)
    return message


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Raises RuleBroken with the field at fault."""
    if "name" in given:
        given["name"] = " ".join(str(given["name"]).split())[:120]
        if not given["name"]:
            raise RuleBroken("Give the rule a name.", field="name")
    if "event_types" in given:
        unknown = sorted(set(given["event_types"]) - set(CATALOGUE))
        if unknown:
            raise RuleBroken(f"There is no event {unknown[0]}.", field="event_types")
        if not given["event_types"]:
            raise RuleBroken("Choose at least one event.", field="event_types")
        given["event_types"] = sorted(set(given["event_types"]))
    if given.get("cadence", Cadence.AT_ONCE) not in set(Cadence):
        raise RuleBroken(f"{given['cadence']} is not one of {', '.join(Cadence)}.", field="cadence")
    if not 0 <= given.get("hour", 0) <= 23:
        raise RuleBroken(f"{given['hour']} is not an hour from 0 to 23.", field="hour")
    _check_aircraft(given.get("aircraft") or [])
    if "channel" in given:
        _check_target(given["connection"], given)
    return given


def _check_target(connection: Connection, given: dict[str, Any]) -> None:
    if connection.connector not in messengers():
        raise RuleBroken(f"{connection.name} carries no messages.", field="connection")
    if connection.state == ConnectionState.DISCONNECTED:
        raise RuleBroken(f"{connection.name} is disconnected.", field="connection")
    given["channel"] = str(given["channel"]).strip()[:500]
    try:
        check_channel(connection.connector, given["channel"])
    except PartnerError as error:
        raise RuleBroken(str(error), field="channel") from None


def _check_aircraft(wanted: Sequence[UUID]) -> None:
    known = set(Aircraft.objects.filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()
    if set(wanted) - known:
        raise RuleBroken("One of these aircraft does not exist in this account.", field="aircraft")


def _refuse_taken_name(rule: Rule) -> None:
    if Rule.objects.filter(name=rule.name).exclude(pk=rule.pk).exists():
        raise RuleBroken(f"There is a rule named {rule.name} already.", field="name")


def _switch_on(connection: Connection) -> None:
    stream = stream_of(connection, Flow.MESSAGES, Direction.OUT)
    Stream.objects.filter(pk=stream.pk, is_enabled=False).update(is_enabled=True)


def _audited(values: dict[str, Any]) -> dict[str, Any]:
    """Addresses are personal data: the trail says that the channel changed, the rule says to what."""
    said = {name: value for name, value in values.items() if name not in {"channel", "channel_name"}}
    if "channel" in values:
        said["channel"] = "changed"
    if "connection" in said:
        said["connection"] = said["connection"].name
    return said
