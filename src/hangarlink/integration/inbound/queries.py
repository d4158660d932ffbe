"""Addresses and what came there, for pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from hangarlink.integration.connections.actions import WEBHOOK_SECRET
from hangarlink.integration.connections.catalogue import connectors
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.inbound.actions import signed_by
from hangarlink.integration.inbound.models import Hook, Received
from hangarlink.platform.vault.queries import owners_with

SHOWN = 20


@dataclass(frozen=True)
class Standing:
    """A connection, its address (None before there is one), and whether its secret is stored."""

    connection: Connection
    hook: Hook | None
    has_secret: bool

    @property
    def is_open(self) -> bool:
        """Whether anything would be taken."""
        return self.hook is not None and self.has_secret


def standings(connections: Iterable[Connection]) -> list[Standing]:
    """Of the connections that can be told of changes. Three statements, however many there are."""
    known = connectors()
    able = [one for one in connections if one.connector in known and signed_by(known[one.connector].manifest)]
    ids = [one.id for one in able]
    hooks = {hook.connection_id: hook for hook in Hook.objects.filter(connection_id__in=ids)}
    with_secret = owners_with(Connection._meta.db_table, WEBHOOK_SECRET, ids)
    return [Standing(one, hooks.get(one.id), one.id in with_secret) for one in able]


def standing(connection: Connection) -> Standing:
    """Of one connection."""
    hook = Hook.objects.select_related("connection").filter(connection=connection).first()
    has_secret = connection.id in owners_with(Connection._meta.db_table, WEBHOOK_SECRET, [connection.id])
    return Standing(connection, hook, has_secret)


def latest(hook: Hook) -> list[Received]:
    """What came lately, newest first; never a body."""
    return list(Received.objects.filter(hook=hook).defer("body").order_by("-received_at")[:SHOWN])
