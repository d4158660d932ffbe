"""Reads of the room. All inside `acting_in(account)`."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.connections.models import Connection, ConnectionState
from hangarlink.integration.contract import Dataset, Directions
from hangarlink.integration.notifications.models import Message, Rule, State
from hangarlink.platform.errors import Missing


def rules() -> "QuerySet[Rule]":
    """Every rule with its connection, and annotated: last_sent_at, waiting, refused. One statement."""
    return (
        Rule.objects.select_related("connection")
        .annotate(
            last_sent_at=Max("messages__sent_at"),
            waiting=Count("messages", filter=Q(messages__state=State.WAITING, messages__attempts__gt=0)),
            refused=Count("messages", filter=Q(messages__state=State.REFUSED)),
        )
        .order_by("name")
    )


def find_rule(rule_id: UUID) -> Rule:
    found = rules().filter(pk=rule_id).first()
    if found is None:
        raise Missing("This notification rule does not exist in this account.")
    return found


def latest_messages(rule: Rule, limit: int = 50) -> "QuerySet[Message]":
    """A rule's latest messages, annotated with how many events each tells of."""
    return Message.objects.filter(rule=rule).annotate(events=Count("entries")).order_by("-created_at", "-id")[:limit]


def carriers() -> "QuerySet[Connection]":
    """The connections that a rule can use: their partner takes messages, and they are not disconnected."""
    return (
        Connection.objects.filter(connector__in=messengers())
        .exclude(state=ConnectionState.DISCONNECTED)
        .order_by("name")
    )


def messengers() -> list[str]:
    """Keys of the connectors that carry messages."""
    return [key for key, one in connectors().items() if carries_messages(one.manifest.datasets.get(Dataset.MESSAGES))]


def carries_messages(way: Directions | None) -> bool:
    return way in (Directions.PUSH, Directions.BOTH)


def rules_of(connections: Iterable[UUID]) -> "QuerySet[Rule]":
    return Rule.objects.filter(connection_id__in=list(connections))
