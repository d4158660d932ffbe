"""Things that go wrong between two systems, to be switched on for so many requests of a kind."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hangarlink.sandbox.faults import HttpFault, Switchboard

KINDS = {
    "unauthorized": "401, as for a key that was revoked",
    "expired_key": "401, as for a key that has expired",
    "rate_limited": "429 with Retry-After `retry_after` (null: without the header)",
    "server_error": "`status` (500, 502, 503, ...) and nothing done",
    "html": "200 with an HTML page where JSON belongs",
    "redirect": "302 to `location`",
    "dropped": "the connection is closed before anything is done",
    "lost_response": "everything is done, then the connection is closed without a reply",
    "slow": "the answer comes after `seconds`",
    "drip": "the answer comes in 20 pieces, `seconds` apart",
    "malformed_json": "the answer is cut off in the middle",
    "oversized": "the answer is followed by `megabytes` of blanks",
    "graphql_error": "200 with `errors` and data null",
    "duplicates": "the last node of the page comes again as the first of the next page",
    "disorder": "the nodes of the page come in another order",
    "missing_page_info": "connections without pageInfo",
    "wrong_types": "in `nodes` places the value of `key` is `value`",
}
"""Every fault with what the client gets to see."""

INSTEAD = frozenset({"unauthorized", "expired_key", "rate_limited", "server_error", "html", "redirect", "dropped"})
"""Faults that answer instead of FlightLogger; with the others it does its work first."""


@dataclass
class Fault(HttpFault):
    """One switched-on fault.

    operation, field   only requests with this operation name, with this root field (`flights`, `versions`, ...)
    """

    KINDS = KINDS

    operation: str | None = None
    field: str | None = None
    location: str = "http://127.0.0.1:9/graphql"
    key: str = "durationSeconds"
    value: Any = "1.5 h"
    nodes: int = 1

    def concerns(self, operation: str | None, root_fields: Sequence[str]) -> bool:
        return (self.operation is None or self.operation == operation) and (
            self.field is None or self.field in root_fields
        )


class Faults(Switchboard[Fault]):
    """The switchboard."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def take(self, operation: str | None, root_fields: Sequence[str]) -> Fault | None:
        """The fault for this request, used up by one."""
        return self.first(lambda fault: fault.concerns(operation, root_fields))


def spoil(fault: Fault, answer: Any) -> Any:
    """Damage an answer that is still data; returns it (the same object)."""
    if fault.kind == "graphql_error":
        return {"data": None, "errors": [{"message": "Something went wrong on our side. Try again later."}]}
    if fault.kind == "disorder":
        for found in _connections(answer):
            _shuffle(found)
    elif fault.kind == "missing_page_info":
        for found in _connections(answer):
            found.pop("pageInfo", None)
    elif fault.kind == "wrong_types":
        left = fault.nodes
        for found in _walk(answer):
            if fault.key in found and left > 0:
                found[fault.key] = fault.value
                left -= 1
    return answer


def _shuffle(found: dict[str, Any]) -> None:
    for name in ("nodes", "edges"):
        rows = found.get(name)
        if rows and len(rows) > 1:
            before = list(rows)
            random.Random(len(rows)).shuffle(rows)
            if rows == before:
                rows.reverse()


def _connections(answer: Any) -> Iterator[dict[str, Any]]:
    is_connection: Callable[[dict[str, Any]], bool] = lambda found: "nodes" in found or "edges" in found  # noqa: E731
    return filter(is_connection, _walk(answer))


def _walk(answer: Any) -> Iterator[dict[str, Any]]:
    if isinstance(answer, dict):
        yield answer
        for value in list(answer.values()):
            yield from _walk(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _walk(value)
