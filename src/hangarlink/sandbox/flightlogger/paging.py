"""Relay connections over a sorted list, with cursors that stay true while the list changes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from graphql import GraphQLError

from hangarlink.sandbox.flightlogger.records import Placed, Position

Node = dict[str, Any]
Row = TypeVar("Row", bound=Placed)


def cursor_of(row: Placed) -> str:
    moment, number = row.position
    return urlsafe_b64encode(f"{moment}.{number}".encode()).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    try:
        moment, number = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(".")
        return int(moment), int(number)
    except ValueError:
        raise GraphQLError(f"{cursor!r} is not a cursor of this list.") from None


def connection(
    rows: Sequence[Row],
    args: Mapping[str, Any],
    as_node: Callable[[Row], Node],
    *,
    max_size: int,
    repeat_last: bool = False,
) -> Node:
    """One page of `rows` (sorted by position). A page never exceeds `max_size`, whatever was asked for.

    repeat_last  the fault "duplicates": the end cursor stands before the last row, so the next page starts with it
    """
    low, high = _window(rows, args, max_size)
    end = high
    if repeat_last and high - low >= 2:
        end = high - 1
    nodes = [as_node(row) for row in rows[low:high]]
    return {
        "nodes": nodes,
        "edges": [{"cursor": cursor_of(row), "node": node} for row, node in zip(rows[low:high], nodes, strict=True)],
        "pageInfo": {
            "startCursor": cursor_of(rows[low]) if low < high else None,
            "endCursor": cursor_of(rows[end - 1]) if low < high else None,
            "hasNextPage": end < len(rows),
            "hasPreviousPage": low > 0,
        },
    }


def _window(rows: Sequence[Placed], args: Mapping[str, Any], max_size: int) -> tuple[int, int]:
    first, last = args.get("first"), args.get("last")
    for name, size in (("first", first), ("last", last)):
        if size is not None and size < 0:
            raise GraphQLError(f"`{name}` must not be negative.")
    low, high = 0, len(rows)
    if args.get("after"):
        low = bisect_right(rows, position_of(args["after"]), key=_position)
    if args.get("before"):
        high = max(low, bisect_left(rows, position_of(args["before"]), key=_position))
    if first is not None or last is None:
        high = min(high, low + min(max_size if first is None else first, max_size))
    if last is not None:
        low = max(low, high - min(last, max_size))
    return low, high


def _position(row: Placed) -> Position:
    return row.position
