"""What moves on a connection, which way, how often and by which rules. Nothing is on until somebody switches it on."""

from collections.abc import Iterable
from typing import Any

from django.db.transaction import atomic

from hangarlink.integration.connections import events
from hangarlink.integration.connections.flows import flow_of
from hangarlink.integration.connections.models import Connection, DeletionPolicy, Frequency, Stream
from hangarlink.integration.connections.rights import EDIT, require_right
from hangarlink.integration.connections.schedules import reschedule
from hangarlink.integration.contract import Directions, Manifest
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor

# Conflict rules by their names in conflicts.rules, which stands above this module.
RULES = ("last_write_wins", "manual_review", "append_only", "create_only")


def make_streams(connection: Connection, manifest: Manifest) -> None:
    """A stream for everything that the connector can carry, switched off. Those that exist keep their settings."""
    Stream.objects.bulk_create(
        (
            Stream(account=connection.account, connection=connection, flow=flow, direction=way)
            for flow, way in sorted(_carried(manifest))
        ),
        ignore_conflicts=True,
    )


@atomic
def switch_on(
    connection: Connection, flows: Iterable[Flow], *, direction: Direction = Direction.IN, acting_user: Actor
) -> list[Stream]:
    """Choose data types that may move from now on. The others stay as they are. Events: connection.changed.

    Needs edit of the connection's area. Raises Missing for a flow that the connection does not carry that way.
    """
    streams = [stream_of(connection, flow, direction) for flow in flows]
    return [change_stream(stream, is_enabled=True, acting_user=acting_user) for stream in streams]


@atomic
def change_stream(
    stream: Stream,
    *,
    is_enabled: bool | None = None,
    deletion_policy: str | None = None,
    conflict_rule: str | None = None,
    acting_user: Actor,
) -> Stream:
    """Change what is given; None leaves it. What is switched off keeps its place and settings, and moves nothing.

    deletion_policy  one of DeletionPolicy
    conflict_rule    one of RULES, "" for the dataset's own; holds for both directions

    Needs edit of the connection's area. Events: connection.changed, unless nothing differs.
    """
    held = Stream.objects.select_for_update(of=("self",)).select_related("connection__account").get(pk=stream.pk)
    require_right(acting_user, held.connection.connector, EDIT)
    given = {"is_enabled": is_enabled, "deletion_policy": deletion_policy, "conflict_rule": conflict_rule}
    old, new = changes(held, _checked({name: value for name, value in given.items() if value is not None}))
    if not new:
        return held
    for name, value in new.items():
        setattr(held, name, value)
    held.save(update_fields=list(new))
    if "conflict_rule" in new:
        # Whichever way a conflict is met, it is decided by the same rule.
        both = Stream.objects.filter(connection_id=held.connection_id, flow=held.flow)
        both.update(conflict_rule=held.conflict_rule)
    reschedule(held)
    named = f"{held.flow} {held.direction}"
    record(acting_user, held.connection, "stream changed", old={"stream": named, **old}, new={"stream": named, **new})
    announce(events.ConnectionChanged(held.connection_id))
    return held


def stream_of(connection: Connection, flow: Flow, direction: Direction = Direction.IN) -> Stream:
    """Raises Missing for what the connection does not carry."""
    found = Stream.objects.filter(connection=connection, flow=flow, direction=direction).first()
    if found is None:
        way = "bring in" if direction is Direction.IN else "send"
        raise Missing(f"{connection.name} does not {way} {Flow(flow).label.lower()}.")
    return found


def _carried(manifest: Manifest) -> set[tuple[Flow, Direction]]:
    ways = {
        Directions.PULL: (Direction.IN,),
        Directions.PUSH: (Direction.OUT,),
        Directions.BOTH: (Direction.IN, Direction.OUT),
    }
    return {(flow_of(dataset), way) for dataset, directions in manifest.datasets.items() for way in ways[directions]}


def _checked(new: dict[str, Any]) -> dict[str, Any]:
    policy = new.get("deletion_policy", DeletionPolicy.FLAG)
    if policy not in DeletionPolicy.values:
        raise RuleBroken(f"{policy} is not one of {', '.join(DeletionPolicy.values)}.", field="deletion_policy")
    rule = new.get("conflict_rule", "")
    if rule and rule not in RULES:
        raise RuleBroken(f"{rule} is not one of {', '.join(RULES)}.", field="conflict_rule")
    return new


__all__ = ["RULES", "DeletionPolicy", "Frequency", "change_stream", "make_streams", "stream_of", "switch_on"]
